import { Injectable } from '@nestjs/common';
import type { Effect, InboxEvent } from '#inbox';
import { inTransaction } from '#persistence';
import type { EventOf } from '#wechat';
import type { App } from '../account-calls/account-calls.js';
import { CertificateRepository } from './certificate.repository.js';
import type { Numbers } from './certification.domain.js';
import { CertificationRepository } from './certification.repository.js';
import { CertificationJournal } from './certification-journal.js';
import { CertificationReader } from './certification-reader.js';

const DONE: Effect = { state: 'done' };
const OTHERS: Effect = { state: 'skipped', note: 'an order that was not made here' };

/** What events say of certifications (§3.3, §4): hints, but for the end of a year, which nothing else tells. */
@Injectable()
export class CertificationEvents {
  constructor(
    private readonly orders: CertificationRepository,
    private readonly certificates: CertificateRepository,
    private readonly reader: CertificationReader,
    private readonly journal: CertificationJournal,
  ) {}

  order(inboxEvent: InboxEvent, event: EventOf<'notify_3rd_wxa_auth'>): Promise<Effect> {
    return this.look(inboxEvent, event.appid, 'single', event.taskid);
  }

  both(inboxEvent: InboxEvent, event: EventOf<'notify_3rd_wxa_auth_and_icp'>): Promise<Effect> {
    return this.look(inboxEvent, event.appid, 'with_filing', event.procedure_id);
  }

  async ending(inboxEvent: InboxEvent, { appid, expired, message }: EventOf<'notify_3rd_wxa_wxverify'>): Promise<Effect> {
    if (!appid || !expired) return { state: 'skipped', note: 'it names no mini program, or no time' };
    const app = { componentAppid: inboxEvent.componentAppid, authorizerAppid: appid };
    const endsAt = new Date(expired * 1_000);
    await inTransaction(this.orders.dataSource, async (db) => {
      await this.certificates.ends(app, endsAt, message ?? null, db);
      const detail = { ends_at: endsAt.toISOString(), ...(message ? { message } : {}) };
      await this.journal.remember(db, app, { certificationId: null, from: null, to: 'ending', cause: 'event', detail });
      await this.journal.tell(db, app, 'ending', `${appid} ${inboxEvent.eventId}`, detail);
      await inboxEvent.conclude(db, DONE);
    });
    return DONE;
  }

  private async look(
    inboxEvent: InboxEvent,
    appid: string | undefined,
    kind: Numbers['kind'],
    taskId: string | undefined,
  ): Promise<Effect> {
    if (!appid || !taskId) return { state: 'skipped', note: 'it names no mini program, or no order' };
    const app: App = { componentAppid: inboxEvent.componentAppid, authorizerAppid: appid };
    const id = await inTransaction(this.orders.dataSource, async (db) => {
      const ours = await this.orders.adopt(app, kind, taskId, db);
      if (ours) await this.orders.due(ours, db);
      await inboxEvent.conclude(db, ours ? DONE : OTHERS);
      return ours;
    });
    if (!id) return OTHERS;
    const row = await this.orders.find(app, id);
    if (row) await this.reader.tryToRead(row, 'event');
    return DONE;
  }
}
