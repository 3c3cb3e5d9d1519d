import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SubscriptionEntity } from '#persistence';
import { QUEUES } from '#queues';
import { Queues } from '../queues/queues.service.js';
import { matches } from '../subscribers/subscription.domain.js';
import { SubscriptionStore } from '../subscribers/subscription.store.js';
import { DeliveryRepository, type Forwarded, type NewDelivery } from './delivery.repository.js';

/** A replier got the message already, synchronously; only if that failed is it delivered like any other. */
const REPLIER_HEAD_START_MS = 6_000;

/** Turns events into deliveries, and wakes those who send them. */
@Injectable()
export class FanOut {
  constructor(
    private readonly subscriptions: SubscriptionStore,
    private readonly deliveries: DeliveryRepository,
    private readonly queues: Queues,
  ) {}

  /**
   * In the transaction that marks the events as handed over.
   * @param only these subscriptions; default: all that are enabled
   * @returns the subscriptions to wake after it
   */
  async add(manager: EntityManager, events: readonly Forwarded[], only?: readonly SubscriptionEntity[]): Promise<string[]> {
    const subscriptions = only ?? (await this.subscriptions.enabled());
    if (subscriptions.length === 0 || events.length === 0) return [];
    const rows: NewDelivery[] = [];
    for (const event of events) {
      for (const { subscriptionId, replierScope, ...filter } of subscriptions) {
        if (!matches(filter, event)) continue;
        const wait = replierScope !== null && /^(message|event)\./.test(event.kind);
        rows.push({
          ...event,
          subscriptionId,
          ...(wait ? { notBefore: new Date(Date.now() + REPLIER_HEAD_START_MS) } : {}),
        });
      }
    }
    await this.deliveries.add(manager, rows);
    return [...new Set(rows.map((row) => row.subscriptionId))];
  }

  /** Says that there may be something to send. Losing it does no harm: what is due is looked for every second. */
  async wake(subscriptionIds: readonly string[]): Promise<void> {
    await this.queues.add(
      subscriptionIds.map((subscriptionId) => ({
        queue: QUEUES.deliveries,
        name: 'lane',
        data: { subscriptionId },
        jobId: `lane-${subscriptionId}`,
      })),
    );
  }
}
