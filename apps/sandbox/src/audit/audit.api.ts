import { Injectable } from '@nestjs/common';
import { MediaService } from '../code/media.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK, text } from '../protocol/route.js';
import { Quotas } from '../quotas/quotas.service.js';
import { type AppCode, type AuditTicket, isPending } from '../world/app-code.js';
import { beijingDay, beijingMonth } from '../world/beijing.js';
import { World } from '../world/world.service.js';
import { AuditService } from './audit.service.js';
import { checkSubmission } from './submission.domain.js';

const CODE = { token: 'authorizer', sets: [18] } as const;
const UNDO_PER_DAY = 5;
const UNDO_PER_MONTH = 10;

/** submit_audit and its relatives (release reference §2.8–§2.13, legal moves §5.1). */
@Injectable()
export class AuditApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly audits: AuditService,
    private readonly quotas: Quotas,
    private readonly media: MediaService,
  ) {
    registry.add(
      {
        method: 'POST',
        path: '/wxa/submit_audit',
        ...CODE,
        write: true,
        rawText: true,
        handle: (call: AuthorizerCall) => this.submit(call),
      },
      { method: 'POST', path: '/wxa/get_auditstatus', ...CODE, handle: (call: AuthorizerCall) => this.status(call) },
      { method: 'GET', path: '/wxa/get_latest_auditstatus', ...CODE, handle: (call: AuthorizerCall) => this.latest(call) },
      { method: 'GET', path: '/wxa/undocodeaudit', ...CODE, write: true, handle: (call: AuthorizerCall) => this.undo(call) },
      { method: 'POST', path: '/wxa/speedupaudit', ...CODE, handle: (call: AuthorizerCall) => this.speedUp(call) },
      { method: 'GET', path: '/wxa/queryquota', ...CODE, handle: (call: AuthorizerCall) => this.quota(call) },
    );
  }

  private submit(call: AuthorizerCall): Json {
    const { merchant, component, body } = call;
    const code = this.world.appCode(merchant);
    refuse(merchant.mini_game, 87006);
    refuse(!merchant.basic_info_set, 86002);
    refuse(isPending(code.ticket), 85009);
    const { trial } = code;
    if (!trial) throw new ApiError(86001);
    refuse(trial.submitted && !this.mayResubmit(code), 85086);
    refuse(!merchant.privacy_guide, 85086, '(privacy guide is missing)');
    refuse(trial.scanDoneAt > this.world.now, 61039);
    const undeclared =
      body['privacy_api_not_use'] !== true && (trial.without_conf_list.length > 0 || trial.without_auth_list.length > 0);
    refuse(undeclared, 61040);
    checkSubmission(body, {
      pages: trial.pages,
      categories: merchant.categories,
      firstSubmission: code.tickets.length === 0,
      hasMedia: (id) => this.media.has(merchant.appid, id),
    });
    const monthly = this.quotas.monthly(component);
    refuse(monthly.submitUsed >= component.options.submit_limit, 85085);
    monthly.submitUsed++;
    // WeChat reads feedback only when the last ticket was rejected.
    const feedback = code.ticket?.status === 1 ? text(body['feedback_info']) : undefined;
    return { ...OK, auditid: this.audits.open(component, merchant, feedback).auditid };
  }

  /** A rejected or withdrawn version may be submitted again as it is (whether WeChat agrees is unconfirmed; a setting decides). */
  private mayResubmit(code: AppCode): boolean {
    return !this.world.settings.resubmit_needs_commit && (code.ticket?.status === 1 || code.ticket?.status === 3);
  }

  private status(call: AuthorizerCall): Json {
    const ticket = this.ticketOf(call);
    return {
      ...OK,
      status: ticket.status,
      ...((ticket.status === 1 || ticket.status === 4) && { reason: ticket.reason }),
      ...(ticket.status === 1 && { screenshot: ticket.screenshots.join('|') }),
    };
  }

  private latest(call: AuthorizerCall): Json {
    const { ticket } = this.world.appCode(call.merchant);
    if (!ticket) throw new ApiError(85058);
    return {
      ...OK,
      auditid: ticket.auditid,
      status: ticket.status,
      ...((ticket.status === 1 || ticket.status === 4) && { reason: ticket.reason }),
      ...(ticket.status === 1 && { ScreenShot: ticket.screenshots.join('|') }),
      user_version: ticket.version.user_version,
      user_desc: ticket.version.user_desc,
      submit_audit_time: ticket.submit_time,
    };
  }

  private undo(call: AuthorizerCall): Json {
    const code = this.world.appCode(call.merchant);
    const { ticket } = code;
    if (!ticket || !isPending(ticket)) throw new ApiError(87012);
    const day = beijingDay(this.world.now);
    const month = beijingMonth(this.world.now);
    if (code.undo.day !== day) Object.assign(code.undo, { day, today: 0 });
    if (code.undo.month !== month) Object.assign(code.undo, { month, thisMonth: 0 });
    refuse(code.undo.today >= UNDO_PER_DAY || code.undo.thisMonth >= UNDO_PER_MONTH, 87013);
    code.undo.today++;
    code.undo.thisMonth++;
    this.audits.decide(ticket, 'withdraw');
    return OK;
  }

  private speedUp(call: AuthorizerCall): Json {
    const ticket = this.ticketOf(call);
    refuse(!isPending(ticket), 89402);
    refuse(!call.merchant.speedup_allowed, 89403);
    refuse(ticket.sped_up, 89404);
    const monthly = this.quotas.monthly(call.component);
    refuse(monthly.speedupUsed >= call.component.options.speedup_limit, 89405);
    monthly.speedupUsed++;
    ticket.sped_up = true;
    return OK;
  }

  private quota(call: AuthorizerCall): Json {
    const { submit_limit: limit, speedup_limit: speedupLimit } = call.component.options;
    const { submitUsed, speedupUsed } = this.quotas.monthly(call.component);
    return {
      ...OK,
      rest: Math.max(0, limit - submitUsed),
      limit,
      speedup_rest: Math.max(0, speedupLimit - speedupUsed),
      speedup_limit: speedupLimit,
    };
  }

  /** The id must be a JSON number and one of this app's. */
  private ticketOf(call: AuthorizerCall): AuditTicket {
    const id = call.body['auditid'];
    const ticket = typeof id === 'number' ? this.world.audits.get(id) : undefined;
    if (!ticket || ticket.appid !== call.merchant.appid) throw new ApiError(85012);
    return ticket;
  }
}
