import { Inject, Injectable } from '@nestjs/common';
import type { Effect, InboxEvent } from '#inbox';
import type { RegistrationEntity } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { type EventOf, pushedRegistrationStatus } from '#wechat';
import { LATE_MS, subjectHash } from './registration.domain.js';
import { RegistrationRepository } from './registration.repository.js';
import { RegistrationCalls } from './registration-calls.js';
import { RegistrationPoller } from './registration-poller.js';
import { RegistrationSettler } from './registration-settler.js';
import { RegistrationSubmitter } from './registration-submitter.js';
import { type RegistrationWay, WAYS } from './ways.domain.js';

type Result = EventOf<'notify_third_fasteregister'>;

const DONE: Effect = { state: 'done' };
const nobodys: Effect = { state: 'skipped', note: 'no registration that was begun here' };

/** Ways whose result may come as a plain `authorized`, or without saying whose it is (registration.md §3). */
const NEW_APPS: readonly RegistrationWay[] = ['enterprise', 'personal', 'trial', 'account'];

/**
 * What pushes say of registrations. They come twice, late, before the answer of the call that began it, for a task that was renewed, or not
 * at all: success is believed, a refusal only when WeChat says the same when it is asked, or is younger than what it is about.
 */
@Injectable()
export class RegistrationEvents {
  constructor(
    private readonly registrations: RegistrationRepository,
    private readonly calls: RegistrationCalls,
    private readonly settler: RegistrationSettler,
    private readonly submitter: RegistrationSubmitter,
    private readonly poller: RegistrationPoller,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Before its code is exchanged: which registration the app is of. */
  async made(componentAppid: string, event: Result): Promise<void> {
    const { appid, status, kind } = event;
    if (!appid) return;
    for (let row = await this.ofResult(componentAppid, event); row && row.appid === null; ) {
      if (await this.settler.created(row, { appid, status }, kind)) return;
      // Somebody else has written it meanwhile.
      row = (await this.registrations.find(row.registrationId)) ?? undefined;
      if (row?.state === 'done') return;
    }
  }

  /** A registration without an app. */
  async refused(componentAppid: string, event: Result): Promise<Effect> {
    const row = await this.ofResult(componentAppid, event);
    if (!row) return { ...nobodys, note: `${nobodys.note}; it ended with status ${event.status}` };
    if (row.state !== 'waiting') return { state: 'skipped', note: `it is ${row.state}` };
    const looked = await this.calls.query(row);
    if (looked?.outcome === 'created') await this.poller.look(row, event.kind);
    else if (!looked || looked.outcome === 'ended' || looked.perhapsEnded) await this.fail(row, event.status, event.kind);
    else return { state: 'skipped', note: `WeChat says that it goes on: ${looked.en}` };
    return DONE;
  }

  /** An app was authorized: perhaps one that was looked for. */
  async authorized(componentAppid: string, appid: string, cause: string): Promise<void> {
    const known = await this.registrations.inStates(componentAppid, ['created'], NEW_APPS, { appid });
    for (const row of known) await this.settler.settle(row, cause);
    if (known.length > 0 || !(await this.isNewlyMade(componentAppid, appid))) return;
    const open = await this.registrations.inStates(componentAppid, ['waiting', 'submitting', 'created'], NEW_APPS, {
      appid: null,
    });
    // Soon, by whoever looks; not here, where other authorizations wait.
    for (const row of open) await this.registrations.update(row, { nextAt: new Date(this.clock.now()) });
  }

  async trialMade(inboxEvent: InboxEvent, event: EventOf<'notify_third_fastregisterbetaapp'>): Promise<Effect> {
    const taskId = event.info?.unique_id;
    const row = taskId ? await this.registrations.byTask(inboxEvent.componentAppid, taskId) : undefined;
    if (!row) return nobodys;
    if (event.status !== 0 || !event.appid) {
      if (row.state !== 'waiting' || row.taskId !== taskId) return { state: 'skipped', note: 'it was renewed, or has ended' };
      await this.fail(row, event.status, event.kind);
      return DONE;
    }
    if (row.appid !== null) return { state: 'skipped', note: 'known already' };
    const made = await this.settler.created(row, { appid: event.appid }, event.kind);
    if (!made) throw new Error('the registration moves; once more');
    await this.settler.settle(made, event.kind);
    return DONE;
  }

  async converted(inboxEvent: InboxEvent, event: EventOf<'notify_third_fastverifybetaapp'>): Promise<Effect> {
    const appid = event.appid ?? '';
    const row = await this.conversionOf(inboxEvent.componentAppid, appid, 'trial-to-enterprise');
    if (!row) return nobodys;
    if (event.status === 0) {
      await this.settler.converted(row, event.kind);
      return DONE;
    }
    // WeChat cannot be asked: an event of the attempt before this one is older.
    if (row.state !== 'waiting' || event.createTime * 1_000 < row.begunAt.getTime() - TOLERANCE_MS)
      return { state: 'skipped', note: 'of an attempt that has ended' };
    await this.fail(row, event.status, event.kind);
    return DONE;
  }

  /** The administrator of the official account has agreed to the conversion of a trial, or not. */
  async accountAgreed(inboxEvent: InboxEvent, event: EventOf<'betaapp_authorization_apply_event'>): Promise<Effect> {
    const { appid, ticket, msg } = event.ApplyAuthorizationInfoNoitfy ?? {};
    const row = await this.conversionOf(inboxEvent.componentAppid, appid ?? inboxEvent.authorizerAppid ?? '', 'trial-to-account');
    if (row?.state !== 'waiting' || row.step !== 1) return nobodys;
    if (ticket) await this.submitter.consented(row, ticket, event.kind);
    else await this.end(row, msg || 'The administrator of the official account has not agreed.', event.kind);
    return DONE;
  }

  /** What its numbers mean is not published: WeChat is asked whether the trial is one no more. */
  async accountVerified(inboxEvent: InboxEvent, event: EventOf<'betaapp_verify_event'>): Promise<Effect> {
    const { appid, status, msg } = event.ApplyAuthorizationInfoNoitfy ?? {};
    const row = await this.conversionOf(inboxEvent.componentAppid, appid ?? inboxEvent.authorizerAppid ?? '', 'trial-to-account');
    if (row?.state !== 'waiting') return nobodys;
    await this.poller.look(row, event.kind);
    const now = await this.registrations.find(row.registrationId);
    if (status === 0 || now?.state !== 'waiting' || row.step !== 2) return DONE;
    await this.end(now, msg || 'The administrator of the mini program has not agreed.', event.kind);
    return DONE;
  }

  private async conversionOf(
    componentAppid: string,
    sourceAppid: string,
    way: RegistrationWay,
  ): Promise<RegistrationEntity | undefined> {
    if (!sourceAppid) return undefined;
    const hash = subjectHash(componentAppid, way, sourceAppid);
    const [row] = await this.registrations.bySubject(hash, this.lateLimit());
    return row?.state === 'done' ? undefined : row;
  }

  /** By the company or the WeChat id that it names; else the one of which WeChat says the same. */
  private async ofResult(componentAppid: string, event: Result): Promise<RegistrationEntity | undefined> {
    const { code, wxuser } = event.info ?? {};
    const subject = code ? (['enterprise', code] as const) : wxuser ? (['personal', wxuser] as const) : undefined;
    if (subject) {
      const rows = await this.registrations.bySubject(subjectHash(componentAppid, subject[0], subject[1]), this.lateLimit());
      return rows.find((row) => row.appid === event.appid && row.appid !== null) ?? rows.find((row) => row.appid === null);
    }
    const open = await this.registrations.inStates(componentAppid, ['waiting', 'created'], ['enterprise', 'personal'], {
      appid: null,
    });
    const same: RegistrationEntity[] = [];
    for (const row of open) {
      const looked = await this.calls.query(row).catch(() => undefined);
      if (looked && (event.status === 0 ? looked.outcome === 'created' : looked.outcome === 'ended' || looked.perhapsEnded))
        same.push(row);
    }
    return same.length === 1 ? same[0] : undefined;
  }

  private async isNewlyMade(componentAppid: string, appid: string): Promise<boolean> {
    const type = await this.settler.registerTypeOf(componentAppid, appid);
    return type !== undefined && NEW_APPS.some((way) => WAYS[way].registerType === type);
  }

  private async fail(row: RegistrationEntity, status: number, cause: string): Promise<void> {
    await this.end(row, `status ${status}: ${pushedRegistrationStatus(status).en}`, cause, status);
  }

  private async end(row: RegistrationEntity, reason: string, cause: string, wechatStatus = row.wechatStatus): Promise<void> {
    const changes = { reason: reason.slice(0, 512), wechatStatus, authorizeUrl: null, ticket: null, nextAt: null };
    await this.registrations.move(row, 'failed', changes, { cause });
  }

  private lateLimit(): Date {
    return new Date(this.clock.now() - LATE_MS);
  }
}

/** What the clocks of WeChat and the database may be apart. */
const TOLERANCE_MS = 60_000;
