import { Injectable } from '@nestjs/common';
import type { Effect, InboxEvent } from '#inbox';
import { inTransaction } from '#persistence';
import type { EventOf } from '#wechat';
import type { App } from '../account-calls/account-calls.js';
import { FilingRepository } from './filing.repository.js';
import { FilingReader } from './filing-reader.js';
import { FilingVerifications } from './filing-verifications.js';

const DONE: Effect = { state: 'done' };

/** What events say of filings (§2). They are hints: the reasons of a rejection are not in them, and they come late, twice, or never. */
@Injectable()
export class FilingEvents {
  constructor(
    private readonly filings: FilingRepository,
    private readonly verifications: FilingVerifications,
    private readonly reader: FilingReader,
  ) {}

  async decided(inboxEvent: InboxEvent, event: EventOf<'notify_apply_icpfiling_result'>): Promise<Effect> {
    if (!event.authorizer_appid) return { state: 'skipped', note: 'it names no mini program' };
    await this.look(inboxEvent, { componentAppid: inboxEvent.componentAppid, authorizerAppid: event.authorizer_appid });
    return DONE;
  }

  async checked(inboxEvent: InboxEvent, event: EventOf<'notify_icpfiling_verify_result'>): Promise<Effect> {
    const { task_id: taskId, verify_appid: appid, result, along_with_auth_result: authResult } = event;
    if (!appid || !taskId) return { state: 'skipped', note: 'it names no mini program, or no task' };
    const app = { componentAppid: inboxEvent.componentAppid, authorizerAppid: appid };
    return inTransaction(this.filings.dataSource, async (db) => {
      const ours = await this.verifications.told(app, { taskId, result, authResult }, db);
      const effect: Effect = ours ? DONE : { state: 'skipped', note: 'a face check that was not made here' };
      await inboxEvent.conclude(db, effect);
      return effect;
    });
  }

  /** Due at once, and with it the event is done: should WeChat not answer now, the poller comes to it. */
  private async look(inboxEvent: InboxEvent, app: App): Promise<void> {
    await inTransaction(this.filings.dataSource, async (db) => {
      await this.filings.hint(app, db);
      await inboxEvent.conclude(db, DONE);
    });
    await this.reader.tryToRead(app, 'event');
  }
}
