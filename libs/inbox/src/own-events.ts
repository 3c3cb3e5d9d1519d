import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BINDINGS, EventEntity, SecretBox } from '#persistence';

/** Something of our own that subscribers may want to know. */
export interface OwnEvent {
  /** Such as `wxplane.release_approved` or `wxplane.rollout_paused`. */
  readonly kind: string;
  readonly componentAppid: string;
  readonly authorizerAppid: string | null;
  /** Distinguishes it from every other event of its kind. */
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Writes events of our own into the inbox, in the transaction of what they tell: the dispatcher hands them over to subscriptions as it does
 * with WeChat's, signed and repeated.
 */
@Injectable()
export class OwnEvents {
  constructor(private readonly secrets: SecretBox) {}

  /** Writes it once, however often it is told. */
  async add(manager: EntityManager, event: OwnEvent, at: Date): Promise<void> {
    await this.insert(manager, event, at, { state: 'received' });
  }

  /**
   * Writes one whose deliveries the caller makes in the same transaction: it is for certain subscriptions, so the dispatcher leaves it alone.
   * @returns its event id
   */
  async addHandedOver(manager: EntityManager, event: OwnEvent, at: Date): Promise<string> {
    const dedupeKey = await this.insert(manager, event, at, { state: 'queued', handedOverAt: at });
    const { eventId } = await manager
      .getRepository(EventEntity)
      .findOneByOrFail({ componentAppid: event.componentAppid, dedupeKey });
    return eventId;
  }

  private async insert(
    manager: EntityManager,
    { kind, componentAppid, authorizerAppid, key, data }: OwnEvent,
    at: Date,
    progress: Pick<EventEntity, 'state'> & Partial<EventEntity>,
  ): Promise<string> {
    const dedupeKey = hash('sha256', `${kind} ${key}`, 'hex');
    await manager
      .createQueryBuilder()
      .insert()
      .into(EventEntity)
      .values({
        componentAppid,
        authorizerAppid,
        family: 'wxplane',
        kind,
        dedupeKey,
        createTime: at,
        receivedAt: at,
        payload: this.secrets.seal(JSON.stringify({ kind, ...data }), BINDINGS.event(componentAppid, dedupeKey)),
        ...progress,
      })
      .orIgnore()
      .updateEntity(false)
      .execute();
    return dedupeKey;
  }
}
