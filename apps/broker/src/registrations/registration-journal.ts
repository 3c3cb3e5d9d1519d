import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OwnEvents } from '#inbox';
import { type RegistrationEntity, RegistrationHistoryEntity, type RegistrationState } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { BrokerConfig } from '../config/broker.config.js';
import { whoActs } from './ways.domain.js';

export interface JournalEntry {
  readonly from: RegistrationState | null;
  readonly to: RegistrationState;
  /** The request, event or reading that moved it. */
  readonly cause: string;
  readonly clientId?: string | null;
}

/** Moves that subscribers are told of, as `wxplane.registration_<state>`. */
const ANNOUNCED: ReadonlySet<RegistrationState> = new Set(['waiting', 'created', 'done', 'failed', 'expired']);

/** Where each registration came from, and who is told of it: written in the transaction of the move itself. */
@Injectable()
export class RegistrationJournal {
  private readonly base: string;

  constructor(
    private readonly ownEvents: OwnEvents,
    config: BrokerConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.base = config.PUBLIC_BASE_URL.replace(/\/$/, '');
  }

  /** @param row as it is after the move */
  async remember(db: EntityManager, row: RegistrationEntity, { from, to, cause, clientId = null }: JournalEntry): Promise<void> {
    const at = new Date(this.clock.now());
    await db.getRepository(RegistrationHistoryEntity).insert({
      registrationRow: row.rowId,
      at,
      fromState: from,
      toState: to,
      cause,
      taskId: row.taskId,
      errcode: row.errcode,
      reason: row.reason,
      clientId,
    });
    if (!ANNOUNCED.has(to)) return;
    await this.ownEvents.add(
      db,
      {
        kind: `wxplane.registration_${to}`,
        componentAppid: row.componentAppid,
        authorizerAppid: row.appid,
        key: `${row.registrationId} ${row.revision}`,
        data: { ...told(row), ...(to === 'waiting' ? { page_url: pageUrl(this.base, row) } : {}) },
      },
      at,
    );
  }
}

/** @param base what the broker's pages are reached by, without a slash at the end */
export const pageUrl = (base: string, { registrationId }: Pick<RegistrationEntity, 'registrationId'>): string =>
  `${base}/register/${registrationId}`;

/** Without data of persons: subscribers look them up if they may. */
function told(row: RegistrationEntity) {
  const { registrationId, way, state, reference, appid, sourceAppid, step, expiresAt, errcode, reason } = row;
  return {
    registration_id: registrationId,
    way,
    state,
    reference,
    authorizer_appid: appid,
    source_appid: sourceAppid || null,
    ...(state === 'waiting' ? { who_acts: whoActs(way, step), expires_at: expiresAt?.toISOString() ?? null } : {}),
    ...(state === 'failed' || state === 'expired' ? { errcode, reason } : {}),
  };
}
