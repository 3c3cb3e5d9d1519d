import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager, QueryDeepPartialEntity } from 'typeorm';
import { OwnEvents } from '#inbox';
import { type ReleaseEntity, ReleaseHistoryEntity } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { plainReason } from '#wechat';
import { type ReleaseState } from './release.domain.js';

export interface JournalEntry {
  readonly releaseId: number;
  /** `null`: it was made. */
  readonly from: ReleaseState | null;
  readonly to: ReleaseState;
  /** The step, event or reading that moved it. */
  readonly cause: string;
  readonly clientId?: string | null;
  readonly detail?: Record<string, unknown> | undefined;
}

/** What subscribers are told of a release. */
type Told = Pick<
  ReleaseEntity,
  'releaseId' | 'componentAppid' | 'authorizerAppid' | 'templateId' | 'userVersion' | 'rolloutId' | 'revision' | 'auditid'
>;

/** Moves that subscribers are told of, as `wxplane.release_<state>`. */
const ANNOUNCED: ReadonlySet<ReleaseState> = new Set([
  'approved',
  'rejected',
  'withdrawn',
  'released',
  'failed',
  'stopped',
  'reverted',
]);

/** Where each release came from, and who is told of it: written in the transaction of the move itself. */
@Injectable()
export class ReleaseJournal {
  constructor(
    private readonly ownEvents: OwnEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async remember(db: EntityManager, ...entries: readonly JournalEntry[]): Promise<void> {
    const at = new Date(this.clock.now());
    const rows = entries.map(({ releaseId, from, to, cause, clientId = null, detail = null }) => ({
      ...{ releaseId, at, cause, clientId, detail },
      fromState: from,
      toState: to,
    }));
    await db
      .createQueryBuilder()
      .insert()
      .into(ReleaseHistoryEntity)
      .values(rows as QueryDeepPartialEntity<ReleaseHistoryEntity>[])
      .updateEntity(false)
      .execute();
  }

  /** Tells subscribers of a move that concerns them. */
  async announce(
    db: EntityManager,
    row: Told,
    to: ReleaseState,
    now: { readonly auditid?: string | null; readonly reason?: string | null } = {},
  ): Promise<void> {
    if (!ANNOUNCED.has(to)) return;
    const { releaseId, componentAppid, authorizerAppid, templateId, userVersion, rolloutId, revision } = row;
    const data = {
      release_id: releaseId,
      rollout_id: rolloutId,
      authorizer_appid: authorizerAppid,
      template_id: templateId,
      user_version: userVersion,
      state: to,
      auditid: now.auditid ?? row.auditid,
      ...(to === 'rejected' ? { reason_text: plainReason(now.reason ?? null) } : {}),
    };
    const event = { kind: `wxplane.release_${to}`, componentAppid, authorizerAppid, key: `${releaseId} ${revision}`, data };
    await this.ownEvents.add(db, event, new Date(this.clock.now()));
  }
}
