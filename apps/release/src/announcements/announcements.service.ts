import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventEntity, SecretBox } from '#persistence';

/** Something that subscribers may want to know. */
export interface Announcement {
  /** Such as `wxplane.release_approved` or `wxplane.rollout_paused`. */
  readonly kind: string;
  readonly componentAppid: string;
  readonly authorizerAppid: string | null;
  /** Distinguishes it from every other announcement of its kind. */
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Writes events of our own into the inbox, in the transaction of what they tell: ingestion hands them over to subscriptions
 * as it does with WeChat's, signed and repeated.
 */
@Injectable()
export class Announcements {
  constructor(private readonly secrets: SecretBox) {}

  async add(db: EntityManager, announcement: Announcement, at: Date): Promise<void> {
    const { kind, componentAppid, authorizerAppid, key, data } = announcement;
    await db
      .createQueryBuilder()
      .insert()
      .into(EventEntity)
      .values({
        componentAppid,
        authorizerAppid,
        family: 'wxplane',
        kind,
        dedupeKey: createHash('sha256').update(`${kind} ${key}`).digest('hex'),
        createTime: at,
        receivedAt: at,
        payload: this.secrets.seal(JSON.stringify({ kind, ...data }), 'event'),
        state: 'received',
      })
      .orIgnore()
      .updateEntity(false)
      .execute();
  }
}
