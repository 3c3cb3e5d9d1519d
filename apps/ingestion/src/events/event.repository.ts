import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, type SelectQueryBuilder } from 'typeorm';
import { EventEffectEntity, EventEntity, inTransaction, type SubscriptionEntity } from '#persistence';
import { Cursors, DomainError, formerlyBase64, rangeOf, type TimeRange } from '#service';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import type { EventMatch, EventSearch } from './events.dto.js';

/** Events of one replay at most. */
const REPLAY_MAX = 50_000;
const PAGE = 1_000;

export const EVENTS = new Cursors('events', formerlyBase64());

type EventFilter = EventMatch & TimeRange;

/** What narrows a search besides the request: the authorizers that the client may act for, and its components. */
export interface Scope {
  readonly authorizers: readonly string[] | undefined;
  readonly components?: readonly string[] | undefined;
  /** Only this event. */
  readonly eventId?: string;
}

/** Reads the inbox, and sends parts of it out again. */
@Injectable()
export class EventRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly deliveries: DeliveryRepository,
  ) {}

  find(eventId: string): Promise<EventEntity | null> {
    return this.dataSource.getRepository(EventEntity).findOneBy({ eventId });
  }

  /** Of each of these events, what its consumers did. */
  async effectsOf(eventIds: readonly string[]): Promise<ReadonlyMap<string, readonly EventEffectEntity[]>> {
    if (eventIds.length === 0) return new Map();
    const effects = await this.dataSource.getRepository(EventEffectEntity).findBy({ eventId: In([...eventIds]) });
    return Map.groupBy(effects, ({ eventId }) => eventId);
  }

  effects(eventId: string): Promise<EventEffectEntity[]> {
    return this.dataSource.getRepository(EventEffectEntity).findBy({ eventId });
  }

  async search(query: EventSearch, scope: Scope): Promise<EventEntity[]> {
    const search = this.filtered(query, scope)
      .orderBy('e.eventId', 'DESC')
      .take(query.limit + 1);
    if (query.state) search.andWhere('e.state = :state', { state: query.state });
    const before = EVENTS.after(query);
    if (before) search.andWhere('e.eventId < :before', { before });
    return search.getMany();
  }

  /**
   * Lets the hand-over take events again, after their former effects were forgotten. One transaction: all of the range or none. It locks
   * these rows by their ids and nothing between them, so that new pushes are written meanwhile.
   * @param kinds that some consumer wants
   * @throws DomainError `invalid-request` when the range holds too many
   */
  async toConsumers(filter: EventFilter, scope: Scope, kinds: readonly string[], from: readonly string[]): Promise<number> {
    const where = this.filtered(filter, scope).andWhere('e.kind IN (:...kinds) AND e.state IN (:...from)', { kinds, from });
    const pages = await this.pagesOf(where);
    const write = async (manager: EntityManager) => {
      let count = 0;
      for (const ids of pages) {
        const locked: { event_id: string }[] = await manager.query(
          'SELECT event_id FROM f_wechat_event WHERE event_id IN (?) AND state IN (?) ORDER BY event_id FOR UPDATE',
          [ids, from],
        );
        if (locked.length === 0) continue;
        const part = locked.map((row) => row.event_id);
        await manager.query('DELETE FROM f_wechat_eventeffect WHERE event_id IN (?)', [part]);
        await manager.query(`UPDATE f_wechat_event SET state = 'received', replays = replays + 1 WHERE event_id IN (?)`, [part]);
        count += part.length;
      }
      return count;
    };
    return inTransaction(this.dataSource, write, { isolation: 'READ COMMITTED' });
  }

  /**
   * One transaction: all matching events of the range become deliveries, or none.
   * @throws DomainError `invalid-request` when the range holds too many
   */
  async toSubscription(filter: EventFilter, scope: Scope, subscription: SubscriptionEntity, replay: string): Promise<number> {
    const where = this.filtered(filter, scope)
      .andWhere(`e.state IN ('queued', 'received') AND e.kind <> 'component_verify_ticket'`)
      .andWhere(`(${subscription.kinds.map((_, index) => `e.kind LIKE :kind${index}`).join(' OR ')})`)
      .setParameters(Object.fromEntries(subscription.kinds.map((kind, index) => [`kind${index}`, likeOf(kind)])));
    if (subscription.componentAppid !== null) where.andWhere('e.componentAppid = :own', { own: subscription.componentAppid });
    if (subscription.authorizers !== null)
      where.andWhere('e.authorizerAppid IN (:...ownAuthorizers)', { ownAuthorizers: subscription.authorizers });
    const pages = await this.pagesOf(where);
    const write = async (manager: EntityManager) => {
      let count = 0;
      for (const ids of pages) {
        count += await this.deliveries.addReplay(manager, subscription.subscriptionId, replay, ids);
      }
      return count;
    };
    return inTransaction(this.dataSource, write, { isolation: 'READ COMMITTED' });
  }

  /** The ids of the events that match, oldest first, read without a lock. */
  private async pagesOf(where: SelectQueryBuilder<EventEntity>): Promise<string[][]> {
    const [sql, parameters] = where
      .select('e.event_id', 'id')
      .orderBy('e.eventId')
      .limit(REPLAY_MAX + 1)
      .getQueryAndParameters();
    const ids: { id: string }[] = await this.dataSource.query(sql, parameters);
    if (ids.length > REPLAY_MAX)
      throw new DomainError(
        'invalid-request',
        `More than ${REPLAY_MAX} events match; replay a shorter range, or fewer kinds, at a time.`,
      );
    const pages: string[][] = [];
    for (let at = 0; at < ids.length; at += PAGE) pages.push(ids.slice(at, at + PAGE).map((row) => row.id));
    return pages;
  }

  /** A person has looked at an event that was kept and not believed. */
  async accept(eventId: string): Promise<void> {
    await this.dataSource
      .getRepository(EventEntity)
      .update({ eventId }, { state: 'queued', accepted: 1, note: 'accepted by hand', handedOverAt: new Date() });
  }

  private filtered(filter: EventFilter, scope: Scope): SelectQueryBuilder<EventEntity> {
    const query = this.dataSource.getRepository(EventEntity).createQueryBuilder('e').where('1 = 1');
    if (scope.eventId) query.andWhere('e.eventId = :eventId', { eventId: scope.eventId });
    if (scope.authorizers) query.andWhere('e.authorizerAppid IN (:...allowed)', { allowed: [...scope.authorizers, ''] });
    if (scope.components) query.andWhere('e.componentAppid IN (:...components)', { components: [...scope.components, ''] });
    if (filter.component_appid) query.andWhere('e.componentAppid = :component', { component: filter.component_appid });
    if (filter.authorizer_appid) query.andWhere('e.authorizerAppid = :authorizer', { authorizer: filter.authorizer_appid });
    if (filter.kind) query.andWhere('e.kind LIKE :kind', { kind: likeOf(filter.kind) });
    const { from, to } = rangeOf(filter);
    if (from) query.andWhere('e.receivedAt >= :since', { since: from });
    if (to) query.andWhere('e.receivedAt < :until', { until: to });
    return query;
  }
}

/** Our pattern as SQL's: `*` is any text, everything else is itself. */
function likeOf(pattern: string): string {
  return pattern.replace(/[\\%_]/g, '\\$&').replace(/\*+/g, '%');
}
