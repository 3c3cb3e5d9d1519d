import { Injectable } from '@nestjs/common';
import { PushService } from '../pushes/push.service.js';
import type { Component, Merchant } from '../world/model.js';
import { digits, urlSafe } from '../world/random.js';
import { keepBounded, World } from '../world/world.service.js';

/** `status` of `get_icp_entrance_info` (filing reference §1.1). */
export const FILING = { platform: 2, platformRejected: 3, authority: 4, authorityRejected: 5, filed: 6, none: 1024 } as const;
const SMS = { waiting: 1, done: 2, timedOut: 3 } as const;
const TASK_S = 3 * 86_400;
const COMBINED_TASK_S = 86_400;
const CANCELLATION_S = 60;
const SMS_S = 86_400;
const KEPT = 20_000;

export interface AuditLine {
  readonly key_name: string;
  readonly error: string;
  readonly suggest: string;
}

export interface Filing {
  readonly merchant: Merchant;
  form: Readonly<Record<string, unknown>>;
  audit: readonly AuditLine[];
  sms: number;
  canceling: boolean;
  record: string;
  /** A timer of a former state finds a higher number and does nothing. */
  turn: number;
}

export interface FaceTask {
  readonly id: string;
  readonly merchant: Merchant;
  readonly combined: boolean;
  readonly endsAt: number;
  /** 0 not started, 1 waiting, 2 failed, 3 passed */
  status: number;
  finished: boolean;
}

export type FilingVerdict =
  | 'platform-approve'
  | 'platform-reject'
  | 'sms-done'
  | 'sms-time-out'
  | 'authority-approve'
  | 'authority-reject';

/** Filings and face checks: WeChat, the authority and the administrator each do their part in their own time (filing reference §1, §2). */
@Injectable()
export class FilingService {
  readonly filings = new Map<string, Filing>();
  readonly tasks = new Map<string, FaceTask>();

  constructor(
    private readonly world: World,
    private readonly pushes: PushService,
  ) {
    const { filings, tasks } = this;
    world.keepMaps('filings', { filings, tasks });
    world.onReset(() => {
      filings.clear();
      tasks.clear();
    });
    world.onWake(() => {
      for (const filing of filings.values()) this.goOn(filing);
    });
  }

  /** What `get_icp_entrance_info` shows: not filed has bits for what is missing besides. */
  statusOf(merchant: Merchant): number {
    if (merchant.icp_status < FILING.none) return merchant.icp_status;
    const bits = [!merchant.basic_info_set, merchant.categories.length === 0, !(merchant.certified ?? merchant.verify_type >= 0)];
    return bits.reduce<number>((status, missing, bit) => status + (missing ? 2 ** bit : 0), FILING.none);
  }

  filingOf(merchant: Merchant): Filing {
    const known = this.filings.get(merchant.appid);
    if (known) return known;
    const made: Filing = {
      merchant,
      form: {},
      audit: [],
      sms: 0,
      canceling: false,
      record: `粤B2-${digits(8)}`,
      turn: 0,
    };
    keepBounded(this.filings, merchant.appid, made, KEPT);
    return made;
  }

  apply(merchant: Merchant, form: Readonly<Record<string, unknown>>): void {
    const filing = this.filingOf(merchant);
    Object.assign(filing, { form, audit: [], sms: 0 });
    this.move(filing, FILING.platform);
  }

  /** @returns why that cannot be decided now */
  decide(merchant: Merchant, verdict: FilingVerdict, audit: readonly AuditLine[]): string | undefined {
    const filing = this.filingOf(merchant);
    const wanted = verdict.startsWith('platform') ? FILING.platform : FILING.authority;
    if (merchant.icp_status !== wanted) return `filing of ${merchant.appid} is in state ${merchant.icp_status}, not ${wanted}`;
    switch (verdict) {
      case 'platform-approve':
        this.move(filing, FILING.authority);
        break;
      case 'platform-reject':
        filing.audit = audit;
        this.move(filing, FILING.platformRejected);
        break;
      case 'sms-done':
        filing.sms = SMS.done;
        this.goOn(filing);
        break;
      case 'sms-time-out':
        filing.sms = SMS.timedOut;
        break;
      case 'authority-approve':
        this.move(filing, FILING.filed);
        break;
      case 'authority-reject':
        filing.audit = audit;
        this.move(filing, FILING.authorityRejected);
    }
    return undefined;
  }

