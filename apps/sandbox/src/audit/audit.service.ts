import { ConflictException, Injectable } from '@nestjs/common';
import { MediaService } from '../code/media.service.js';
import { PushService, type PushTicket } from '../pushes/push.service.js';
import { type AuditTicket, isPending } from '../world/app-code.js';
import type { Component, Merchant } from '../world/model.js';
import { DELAY_REASON } from '../world/settings.js';
import { World } from '../world/world.service.js';

const KEPT_TICKETS = 50;
const LOWEST_ID = 410_000_000;

export type Verdict = 'approve' | 'reject' | 'delay' | 'withdraw';

export interface VerdictOptions {
  reason?: string | undefined;
  screenshots?: number | string[] | undefined;
  push?: 'send' | 'drop' | undefined;
  pushDelayMs?: number | undefined;
}

/** WeChat's reviewers (release reference §3, §4): they take their time, then push a result without an auditid. */
@Injectable()
export class AuditService {
  constructor(
    private readonly world: World,
    private readonly pushes: PushService,
    private readonly media: MediaService,
  ) {
    world.onWake(() => {
      if (world.settings.audit_mode === 'auto')
        for (const ticket of world.audits.values()) if (isPending(ticket)) this.decideLater(ticket);
    });
  }

  open(component: Component, merchant: Merchant, feedback: string | undefined): AuditTicket {
    const code = this.world.appCode(merchant);
    const {
      pages: _,
      scanDoneAt: __,
      without_auth_list: ___,
      without_conf_list: ____,
      submitted: _____,
      ...version
    } = code.trial!;
    const ticket: AuditTicket = {
      auditid: this.newId(),
      appid: merchant.appid,
      component_appid: component.appid,
      version,
      submit_time: this.world.nowS,
      status: 2,
      reason: '',
      screenshots: [],
      sped_up: false,
      ...(feedback && { feedback }),
    };
    code.trial!.submitted = true;
    code.ticket = ticket;
    code.tickets.push(ticket);
    this.world.audits.set(ticket.auditid, ticket);
    if (code.tickets.length > KEPT_TICKETS) this.world.audits.delete(code.tickets.shift()!.auditid);
    if (this.world.settings.audit_mode === 'auto') this.decideLater(ticket);
    return ticket;
  }

  decide(ticket: AuditTicket, verdict: Verdict, options: VerdictOptions = {}): PushTicket | undefined {
    if (!isPending(ticket)) throw new ConflictException(`audit ${ticket.auditid} is not pending (status ${ticket.status})`);
    const now = this.world.nowS;
    const push = { drop: options.push === 'drop', delayMs: options.pushDelayMs };
    ticket.decided_time = now;
    switch (verdict) {
      case 'withdraw':
        ticket.status = 3;
        return undefined;
      case 'approve':
        ticket.status = 0;
        return this.tell(ticket, 'weapp_audit_success', { SuccTime: now }, push);
      case 'delay':
        ticket.status = 4;
        ticket.reason = options.reason ?? DELAY_REASON;
        return this.tell(ticket, 'weapp_audit_delay', { Reason: ticket.reason, DelayTime: now }, push);
      case 'reject': {
        ticket.status = 1;
        ticket.reason = options.reason ?? this.world.settings.audit_reject_reason;
        ticket.screenshots = this.screenshots(ticket, options.screenshots ?? 2);
        const shots = ticket.screenshots.length > 0 ? { ScreenShot: ticket.screenshots.join('|') } : {};
        return this.tell(ticket, 'weapp_audit_fail', { Reason: ticket.reason, FailTime: now, ...shots }, push);
      }
    }
  }

  private screenshots(ticket: AuditTicket, wanted: number | string[]): string[] {
    if (Array.isArray(wanted)) return wanted;
    return Array.from({ length: wanted }, (_, index) =>
      this.media.screenshot(ticket.appid, `audit ${ticket.auditid} screenshot ${index + 1}`),
    );
  }

  private tell(
    ticket: AuditTicket,
    event: string,
    fields: Record<string, string | number>,
    push: { drop: boolean; delayMs?: number | undefined },
  ) {
    const component = this.world.components.get(ticket.component_appid);
    const merchant = this.world.merchants.get(ticket.appid);
    if (!component || !merchant) return undefined;
    return this.pushes.accountEvent(component, merchant, event, fields, push);
  }

  private decideLater(ticket: AuditTicket): void {
    const { audit_after_s: seconds } = this.world.settings;
    this.world.clock.after(seconds, () => {
      if (!isPending(ticket)) return;
      const { audit_reject_share: rejected, audit_delay_share: delayed } = this.world.settings;
      if (ticket.status === 2 && Math.random() < delayed) {
        this.decide(ticket, 'delay');
        this.decideLater(ticket);
        return;
      }
      this.decide(ticket, Math.random() < rejected ? 'reject' : 'approve');
    });
  }

  /** Nine digits, unique, not rising: nobody should order by them. */
  private newId(): number {
    for (;;) {
      const id = LOWEST_ID + Math.floor(Math.random() * 80_000_000);
      if (!this.world.audits.has(id)) return id;
    }
  }
}
