import { Inject, Injectable } from '@nestjs/common';
import { DomainError, LOGGER, type Logger, Periodic } from '#service';
import { ERRCODE, type OnlineFiling, WechatApiError } from '#wechat';
import { AccountCalls, type App } from '../account-calls/account-calls.js';
import { FILING } from './filing.domain.js';
import { FilingRepository } from './filing.repository.js';
import { FilingVerifications } from './filing-verifications.js';

/** 18 code and data, 156 filing service: either opens /wxa/icp/*. */
export const FILING_SETS: readonly number[] = [18, 156];

const POLL_MS = 5_000;
const MOST_AT_ONCE = 50;
const ENROL_MS = 600_000;
const MOST_ENROLLED = 5_000;

/** Reads where filings stand: when somebody asks, when an event hints, and slowly by itself for what events miss. */
@Injectable()
export class FilingReader {
  constructor(
    private readonly calls: AccountCalls,
    private readonly filings: FilingRepository,
    private readonly verifications: FilingVerifications,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly periodic: Periodic,
  ) {
    periodic.every('filings.poll', POLL_MS, () => this.poll(), 'later');
    periodic.every('filings.enrol', ENROL_MS, () => this.filings.enrol(FILING_SETS, MOST_ENROLLED), 'later');
  }

  /** @throws WechatApiError, DomainError */
  async read(app: App, cause: string): Promise<void> {
    const askedAt = await this.filings.now();
    const { info } = await this.calls.read(app, (api, token, context) => api.filing.getEntranceInfo(token, context));
    await this.filings.store(app, info, askedAt, cause);
    if (info.status !== FILING.filed) return;
    const row = await this.filings.find(app);
    if (row?.appRecord === null) await this.readRecords(app);
  }

  /** As `read`; a failure is written down, and it is tried again later. */
  async tryToRead(app: App, cause: string): Promise<void> {
    try {
      await this.read(app, cause);
    } catch (error) {
      if (!(error instanceof WechatApiError || error instanceof DomainError)) throw error;
      await this.filings.unreadable(app, error.message);
    }
  }

  /** What is due: filings, and face checks. */
  async poll(): Promise<void> {
    await this.verifications.poll();
    for (const due of await this.filings.takeDue(MOST_AT_ONCE)) {
      // What is taken and not read comes again by itself.
      if (this.periodic.isStopping) return;
      try {
        await this.tryToRead(due, 'poller');
      } catch (error) {
        this.logger.warn({ event: 'filings.unread', authorizer_appid: due.authorizerAppid, err: error }, 'A filing was not read');
      }
    }
  }

  /** The record numbers, once it is filed. That there are none yet is no failure. */
  private async readRecords(app: App): Promise<void> {
    try {
      const online = await this.calls.read(app, (api, token, context) => api.filing.getOnlineOrder(token, context));
      await this.filings.storeRecords(app, ...recordsOf(online));
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      const nothing = error.errcode === ERRCODE.FILING_NOT_FOUND;
      if (!nothing)
        this.logger.info({ event: 'filings.no-records', authorizer_appid: app.authorizerAppid, err: error }, 'No records');
    }
  }
}

/** Of the subject and of the app, which come as a list or as an object. */
export function recordsOf({ icp_subject, icp_applets }: OnlineFiling): [subject: string | null, applet: string | null] {
  const applet = Array.isArray(icp_applets) ? icp_applets[0] : icp_applets;
  const record = (part: unknown) => {
    const { record_number, base_info } = (part ?? {}) as { record_number?: unknown; base_info?: { record_number?: unknown } };
    const number = record_number ?? base_info?.record_number;
    return typeof number === 'string' && number !== '' ? number.slice(0, 64) : null;
  };
  return [record(icp_subject), record(applet)];
}
