import { Injectable } from '@nestjs/common';
import type { Merchant } from '../world/model.js';
import { digits, urlSafe } from '../world/random.js';
import { keepBounded, World } from '../world/world.service.js';
import { type AuditLine, FILING, FilingService } from './filing.service.js';

const OPEN_S = 86_400;
const YEAR_S = 365 * 86_400;
const WARNED_S = 30 * 86_400;
const KEPT = 20_000;
const EMPTY = 0;

/** `task_status` (filing reference §3.2). */
export const TASK = { timedOut: 1, refused: 2, agreed: 3, facePassed: 6, phoneVerified: 9, ordered: 12, unpaid: 15 } as const;
/** `apply_status`. */
export const APPLY = { unpaid: 1, inReview: 2, returned: 3, passed: 4, failed: 5 } as const;
/** `procedure_status` of both in one (§4). */
export const PROCEDURE = {
  phoneVerified: 9,
  unpaid: 15,
  paid: 16,
  inReview: 17,
  returned: 18,
  certified: 19,
  failed: 20,
  filingFailed: 21,
  platform: 22,
  platformRejected: 23,
  authority: 24,
  authorityRejected: 25,
  done: 26,
} as const;

/** When a certification tells the platform; at the other states it is silent (§3.3). */
const TOLD_TASKS: ReadonlySet<number> = new Set([EMPTY, TASK.facePassed, TASK.phoneVerified, TASK.ordered]);

export interface Certification {
  readonly taskid: string;
  readonly merchant: Merchant;
  readonly endsAt: number;
  readonly payType: number;
  readonly orderid: string;
  task: number;
  apply: number;
  reason: string;
  /** A later one took its place. */
  replaced: boolean;
}

export interface Procedure {
  readonly id: string;
  readonly merchant: Merchant;
  readonly payType: number;
  readonly form: Readonly<Record<string, unknown>>;
  status: number;
  reason: string;
  hints: readonly unknown[];
  audit: readonly AuditLine[];
}

export type CertificationAct = 'agree' | 'refuse' | 'face-pass' | 'phone-pass' | 'pay' | 'return' | 'pass' | 'fail';

/** The certification of apps, its reviewers, and certification and filing in one (filing reference §3, §4). */
@Injectable()
export class CertificationService {
  readonly all = new Map<string, Certification>();
  readonly procedures = new Map<string, Procedure>();

  constructor(
    private readonly world: World,
    private readonly filings: FilingService,
  ) {
    const { all, procedures } = this;
    world.keepMaps('certifications', { all, procedures });
    world.onReset(() => {
      all.clear();
      procedures.clear();
    });
  }

  open(merchant: Merchant, payType: number): Certification {
    const made: Certification = {
      taskid: urlSafe(32),
      merchant,
      endsAt: this.world.now + OPEN_S * 1_000,
      payType,
      orderid: digits(12),
      task: EMPTY,
      apply: EMPTY,
      reason: '',
      replaced: false,
    };
    keepBounded(this.all, made.taskid, made, KEPT);
    this.tellTask(made);
    this.world.clock.after(OPEN_S, () => {
      if (made.task < TASK.ordered && made.task !== TASK.refused) made.task = TASK.timedOut;
    });
    return made;
  }

  latest(merchant: Merchant): Certification | undefined {
    return [...this.all.values()].findLast((one) => one.merchant === merchant && !one.replaced);
  }

  /** @returns why that cannot be done now */
  act(one: Certification, act: CertificationAct, reason: string): string | undefined {
    const from = { agree: [0], refuse: [0], 'face-pass': [3], 'phone-pass': [6] } as const;
    if (act === 'pay' || act === 'return' || act === 'pass' || act === 'fail') return this.review(one, act, reason);
    if (!(from[act] as readonly number[]).includes(one.task)) return `task_status is ${one.task}`;
    if (act === 'agree') this.moveTask(one, TASK.agreed);
    else if (act === 'refuse') this.moveTask(one, TASK.refused);
    else if (act === 'face-pass') this.moveTask(one, TASK.facePassed);
    else {
      this.moveTask(one, TASK.phoneVerified);
      this.moveTask(one, TASK.ordered);
      // The prepaid pack pays at once.
      if (one.payType === 1) this.moveApply(one, APPLY.inReview);
      else {
        one.task = TASK.unpaid;
        one.apply = APPLY.unpaid;
      }
    }
    return undefined;
  }

