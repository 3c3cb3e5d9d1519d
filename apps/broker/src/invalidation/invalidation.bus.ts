import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { INVALIDATION_CHANNEL } from '#queues';
import { createBlockingRedis, HealthRegistry, isReady, LOGGER, type Logger, REDIS } from '#service';
import { BrokerConfig } from '../broker.config.js';
import { monotonicMs } from './monotonic.js';

/** What a replica tells the others. */
export type Invalidation =
  /** The token changed: copies of an older generation are worth nothing. */
  | { readonly type: 'token'; readonly key: string; readonly generation: number }
  /** A refresh was begun: copies may die in five minutes. */
  | { readonly type: 'attempt'; readonly key: string }
  /** A client's key was rotated or revoked, or its rights changed. */
  | { readonly type: 'client'; readonly clientId: string };

const HEARTBEAT_MS = 1_000;
/** Without a heartbeat of our own for this long the channel is not believed: a half-open connection looks alive. */
const SILENCE_MS = 4_000;

/**
 * The channel by which replicas tell each other what is out of date. A replica that may have missed a message must not trust
 * its own copies: `trusted` says so, and is read on every request, so it is a plain field.
 */
@Injectable()
export class InvalidationBus implements OnModuleInit, OnApplicationShutdown {
  trusted = false;
  private readonly replica = randomUUID();
  private readonly channel: string;
  private readonly subscriber: Redis;
  private readonly handlers: ((message: Invalidation) => void)[] = [];
  private readonly regained: (() => void)[] = [];
  private heardAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    config: BrokerConfig,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
    health: HealthRegistry,
  ) {
    // Messages do not know database numbers; two deployments on one Redis must not hear each other.
    this.channel = `${INVALIDATION_CHANNEL}:${redis.options.db ?? 0}`;
    this.subscriber = createBlockingRedis(config.REDIS_URL, 'broker:invalidation', logger);
    health.register('invalidation', () => ({ status: this.trusted ? 'up' : 'degraded' }));
  }

  onModuleInit(): void {
    this.subscriber.on('message', (_channel, text: string) => this.receive(text));
    this.subscriber.on('close', () => this.distrust());
    // ioredis subscribes again by itself after a reconnection.
    void this.subscriber.subscribe(this.channel).catch(() => {});
    this.timer = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.timer.unref();
    this.beat();
  }

  onMessage(handler: (message: Invalidation) => void): void {
    this.handlers.push(handler);
  }

  /** Called when the channel works again after a time in which messages may have been missed. */
  onRegained(handler: () => void): void {
    this.regained.push(handler);
  }

  /** Tells all replicas, this one included. Without Redis nobody trusts a copy, so nothing is lost. */
  publish(message: Invalidation): void {
    this.deliver(message);
    if (isReady(this.redis))
      void this.redis.publish(this.channel, JSON.stringify({ ...message, from: this.replica })).catch(() => {});
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.subscriber.disconnect();
  }

  private beat(): void {
    if (this.trusted && monotonicMs() - this.heardAt > SILENCE_MS) this.distrust();
    if (isReady(this.redis)) {
      void this.redis.publish(this.channel, JSON.stringify({ type: 'heartbeat', from: this.replica })).catch(() => {});
    }
  }

  private distrust(): void {
    if (!this.trusted) return;
    this.trusted = false;
    this.logger.warn(
      { event: 'invalidation.lost' },
      'The invalidation channel is silent; own copies are not used until it is back',
    );
  }

  private receive(text: string): void {
    let message: (Invalidation | { type: 'heartbeat' }) & { from?: string };
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message.type === 'heartbeat') {
      if (message.from === this.replica) this.heard();
      return;
    }
    if (message.from !== this.replica) this.deliver(message);
  }

  private heard(): void {
    this.heardAt = monotonicMs();
    if (this.trusted) return;
    for (const handler of this.regained) handler();
    this.trusted = true;
  }

  private deliver(message: Invalidation): void {
    for (const handler of this.handlers) handler(message);
  }
}
