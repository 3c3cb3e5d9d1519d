import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { changedRows, DeliveryAttemptEntity, DeliveryEntity, TAKES_NO_ROUTE } from '#persistence';
import type { Outcome } from '../subscribers/subscriber-client.service.js';

/** An event as subscriptions see it before they have it. */
export interface Forwarded {
  readonly eventId: string;
  readonly componentAppid: string;
  readonly authorizerAppid: string | null;
  readonly kind: string;
}

export interface NewDelivery {
  readonly subscriptionId: string;
  readonly eventId: string;
  readonly authorizerAppid: string | null;
  readonly kind: string;
  /** Default: now. */
  readonly notBefore?: Date;
  readonly replay?: string;
}

/** One look into the index for each subscription, however much waits for it. The LIMIT keeps the optimizer from joining the two. */
export const DUE_SUBSCRIPTIONS = `SELECT s.subscription_id FROM f_wechat_subscription s
    JOIN f_wechat_client c ON c.client_id = s.client_id AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > ?)
   WHERE s.state = 'enabled'
     AND (SELECT d.next_attempt_at FROM f_wechat_delivery d FORCE INDEX (ix_delivery_next)
           WHERE d.subscription_id = s.subscription_id AND d.state = 'pending' ORDER BY d.next_attempt_at LIMIT 1) <= ?
   LIMIT 1000`;

/**
 * The oldest event of each authorizer, if it is due. An older one that some replica is still handing over has no delivery yet, and is
 * waited for as well. Ids of events tell what is older: deliveries are written in the order in which replicas commit.
 */
const DUE_IN_ORDER = `SELECT d.delivery_id
    FROM (SELECT authorizer_appid, MIN(event_id) AS event_id FROM f_wechat_delivery FORCE INDEX (ix_delivery_order)
           WHERE subscription_id = ? AND state = 'pending' GROUP BY subscription_id, state, authorizer_appid) AS oldest
    JOIN f_wechat_delivery d ON d.subscription_id = ? AND d.state = 'pending'
     AND d.authorizer_appid = oldest.authorizer_appid AND d.event_id = oldest.event_id
    LEFT JOIN f_wechat_event e ON e.event_id = d.event_id
   WHERE d.next_attempt_at <= ?
     AND NOT EXISTS (SELECT 1 FROM f_wechat_event older FORCE INDEX (ix_event_state)
           WHERE older.state = 'received' AND older.event_id < e.event_id
             AND older.component_appid = e.component_appid AND older.authorizer_appid <=> e.authorizer_appid)
   ORDER BY d.event_id, d.delivery_id LIMIT ?`;

