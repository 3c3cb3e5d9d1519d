import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { EventEffectEntity, EventEntity, type SubscriptionEntity } from '#persistence';
import { decodeCursor, page } from '../cursor.js';
import type { EventFilter, EventSearch } from './events.dto.js';

/** What narrows a search besides the request: the authorizers that the client may act for. */
export interface Scope {
  readonly authorizers: readonly string[] | undefined;
  /** Only this event. */
  readonly eventId?: string;
}

/** Reads the inbox, and sends parts of it out again. */
@Injectable()
export class EventRepository {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  find(eventId: string): Promise<EventEntity | null> {
    return this.dataSource.getRepository(EventEntity).findOneBy({ eventId });
  }

  effects(eventId: string): Promise<EventEffectEntity[]> {
    return this.dataSource.getRepository(EventEffectEntity).findBy({ eventId });
  }

  async search(query: EventSearch, scope: Scope): Promise<{ rows: EventEntity[]; next: string | null }> {
    const search = this.filtered(query, scope)
      .orderBy('e.eventId', 'DESC')
      .take(query.limit + 1);
    if (query.state) search.andWhere('e.state = :state', { state: query.state });
    if (query.cursor) search.andWhere('e.eventId < :before', { before: decodeCursor(query.cursor) });
    return page(await search.getMany(), query.limit, (row) => row.eventId);
  }

  /**
   * Lets the hand-over take events again, after their former effects were forgotten. One transaction: all of the range or none.
   * @param kinds that some consumer wants
   */
  async toConsumers(filter: EventFilter, scope: Scope, kinds: readonly string[], from: readonly string[]): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const where = this.filtered(filter, scope, manager).andWhere('e.kind IN (:...kinds) AND e.state IN (:...from)', {
        kinds,
        from,
      });
      const [sql, parameters] = where.select('e.event_id', 'id').orderBy('e.eventId').getQueryAndParameters();
      const ids: { id: string }[] = await manager.query(`${sql} FOR UPDATE`, parameters);
      for (let at = 0; at < ids.length; at += 1_000) {
        const part = ids.slice(at, at + 1_000).map((row) => row.id);
        await manager.query('DELETE FROM f_wechat_eventeffect WHERE event_id IN (?)', [part]);
        await manager.query(`UPDATE f_wechat_event SET state = 'received' WHERE event_id IN (?)`, [part]);
      }
      return ids.length;
    });
  }

  /** One statement: all matching events of the range become deliveries, or none. */
  async toSubscription(filter: EventFilter, scope: Scope, subscription: SubscriptionEntity, replay: string): Promise<number> {
    const where = this.filtered(filter, scope)
      .andWhere(`e.state IN ('queued', 'received') AND e.kind <> 'component_verify_ticket'`)
      .andWhere(`(${subscription.kinds.map((_, index) => `e.kind LIKE :kind${index}`).join(' OR ')})`)
      .setParameters(Object.fromEntries(subscription.kinds.map((kind, index) => [`kind${index}`, likeOf(kind)])));
    if (subscription.componentAppid !== null) where.andWhere('e.componentAppid = :own', { own: subscription.componentAppid });
    if (subscription.authorizers !== null)
      where.andWhere('e.authorizerAppid IN (:...ownAuthorizers)', { ownAuthorizers: subscription.authorizers });
    const now = new Date();
    const [sql, parameters] = where.select('e.event_id', 'id').getQueryAndParameters();
    const result = await this.dataSource.query(
      `INSERT IGNORE INTO f_wechat_delivery (subscription_id, event_id, replay, authorizer_appid, kind, next_attempt_at, created_at)
       SELECT ?, chosen.event_id, ?, COALESCE(chosen.authorizer_appid, ''), chosen.kind, ?, ?
         FROM f_wechat_event AS chosen JOIN (${sql}) AS found ON found.id = chosen.event_id ORDER BY chosen.event_id`,
      [subscription.subscriptionId, replay, now, now, ...parameters],
    );
    return Number(result.affectedRows);
  }

  /** A person has looked at an event that was kept and not believed. */
  async accept(eventId: string): Promise<void> {
    await this.dataSource
      .getRepository(EventEntity)
      .update({ eventId }, { state: 'queued', note: 'accepted by hand', handedOverAt: new Date() });
  }

  private filtered(
    filter: EventFilter,
    scope: Scope,
    manager: EntityManager = this.dataSource.manager,
  ): SelectQueryBuilder<EventEntity> {
    const query = manager.getRepository(EventEntity).createQueryBuilder('e').where('1 = 1');
    if (scope.eventId) query.andWhere('e.eventId = :eventId', { eventId: scope.eventId });
    if (scope.authorizers) query.andWhere('e.authorizerAppid IN (:...allowed)', { allowed: [...scope.authorizers, ''] });
    if (filter.component_appid) query.andWhere('e.componentAppid = :component', { component: filter.component_appid });
    if (filter.authorizer_appid) query.andWhere('e.authorizerAppid = :authorizer', { authorizer: filter.authorizer_appid });
    if (filter.kind) query.andWhere('e.kind LIKE :kind', { kind: likeOf(filter.kind) });
    if (filter.from) query.andWhere('e.receivedAt >= :since', { since: new Date(filter.from) });
    if (filter.to) query.andWhere('e.receivedAt < :until', { until: new Date(filter.to) });
    return query;
  }
}

/** Our pattern as SQL's: `*` is any text, everything else is itself. */
export function likeOf(pattern: string): string {
  return pattern.replace(/[\\%_]/g, '\\$&').replace(/\*+/g, '%');
}
