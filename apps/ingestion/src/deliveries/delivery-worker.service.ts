import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import type { DeliveryEntity, SubscriptionEntity } from '#persistence';
import { HealthRegistry, LOGGER, type Logger } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { type Outcome, SubscriberClient } from '../subscribers/subscriber-client.service.js';
import { type LiveSubscription, SubscriptionStore } from '../subscribers/subscription.store.js';
import { nextPauseS, parseSchedule, targetUrl } from './delivery.domain.js';
import { DeliveryRepository } from './delivery.repository.js';
import { MessageService } from './message.service.js';
import { SubscriptionHealth } from './subscription-health.service.js';

const BATCH = 40;
/** A turn for one subscription gives its place back after this; it comes again when more is due. */
const TURN_MS = 30_000;
/** How often a turn with requests under way looks whether more is due. */
const LOOK_AGAIN_MS = 200;
/** A delivery that was claimed and not heard of again is tried anew so long after its request has timed out. */
const LEASE_MORE_MS = 30_000;
/** From so many failures in a row on, a subscriber is tried with one delivery at a time. */
const FAILING = 5;

/**
 * Sends what is due for one subscription. A subscriber never uses more than its own few places, however slow it is; and a request that it
 * lets hang takes one of them, while its other events go on.
 */
@Injectable()
export class DeliveryWorker implements BeforeApplicationShutdown {
  /** Requests under way, by subscription. They may outlive the turn that began them. */
  private readonly inFlight = new Map<string, Set<Promise<void>>>();
  private readonly schedule: readonly number[];
  private readonly attempts: Counter<'outcome'>;

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly subscriptions: SubscriptionStore,
    private readonly health: SubscriptionHealth,
    private readonly messages: MessageService,
    private readonly client: SubscriberClient,
    private readonly config: IngestionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly process: HealthRegistry,
    registry: Registry,
  ) {
    this.schedule = parseSchedule(config.DELIVERY_SCHEDULE_S);
    this.attempts = new Counter({
      name: 'wxplane_delivery_attempts_total',
      help: 'Attempts to deliver an event to a subscriber',
      labelNames: ['outcome'],
      registers: [registry],
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.inFlight.values()].flatMap((underWay) => [...underWay]));
  }

  async run(subscriptionId: string): Promise<void> {
    const until = Date.now() + TURN_MS;
    const underWay = this.inFlight.get(subscriptionId) ?? new Set();
    this.inFlight.set(subscriptionId, underWay);
    while (!this.process.isStopping && Date.now() < until) {
      const subscription = await this.subscriptions.findLive(subscriptionId);
      if (!subscription) break;
      const failing = subscription.failures >= FAILING;
      const due = await this.deliveries.due(subscriptionId, subscription.ordered === 1, failing ? 1 : BATCH);
      if (due.length === 0 && underWay.size === 0) break;
      const places = failing ? 1 : this.config.DELIVERY_PARALLEL;
      for (const delivery of due) {
        while (underWay.size >= places && Date.now() < until) await oneDone(underWay, until - Date.now());
        if (this.process.isStopping || underWay.size >= places) break;
        // Read again: it may have waited long for its place, and the subscription may be another one by now, or gone.
        const now = await this.subscriptions.findLive(subscriptionId);
        if (!now) break;
        if (await this.claim(delivery)) this.launch(underWay, this.attempt(now, delivery));
      }
      // A dead subscriber comes back to the end of the line.
      if (failing) break;
      if (due.length === 0) await oneDone(underWay, LOOK_AGAIN_MS);
    }
    if (this.process.isStopping) await Promise.all(underWay);
    if (underWay.size === 0) this.inFlight.delete(subscriptionId);
  }

  private launch(underWay: Set<Promise<void>>, attempt: Promise<void>): void {
    const done = attempt
      .catch((error: unknown) =>
        this.logger.warn({ event: 'delivery.interrupted', err: error }, 'A delivery comes again after its lease'),
      )
      .finally(() => underWay.delete(done));
    underWay.add(done);
  }

  private claim(delivery: DeliveryEntity): Promise<boolean> {
    return this.deliveries.claim(delivery, new Date(Date.now() + this.config.DELIVERY_TIMEOUT_MS + LEASE_MORE_MS));
  }

  private async attempt(subscription: LiveSubscription, delivery: DeliveryEntity): Promise<void> {
    const { authorizers } = subscription;
    if (authorizers && delivery.authorizerAppid !== '' && !authorizers.includes(delivery.authorizerAppid)) {
      const error = 'its client may not act for this authorizer any more';
      await this.deliveries.finish(delivery.deliveryId, 'failed', { error });
      return;
    }
    const message =
      delivery.eventId === '0'
        ? this.messages.test(subscription, delivery.replay)
        : await this.messages.ofEvent(subscription, delivery.eventId, delivery.replay);
    if (!message) {
      await this.deliveries.finish(delivery.deliveryId, 'failed', { error: 'the event is gone: its retention is over' });
      return;
    }
    const at = new Date();
    const url = targetUrl(subscription.url, subscription.bodyFormat, delivery.authorizerAppid);
    const { webhookHosts } = subscription;
    const outcome = await this.client.post({ url, ...message, webhookHosts }, this.config.DELIVERY_TIMEOUT_MS);
    await this.deliveries.recordAttempt(delivery.deliveryId, at, outcome);
    this.attempts.inc({
      outcome: outcome.error === undefined ? 'ok' : outcome.status ? `${Math.floor(outcome.status / 100)}xx` : 'none',
    });
    if (outcome.error === undefined) {
      await this.deliveries.finish(delivery.deliveryId, 'delivered', outcome);
      await this.health.succeeded(subscription);
    } else {
      await this.failed(subscription, delivery, outcome);
    }
  }

  private async failed(subscription: SubscriptionEntity, delivery: DeliveryEntity, outcome: Outcome): Promise<void> {
    // Before it is due again: who is switched off because of this answer is not tried once more.
    await this.health.failed(subscription, outcome.status === 410 ? 'the subscriber answered 410 Gone' : undefined);
    const pauseS = nextPauseS(this.schedule, delivery.attempts + 1, outcome.retryAfterS);
    if (pauseS === undefined) {
      await this.deliveries.finish(delivery.deliveryId, 'failed', outcome);
      this.logger.warn(
        { event: 'delivery.failed', delivery_id: delivery.deliveryId, subscription_id: subscription.subscriptionId },
        'A delivery failed for the last time',
      );
    } else {
      await this.deliveries.postpone(delivery.deliveryId, new Date(Date.now() + pauseS * 1_000), outcome);
    }
  }
}

/** One of them has ended, or the time is over. */
async function oneDone(underWay: ReadonlySet<Promise<void>>, withinMs: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([...underWay, sleep(withinMs, undefined, { signal: over.signal }).catch(() => undefined)]);
  over.abort();
}