/** Deliveries and their attempts. */
@Injectable()
export class DeliveryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Each (subscription, event, replay) once, however often it is asked for. */
  async add(manager: EntityManager, rows: readonly NewDelivery[]): Promise<void> {
    for (let from = 0; from < rows.length; from += 500) {
      const part = rows.slice(from, from + 500);
      const now = new Date();
      await manager.query(
        `INSERT INTO f_wechat_delivery (subscription_id, event_id, replay, authorizer_appid, kind, next_attempt_at, created_at)
         VALUES ${part.map(() => '(?,?,?,?,?,?,?)').join(',')} ON DUPLICATE KEY UPDATE delivery_id = delivery_id`,
        part.flatMap((row) => [
          row.subscriptionId,
          row.eventId,
          row.replay ?? '',
          row.authorizerAppid ?? '',
          row.kind,
          row.notBefore ?? now,
          now,
        ]),
      );
    }
  }

  /** Events that arrived in that time, were fanned out, and are such as subscriptions may have. */
  async forwardable(from: Date, to: Date, after: string, limit: number): Promise<Forwarded[]> {
    const rows: { event_id: string; component_appid: string; authorizer_appid: string | null; kind: string }[] =
      await this.dataSource.query(
        `SELECT event_id, component_appid, authorizer_appid, kind FROM f_wechat_event
          WHERE received_at >= ? AND received_at < ? AND event_id > ? AND state = 'queued' AND family <> 'wxplane'
            AND kind <> 'component_verify_ticket' AND ${TAKES_NO_ROUTE('f_wechat_event')}
          ORDER BY event_id LIMIT ?`,
        [from, to, after, limit],
      );
    return rows.map((row) => ({
      eventId: String(row.event_id),
      componentAppid: row.component_appid,
      authorizerAppid: row.authorizer_appid,
      kind: row.kind,
    }));
  }

  /** Subscriptions that have something to be sent now. */
  async dueSubscriptions(): Promise<string[]> {
    const now = new Date();
    const rows: { subscription_id: string }[] = await this.dataSource.query(DUE_SUBSCRIPTIONS, [now, now]);
    return rows.map((row) => row.subscription_id);
  }

  /** @param ordered only the oldest one of each authorizer, and nothing of an authorizer whose oldest is not due */
  async due(subscriptionId: string, ordered: boolean, limit: number): Promise<DeliveryEntity[]> {
    if (ordered) return this.dueInOrder(subscriptionId, limit);
    return this.dataSource
      .getRepository(DeliveryEntity)
      .createQueryBuilder('d')
      .where(`d.subscriptionId = :subscriptionId AND d.state = 'pending' AND d.nextAttemptAt <= :now`, {
        subscriptionId,
        now: new Date(),
      })
      .orderBy('d.nextAttemptAt')
      .addOrderBy('d.deliveryId')
      .limit(limit)
      .getMany();
  }

  /** Takes one for an attempt; until `leaseUntil` nobody else does. @returns false when somebody was faster */
  async claim(delivery: DeliveryEntity, leaseUntil: Date): Promise<boolean> {
    const result = await this.dataSource
      .getRepository(DeliveryEntity)
      .update(
        { deliveryId: delivery.deliveryId, state: 'pending', attempts: delivery.attempts },
        { attempts: delivery.attempts + 1, nextAttemptAt: leaseUntil },
      );
    return result.affected === 1;
  }

  async finish(deliveryId: string, state: 'delivered' | 'failed', outcome: Partial<Outcome>): Promise<void> {
    await this.change(deliveryId, { state, finishedAt: new Date(), ...lastOf(outcome) });
  }

  async postpone(deliveryId: string, until: Date, outcome: Partial<Outcome>): Promise<void> {
    await this.change(deliveryId, { nextAttemptAt: until, ...lastOf(outcome) });
  }

  async recordAttempt(deliveryId: string, at: Date, outcome: Outcome): Promise<void> {
    await this.dataSource.getRepository(DeliveryAttemptEntity).insert({
      deliveryId,
      at,
      durationMs: outcome.durationMs,
      status: outcome.status ?? null,
      error: outcome.error?.slice(0, 255) ?? null,
      excerpt: outcome.excerpt || null,
    });
  }

  /** The whole schedule before it, from now; unless its state has changed since it was read. */
  async startAgain({ deliveryId, state }: DeliveryEntity): Promise<void> {
    await this.dataSource
      .getRepository(DeliveryEntity)
      .update({ deliveryId, state }, { state: 'pending', attempts: 0, nextAttemptAt: new Date(), finishedAt: null });
  }

  /** Events of the inbox once more for one subscription. @returns how many are new under the name of this replay */
  async addReplay(manager: EntityManager, subscriptionId: string, replay: string, eventIds: readonly string[]): Promise<number> {
    const now = new Date();
    const result = await manager.query(
      `INSERT IGNORE INTO f_wechat_delivery (subscription_id, event_id, replay, authorizer_appid, kind, next_attempt_at, created_at)
       SELECT ?, e.event_id, ?, COALESCE(e.authorizer_appid, ''), e.kind, ?, ?
         FROM f_wechat_event AS e WHERE e.event_id IN (?) ORDER BY e.event_id`,
      [subscriptionId, replay, now, now, eventIds],
    );
    return changedRows(result);
  }

  /** A replier was asked while WeChat waited. If that failed, the event is delivered like any other, a second later. */
  async recordReply(
    subscriptionId: string,
    event: { eventId: string; authorizerAppid: string | null; kind: string },
    at: Date,
    outcome: Outcome,
    delivered: boolean,
  ): Promise<void> {
    const finished = delivered ? new Date() : null;
    const state = delivered ? 'delivered' : 'pending';
    const { lastStatus, lastError } = lastOf(outcome);
    await this.dataSource.query(
      `INSERT INTO f_wechat_delivery (subscription_id, event_id, authorizer_appid, kind, state, attempts, next_attempt_at, last_status, last_error, created_at, finished_at)
       VALUES (?,?,?,?,?,1,?,?,?,?,?)
       ON DUPLICATE KEY UPDATE finished_at = IF(state = 'pending', VALUES(finished_at), finished_at), last_status = VALUES(last_status),
         last_error = VALUES(last_error), attempts = attempts + 1, state = IF(state = 'pending', VALUES(state), state)`,
      [
        subscriptionId,
        event.eventId,
        event.authorizerAppid ?? '',
        event.kind,
        state,
        new Date(Date.now() + 1_000),
        lastStatus,
        lastError,
        at,
        finished,
      ],
    );
    const row = await this.findOf(subscriptionId, event.eventId);
    if (row) await this.recordAttempt(row.deliveryId, at, outcome);
  }

  find(deliveryId: string): Promise<DeliveryEntity | null> {
    return this.dataSource.getRepository(DeliveryEntity).findOneBy({ deliveryId });
  }

  findOf(subscriptionId: string, eventId: string): Promise<DeliveryEntity | null> {
    return this.dataSource.getRepository(DeliveryEntity).findOneBy({ subscriptionId, eventId, replay: '' });
  }

  attempts(deliveryId: string): Promise<DeliveryAttemptEntity[]> {
    return this.dataSource
      .getRepository(DeliveryAttemptEntity)
      .find({ where: { deliveryId }, order: { attemptId: 'ASC' }, take: 100 });
  }

  /** What is still waiting for a subscription that goes will never be sent. */
  async cancelAll(subscriptionId: string, manager: EntityManager): Promise<void> {
    await manager
      .getRepository(DeliveryEntity)
      .update(
        { subscriptionId, state: 'pending' },
        { state: 'cancelled', finishedAt: new Date(), lastError: 'the subscription was deleted' },
      );
  }

  /** Replicas may give a subscription an event for a moment after it was deleted. @returns how many were cancelled, at most `limit` */
  cancelOrphans(limit: number): Promise<number> {
    return this.cancelSome(
      `SELECT d.delivery_id FROM f_wechat_delivery d
        WHERE d.state = 'pending' AND NOT EXISTS (SELECT 1 FROM f_wechat_subscription s WHERE s.subscription_id = d.subscription_id) LIMIT ?`,
      [limit],
      'the subscription was deleted',
    );
  }

  /**
   * What nobody has tried since it was due: its subscription is switched off, or its client revoked or expired.
   * @returns how many were cancelled, at most `limit`
   */
  cancelForgotten(dueBefore: Date, limit: number): Promise<number> {
    return this.cancelSome(
      `SELECT delivery_id FROM f_wechat_delivery WHERE state = 'pending' AND next_attempt_at < ? LIMIT ?`,
      [dueBefore, limit],
      'it was due for longer than deliveries are kept',
    );
  }

  /** @returns how many were deleted, at most `limit` */
  async deleteFinished(before: Date, limit: number): Promise<number> {
    const rows: { delivery_id: string }[] = await this.dataSource.query(
      'SELECT delivery_id FROM f_wechat_delivery WHERE finished_at < ? LIMIT ?',
      [before, limit],
    );
    if (rows.length === 0) return 0;
    const ids = rows.map((row) => row.delivery_id);
    await this.dataSource.query('DELETE FROM f_wechat_deliveryattempt WHERE delivery_id IN (?)', [ids]);
    await this.dataSource.query('DELETE FROM f_wechat_delivery WHERE delivery_id IN (?)', [ids]);
    return ids.length;
  }

  private async cancelSome(sql: string, parameters: unknown[], why: string): Promise<number> {
    const rows: { delivery_id: string }[] = await this.dataSource.query(sql, parameters);
    if (rows.length === 0) return 0;
    await this.dataSource.query(
      `UPDATE f_wechat_delivery SET state = 'cancelled', finished_at = ?, last_error = ? WHERE delivery_id IN (?) AND state = 'pending'`,
      [new Date(), why, rows.map((row) => row.delivery_id)],
    );
    return rows.length;
  }

  private async dueInOrder(subscriptionId: string, limit: number): Promise<DeliveryEntity[]> {
    const rows: { delivery_id: string }[] = await this.dataSource.query(DUE_IN_ORDER, [
      subscriptionId,
      subscriptionId,
      new Date(),
      limit,
    ]);
    if (rows.length === 0) return [];
    const deliveryId = In(rows.map((row) => row.delivery_id));
    return this.dataSource
      .getRepository(DeliveryEntity)
      .find({ where: { deliveryId, state: 'pending' }, order: { eventId: 'ASC', deliveryId: 'ASC' } });
  }

  private async change(deliveryId: string, change: Partial<DeliveryEntity>): Promise<void> {
    await this.dataSource.getRepository(DeliveryEntity).update({ deliveryId, state: 'pending' }, change);
  }
}

const lastOf = ({ status, error }: Partial<Outcome>) => ({ lastStatus: status ?? null, lastError: error?.slice(0, 255) ?? null });
