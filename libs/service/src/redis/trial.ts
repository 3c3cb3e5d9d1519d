import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Logger } from '../log/logger.js';
import type { Mover } from '../progress/progress.js';
import { Ticker } from '../time/ticker.js';
import { within } from '../time/within.js';
import { answers, refusalOf, refuse, stateOf, TRIAL_CHANNEL, TRIAL_KEY } from './redis.js';
import { remedyFor, wordOf } from './refusals.js';

const EVERY_MS = 2_000;
const ANSWERS_WITHIN_MS = 1_500;
/** A failover takes about so long. */
const LIMIT_S = 60;

/**
 * As Bull's own scripts: a key made up inside, which some clouds' proxies refuse, a write, a message. What is refused here is refused to
 * every job.
 */
export const TRIAL_SCRIPT = `
local key = KEYS[1] .. ':' .. ARGV[1]
redis.call('SET', key, ARGV[2], 'PX', 60000)
redis.call('PUBLISH', ARGV[3], ARGV[2])
return redis.call('GET', key)`;

/**
 * Tries, again and again, what the queues need of Redis. One that answers and refuses (no replica, no room, read-only, a right that is
 * missing, a proxy that checks the keys of scripts) looks like a good one to whoever only asks whether it is there; as long as it refuses,
 * it counts as away.
 */
export class RedisTrial {
  private readonly ticker: Ticker;
  private readonly id = randomUUID();
  private wellAt = performance.now();

  constructor(
    private readonly redis: Redis,
    private readonly logger: Logger,
  ) {
    this.ticker = new Ticker('redis.trial', EVERY_MS, () => this.look(), logger);
  }

  start(): void {
    this.ticker.start('later');
  }

  stop(): Promise<void> {
    return this.ticker.stop();
  }

  get mover(): Mover {
    const { redis } = this;
    return {
      what: 'redis',
      limitS: LIMIT_S,
      get remedy() {
        const refusal = refusalOf(redis);
        if (refusal) return `Redis refuses what the queues need (${refusal.word}). ${refusal.remedy}`;
        const state = stateOf(redis);
        if (state === 'up') return 'Redis answers again, and is being tried.';
        return `Redis does not answer (${state}): does it run, does the network lead to it? wxplane doctor says more.`;
      },
      stillS: () => (performance.now() - this.wellAt) / 1_000,
    };
  }

  async look(): Promise<void> {
    if (!answers(this.redis)) return;
    try {
      const value = String(Date.now());
      const told = await within(
        ANSWERS_WITHIN_MS,
        this.redis.eval(TRIAL_SCRIPT, 1, TRIAL_KEY, this.id, value, TRIAL_CHANNEL) as Promise<unknown>,
      );
      if (told !== value) throw new Error('what was written is not what is read');
      this.wellAt = performance.now();
      this.judge(undefined);
    } catch (error) {
      // Silence and broken connections are seen by themselves; here only what Redis said counts.
      if ((error as Error).name === 'ReplyError') this.judge(error as Error);
    }
  }

  private judge(error: Error | undefined): void {
    const before = refusalOf(this.redis)?.word;
    const refusal = error && { word: wordOf(error), remedy: remedyFor(error) };
    refuse(this.redis, refusal);
    if (refusal?.word === before) return;
    if (refusal) this.logger.error({ event: 'redis.refuses', ...refusal, err: error }, 'Redis refuses; going on without it');
    else this.logger.info({ event: 'redis.accepts' }, 'Redis takes everything again');
  }
}