  withdraw(merchant: Merchant): void {
    this.move(this.filingOf(merchant), FILING.none);
  }

  cancel(merchant: Merchant): void {
    const filing = this.filingOf(merchant);
    filing.canceling = true;
    this.later(filing, CANCELLATION_S, () => {
      filing.canceling = false;
      this.move(filing, FILING.none);
    });
  }

  openTask(merchant: Merchant, combined: boolean): FaceTask {
    const task: FaceTask = {
      id: urlSafe(22),
      merchant,
      combined,
      endsAt: this.world.now + (combined ? COMBINED_TASK_S : TASK_S) * 1_000,
      status: 1,
      finished: false,
    };
    keepBounded(this.tasks, task.id, task, KEPT);
    return task;
  }

  /** The administrator is before the camera. A failure may be tried again; only what is finished is told. */
  face(task: FaceTask, passed: boolean, final: boolean): boolean {
    if (task.finished || task.endsAt <= this.world.now) return false;
    task.status = passed ? 3 : 2;
    task.finished = passed || final;
    if (task.finished)
      this.tell(task.merchant, 'notify_icpfiling_verify_result', {
        task_id: task.id,
        verify_appid: task.merchant.appid,
        result: task.status,
        ...(task.combined && { along_with_auth_result: passed ? 9 : 8 }),
      });
    return true;
  }

  hasPassed(merchant: Merchant, taskId: string): boolean {
    const task = this.tasks.get(taskId);
    return task?.merchant === merchant && task.finished && task.status === 3 && task.endsAt > this.world.now;
  }

  /** To every platform that the app has authorized. */
  tell(merchant: Merchant, infoType: string, fields: Record<string, string | number>): void {
    for (const component of this.world.components.values())
      if (isOf(component, merchant)) this.pushes.event(component, infoType, fields);
  }

  private move(filing: Filing, status: number): void {
    const { merchant } = filing;
    filing.turn += 1;
    merchant.icp_status = status;
    if (status === FILING.authority) filing.sms = SMS.waiting;
    // Not told: that the authority has it, and that it sends an SMS (§2).
    if (status === FILING.platformRejected || status === FILING.authorityRejected || status === FILING.filed)
      this.tell(merchant, 'notify_apply_icpfiling_result', { authorizer_appid: merchant.appid, beian_status: status });
    this.goOn(filing);
  }

  /** What happens by itself, by the clock. */
  private goOn(filing: Filing): void {
    const { filing_mode: mode, filing_after_s: seconds } = this.world.settings;
    const { icp_status: status } = filing.merchant;
    if (status === FILING.authority && filing.sms === SMS.waiting)
      this.later(filing, mode === 'auto' ? seconds : SMS_S, () => {
        filing.sms = mode === 'auto' ? SMS.done : SMS.timedOut;
        this.goOn(filing);
      });
    else if (mode === 'auto' && status === FILING.platform)
      this.later(filing, seconds, () => this.decide(filing.merchant, 'platform-approve', []));
    else if (mode === 'auto' && status === FILING.authority && filing.sms === SMS.done)
      this.later(filing, seconds, () => this.decide(filing.merchant, 'authority-approve', []));
  }

  private later(filing: Filing, seconds: number, run: () => void): void {
    const { turn, sms } = filing;
    this.world.clock.after(seconds, () => {
      if (filing.turn === turn && filing.sms === sms) run();
    });
  }
}

const isOf = (component: Component, merchant: Merchant): boolean => component.authorizations.has(merchant.appid);