  openProcedure(
    merchant: Merchant,
    payType: number,
    form: Readonly<Record<string, unknown>>,
    hints: readonly unknown[],
  ): Procedure {
    const made: Procedure = {
      id: urlSafe(24),
      merchant,
      payType,
      form,
      status: hints.length > 0 ? PROCEDURE.filingFailed : payType === 2 ? PROCEDURE.unpaid : PROCEDURE.inReview,
      reason: '',
      hints,
      audit: [],
    };
    keepBounded(this.procedures, made.id, made, KEPT);
    this.tellProcedure(made);
    return made;
  }

  /** One step on, or what a reviewer or the authority says. @returns why that cannot be done now */
  actOnProcedure(
    one: Procedure,
    act: 'next' | 'return' | 'fail' | 'reject',
    reason: string,
    audit: readonly AuditLine[],
  ): string | undefined {
    const next: Readonly<Record<number, number>> = {
      [PROCEDURE.unpaid]: PROCEDURE.paid,
      [PROCEDURE.paid]: PROCEDURE.inReview,
      [PROCEDURE.inReview]: PROCEDURE.certified,
      [PROCEDURE.certified]: PROCEDURE.platform,
      [PROCEDURE.platform]: PROCEDURE.authority,
      [PROCEDURE.authority]: PROCEDURE.done,
    };
    const others: Readonly<Record<string, Readonly<Record<number, number>>>> = {
      return: { [PROCEDURE.inReview]: PROCEDURE.returned },
      fail: { [PROCEDURE.inReview]: PROCEDURE.failed },
      reject: { [PROCEDURE.platform]: PROCEDURE.platformRejected, [PROCEDURE.authority]: PROCEDURE.authorityRejected },
    };
    const to = (act === 'next' ? next : others[act])?.[one.status];
    if (to === undefined) return `procedure_status is ${one.status}`;
    Object.assign(one, { status: to, reason, audit });
    if (to === PROCEDURE.certified) this.certify(one.merchant);
    if (to === PROCEDURE.done) {
      this.filings.filingOf(one.merchant).form = one.form;
      one.merchant.icp_status = FILING.filed;
    }
    this.tellProcedure(one);
    return undefined;
  }

  private review(one: Certification, act: 'pay' | 'return' | 'pass' | 'fail', reason: string): string | undefined {
    if (one.apply !== (act === 'pay' ? APPLY.unpaid : APPLY.inReview)) return `apply_status is ${one.apply}`;
    one.reason = reason;
    if (act === 'pay') one.task = TASK.ordered;
    this.moveApply(one, { pay: APPLY.inReview, return: APPLY.returned, pass: APPLY.passed, fail: APPLY.failed }[act]);
    if (act === 'pass') this.certify(one.merchant);
    return undefined;
  }

  /** `verify_type_info` follows later (§3.3); a year later it is over. */
  private certify(merchant: Merchant): void {
    merchant.certified = true;
    const { verify_lag_s } = this.world.settings;
    this.world.clock.after(verify_lag_s, () => {
      merchant.verify_type = 0;
    });
    const expired = this.world.nowS + YEAR_S;
    this.world.clock.after(YEAR_S - WARNED_S, () =>
      this.filings.tell(merchant, 'notify_3rd_wxa_wxverify', {
        appid: merchant.appid,
        expired,
        message: '小程序认证即将到期，到期后将限制被搜索和分享',
      }),
    );
  }

  private moveTask(one: Certification, task: number): void {
    one.task = task;
    this.tellTask(one);
  }

  private moveApply(one: Certification, apply: number): void {
    one.apply = apply;
    this.tell(one);
  }

  private tellTask(one: Certification): void {
    if (TOLD_TASKS.has(one.task)) this.tell(one);
  }

  private tell(one: Certification): void {
    this.filings.tell(one.merchant, 'notify_3rd_wxa_auth', {
      appid: one.merchant.appid,
      taskid: one.taskid,
      task_status: one.task,
      apply_status: one.apply,
      message: one.reason,
    });
  }

  private tellProcedure({ merchant, id, status }: Procedure): void {
    this.filings.tell(merchant, 'notify_3rd_wxa_auth_and_icp', {
      appid: merchant.appid,
      procedure_id: id,
      procedure_status: status,
    });
  }
}
