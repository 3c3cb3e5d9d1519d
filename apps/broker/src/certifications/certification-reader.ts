import { Inject, Injectable } from '@nestjs/common';
import type { CertificationEntity } from '#persistence';
import { DomainError, LOGGER, type Logger, Periodic } from '#service';
import { type CertificationAnswer, type ProcedureAnswer, WechatApiError } from '#wechat';
import { AccountCalls } from '../account-calls/account-calls.js';
import { CertificationRepository, type ToldOrder } from './certification.repository.js';

const POLL_MS = 5_000;
const MOST_AT_ONCE = 50;

/** Reads how orders stand: when somebody asks, when an event hints, and slowly by itself for what events miss. */
@Injectable()
export class CertificationReader {
  constructor(
    private readonly calls: AccountCalls,
    private readonly orders: CertificationRepository,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly periodic: Periodic,
  ) {
    periodic.every('certifications.poll', POLL_MS, () => this.poll(), 'later');
  }

  /** @throws WechatApiError, DomainError */
  async read(row: CertificationEntity, cause: string): Promise<void> {
    const { taskId, kind, certificationId } = row;
    if (row.progress === 'sending') {
      // Its maker was killed: an event may still bring the id.
      await this.orders.notTaken(row, certificationId, 'unclear', null);
      return;
    }
    if (taskId === null || row.progress !== 'sent') return;
    const told =
      kind === 'single'
        ? toldOf(await this.calls.read(row, (api, token, context) => api.certification.query(token, { taskid: taskId }, context)))
        : toldOfBoth(
            await this.calls.read(row, (api, token, context) =>
              api.certification.queryBoth(token, { procedure_id: taskId }, context),
            ),
          );
    await this.orders.told(row, certificationId, told, cause);
  }

  /** As `read`; a failure is written down, and it is tried again later. */
  async tryToRead(row: CertificationEntity, cause: string): Promise<void> {
    try {
      await this.read(row, cause);
    } catch (error) {
      if (!(error instanceof WechatApiError || error instanceof DomainError)) throw error;
      await this.orders.unreadable(row.certificationId, error.message);
    }
  }

  async poll(): Promise<void> {
    for (const row of await this.orders.takeDue(MOST_AT_ONCE)) {
      if (this.periodic.isStopping) return;
      try {
        await this.tryToRead(row, 'poller');
      } catch (error) {
        const about = { certification_id: row.certificationId, err: error };
        this.logger.warn({ event: 'certifications.unread', ...about }, 'A certification was not read');
      }
    }
  }
}

const textOf = (value: unknown): string | null => (value === undefined || value === null || value === '' ? null : String(value));

function toldOf(answer: CertificationAnswer): ToldOrder {
  const { task_status, apply_status, auth_url, orderid, refill_reason, fail_reason, dispatch_info } = answer;
  return {
    taskStatus: Number(task_status),
    applyStatus: apply_status === undefined ? null : Number(apply_status),
    url: textOf(auth_url),
    orderId: orderid === 0 ? null : textOf(orderid),
    reason: textOf(fail_reason) ?? textOf(refill_reason),
    dispatch: dispatch_info ? { ...dispatch_info } : null,
  };
}

function toldOfBoth(answer: ProcedureAnswer): ToldOrder {
  const { procedure_status, orderid, refill_reason, fail_reason, icp_audit } = answer;
  const { hints = [], audit_data = [], sms_verify_status } = icp_audit ?? {};
  return {
    procedureStatus: Number(procedure_status),
    orderId: orderid === 0 ? null : textOf(orderid),
    reason: textOf(fail_reason) ?? textOf(refill_reason),
    smsStatus: sms_verify_status ?? null,
    audit: hints.length + audit_data.length > 0 ? { hints, reasons: audit_data } : null,
  };
}
