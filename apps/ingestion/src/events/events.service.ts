import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BINDINGS, type EventEffectEntity, type EventEntity, routeOf, SecretBox } from '#persistence';
import { CONSUMERS, consumersOf } from '#queues';
import { type Client, DomainError, mayActFor, mayUseComponent, requirePermission } from '#service';
import { parseEvent, XmlRefusedError } from '#wechat';
import { publicEvent } from '../deliveries/delivery.domain.js';
import { FanOut } from '../deliveries/fan-out.service.js';
import { Dispatcher } from '../dispatch/dispatcher.service.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { EventRepository, type Scope } from './event.repository.js';
import type { EventSearch, ReplayEvent, ReplayRange } from './events.dto.js';
import { type Progress, progressOf } from './progress.domain.js';
import { rawContent } from './raw-content.js';

/** Kinds that broker or release act on. */
const CONSUMED = [...new Set([...CONSUMERS.broker.kinds, ...CONSUMERS.release.kinds])];

/** The inbox: search, look at, replay. */
@Injectable()
export class EventsService {
  constructor(
    private readonly events: EventRepository,
    private readonly subscriptions: SubscriptionsService,
    private readonly fanOut: FanOut,
    private readonly handover: Dispatcher,
    private readonly secrets: SecretBox,
  ) {}

  /** One more than the page may have, if there are so many. */
  async search(client: Client, query: EventSearch): Promise<(readonly [EventEntity, Progress])[]> {
    const rows = await this.events.search(query, scopeOf(client));
    const effects = await this.events.effectsOf(rows.map(({ eventId }) => eventId));
    return rows.map((row) => [row, this.progress(row, effects.get(row.eventId) ?? [])]);
  }

  progress(row: EventEntity, effects: readonly EventEffectEntity[]): Progress {
    return progressOf(row, effects, consumersOf(row.kind, routeOf(row)).length);
  }

  /** @throws DomainError `not-found`, for another's event as well */
  async get(client: Client, eventId: string): Promise<{ row: EventEntity; effects: EventEffectEntity[] }> {
    const row = await this.events.find(eventId);
    // One of no account concerns all of them.
    if (!row || !mayUseComponent(client, row.componentAppid) || !mayActFor(client, row.authorizerAppid ?? ''))
      throw new DomainError('not-found', `There is no event ${eventId}, or its retention is over.`);
    return { row, effects: await this.events.effects(eventId) };
  }

  /** What WeChat sent, without tickets and codes. */
  contentOf(row: EventEntity): Record<string, unknown> | null {
    const payload = this.secrets.open(row.payload, BINDINGS.event(row.componentAppid, row.dedupeKey));
    if (row.family === 'wxplane') return JSON.parse(payload);
    try {
      return publicEvent(parseEvent(payload)) as Record<string, unknown>;
    } catch (error) {
      if (error instanceof XmlRefusedError) return null;
      throw error;
    }
  }

  /** What came, as it came, without tickets and codes. */
  rawOf(row: EventEntity): string {
    return rawContent(this.secrets.open(row.payload, BINDINGS.event(row.componentAppid, row.dedupeKey)));
  }

  /** @returns how many go out again, and whether it is acted on because the client says so. */
  async replayOne(client: Client, eventId: string, request: ReplayEvent): Promise<{ events: number; accepted: boolean }> {
    const { row } = await this.get(client, eventId);
    const accepted = row.state === 'mismatch' || row.state === 'stale';
    if (accepted) {
      if (!request.accept)
        throw new DomainError(
          'conflict',
          `It was kept as "${row.state}" and not believed; say "accept": true after looking at it.`,
        );
      requirePermission(client, 'events.redo');
      await this.events.accept(eventId);
    }
    const at = row.receivedAt;
    const range = { from: at.toISOString(), to: new Date(at.getTime() + 1).toISOString(), component_appid: row.componentAppid };
    const { subscription_id } = request;
    const one = { ...range, kind: row.kind, ...(subscription_id ? { subscription_id } : {}) };
    return { events: await this.replay(client, one, eventId), accepted };
  }

  replayRange(client: Client, request: ReplayRange): Promise<number> {
    return this.replay(client, request);
  }

  private async replay(client: Client, request: ReplayRange, eventId?: string): Promise<number> {
    const scope: Scope = { ...scopeOf(client), ...(eventId ? { eventId } : {}) };
    if (request.subscription_id) {
      requirePermission(client, 'subscriptions.write');
      const subscription = await this.subscriptions.get(client, request.subscription_id);
      // What came before it was made is no event it has missed: that is reading the inbox.
      if (new Date(request.from) < subscription.createdAt) requirePermission(client, 'events.read');
      const count = await this.events.toSubscription(request, scope, subscription, `r${randomBytes(8).toString('hex')}`);
      await this.fanOut.wake([subscription.subscriptionId]).catch(() => undefined);
      return count;
    }
    // Acting on tokens and releases again is an operator's decision.
    requirePermission(client, 'events.redo');
    const count = await this.events.toConsumers(request, scope, CONSUMED, ['queued']);
    this.handover.kick();
    return count;
  }
}

function scopeOf(client: Client): Scope {
  return {
    authorizers: client.authorizers ? [...client.authorizers] : undefined,
    components: client.components ? [...client.components] : undefined,
  };
}
