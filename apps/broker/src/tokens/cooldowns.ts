import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { isReady, monotonicMs, REDIS, within } from '#service';

const PREFIX = '{wxplane}:pause:';
/** Readers of tokens wait for it. */
const ANSWERS_WITHIN_MS = 300;

export interface Pause<T> {
  readonly value: T;
  /** False: it is over, and only remembered. */
  readonly active: boolean;
}

export interface NewPause<T> {
  readonly value: T;
  readonly ms: number;
  /** How long it is remembered after its end. Default 0. */
  readonly rememberMs?: number;
}

/**
 * What WeChat is not to be asked for a while, by any replica: kept in Redis, so that one that starts now knows it as well. While Redis is
 * away each replica knows only its own. Times are spans of the reader's and Redis' clocks, which need not agree.
 */
@Injectable()
export class Cooldowns {
  private readonly own = new Map<string, { readonly value: unknown; readonly endsAt: number; readonly forgetAt: number }>();

  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  async look<T>(name: string): Promise<Pause<T> | undefined> {
    if (isReady(this.redis)) {
      try {
        const asked = this.redis
          .pipeline()
          .get(PREFIX + name)
          .pttl(PREFIX + name)
          .exec();
        const answers = await within(ANSWERS_WITHIN_MS, asked);
        const [text, restMs] = (answers ?? []).map(([error, result]) => {
          if (error) throw error;
          return result;
        });
        if (typeof text !== 'string') return undefined;
        const { value, rememberMs } = JSON.parse(text) as { value: T; rememberMs: number };
        return { value, active: Number(restMs) > rememberMs };
      } catch {
        // As if Redis were away.
      }
    }
    const own = this.own.get(name);
    if (!own || own.forgetAt <= monotonicMs()) return undefined;
    return { value: own.value as T, active: own.endsAt > monotonicMs() };
  }

  async begin<T>(name: string, { value, ms, rememberMs = 0 }: NewPause<T>): Promise<void> {
    const endsAt = monotonicMs() + ms;
    this.own.set(name, { value, endsAt, forgetAt: endsAt + rememberMs });
    if (!isReady(this.redis)) return;
    const asked = this.redis.set(PREFIX + name, JSON.stringify({ value, rememberMs }), 'PX', ms + rememberMs);
    await within(ANSWERS_WITHIN_MS, asked).catch(() => {});
  }

  async forget(name: string): Promise<void> {
    this.own.delete(name);
    if (isReady(this.redis)) await within(ANSWERS_WITHIN_MS, this.redis.del(PREFIX + name)).catch(() => {});
  }
}
