import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { INVALIDATION_CHANNEL } from '#queues';
import { answers, createSubscriber, HealthRegistry, LOGGER, type Logger, monotonicMs, Progress, REDIS } from '#service';
import { BrokerConfig } from '../config/broker.config.js';

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
/** A failover of Redis takes about so long; beyond it each token read costs MySQL one, and somebody should know. */
const LOST_LIMIT_S = 60;
/** Messages kept while they cannot be sent. */
const MOST_UNSENT = 10_000;

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
  private readonly unsent = new Map<string, Invalidation>();
  private heardAt = Number.NEGATIVE_INFINITY;
  private readonly startedAt = monotonicMs();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    config: BrokerConfig,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
    health: HealthRegistry,
    progress: Progress,
  ) {
    // Messages do not know database numbers; two deployments on one Redis must not hear each other.
    this.channel = `${INVALIDATION_CHANNEL}:${redis.options.db ?? 0}`;
    this.subscriber = createSubscriber(config, 'broker:invalidation', logger);
    health.register('invalidation', () => ({ status: this.trusted ? 'up' : 'degraded' }));
    progress.register({
      what: 'channel invalidation',
      limitS: LOST_LIMIT_S,
      remedy: 'Messages of Redis do not arrive: wxplane doctor.',
      stillS: () => (this.trusted ? 0 : (monotonicMs() - Math.max(this.heardAt, this.startedAt)) / 1_000),
    });
  }

  onModuleInit(): void {
    this.subscriber.on('message', (_channel, text: string) => this.receive(text));
    this.subscriber.on('close', () => this.distrust());
    void this.subscriber.subscribe(this.channel);
    this.redis.on('ready', () => this.sendUnsent());
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

  /**
   * Tells all replicas, this one included. Without Redis nobody trusts a copy; but this connection may be down while those of others
   * are not, so what could not be sent is sent when it is ready again.
   */
  publish(message: Invalidation): void {
    this.deliver(message);
    this.send(message);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.subscriber.disconnect();
  }

  private send(message: Invalidation): void {
    if (!answers(this.redis)) {
      this.keep(message);
      return;
    }
    void this.redis.publish(this.channel, JSON.stringify({ ...message, from: this.replica })).catch(() => this.keep(message));
  }

  private keep(message: Invalidation): void {
    const name = `${message.type} ${message.type === 'client' ? message.clientId : message.key}`;
    const later = this.unsent.get(name);
    // An answer that came too late to a message about an older generation must not take the place of a newer one.
    if (message.type === 'token' && later?.type === 'token' && later.generation > message.generation) return;
    this.unsent.delete(name);
    this.unsent.set(name, message);
    if (this.unsent.size <= MOST_UNSENT) return;
    const [oldest] = this.unsent.keys();
    if (oldest !== undefined) this.unsent.delete(oldest);
  }

  private sendUnsent(): void {
    const messages = [...this.unsent.values()];
    this.unsent.clear();
    for (const message of messages) this.send(message);
  }

  private beat(): void {
    if (this.unsent.size > 0 && answers(this.redis)) this.sendUnsent();
    if (this.trusted && monotonicMs() - this.heardAt > SILENCE_MS) this.distrust();
    if (answers(this.redis)) {
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
