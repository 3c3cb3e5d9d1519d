import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SubscriptionEntity } from '#persistence';
import { Periodic } from '#service';
import { STALE_MS, SubscriptionStore } from '../subscribers/subscription.store.js';
import { DeliveryRepository } from './delivery.repository.js';
import { FanOut } from './fan-out.service.js';

const LOOK_EVERY_MS = 1_000;
/** By then every replica knows of a change, and what it took before it did is in MySQL. */
const SETTLED_AFTER_MS = STALE_MS + 3_000;
/** A change that is older was followed up by a replica that ran then. */
const FORGOTTEN_AFTER_MS = 600_000;
const PAGE = 1_000;

/**
 * Replicas hear of a new, changed or re-enabled subscription a moment after its client was told. What they took in that moment is made up
 * for, once: a delivery that is there already is not made a second time.
 */
@Injectable()
export class CatchUp {
  /** By subscription: the change that was followed up last, in milliseconds. */
  private readonly done = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly subscriptions: SubscriptionStore,
    private readonly deliveries: DeliveryRepository,
    private readonly fanOut: FanOut,
    periodic: Periodic,
  ) {
    periodic.every('subscriptions.catch-up', LOOK_EVERY_MS, () => this.look());
  }

  async look(now = Date.now()): Promise<void> {
    for (const subscription of await this.subscriptions.enabled()) {
      const changedMs = subscription.updatedAt.getTime();
      const ageMs = now - changedMs;
      if (ageMs < SETTLED_AFTER_MS || ageMs > FORGOTTEN_AFTER_MS || this.done.get(subscription.subscriptionId) === changedMs)
        continue;
      await this.follow(subscription);
      this.done.set(subscription.subscriptionId, changedMs);
    }
    for (const [id, changedMs] of this.done) if (now - changedMs > FORGOTTEN_AFTER_MS) this.done.delete(id);
  }

  private async follow(subscription: SubscriptionEntity): Promise<void> {
    const from = subscription.updatedAt;
    const to = new Date(from.getTime() + STALE_MS);
    let after = '0';
    for (;;) {
      const events = await this.deliveries.forwardable(from, to, after, PAGE);
      await this.fanOut.wake(await this.fanOut.add(this.dataSource.manager, events, [subscription]));
      if (events.length < PAGE) return;
      after = events.at(-1)!.eventId;
    }
  }
}
