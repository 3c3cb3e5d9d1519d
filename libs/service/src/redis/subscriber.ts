import type { Redis } from 'ioredis';
import type { Logger } from '../log/logger.js';

const AGAIN_MS = 2_000;

/**
 * Makes subscriptions outlive refusals and reconnections: whoever subscribes waits until he may. A user without channels (Redis 7's default
 * for new users) is refused, and ioredis' own repetition after a reconnection has nobody who hears of a refusal: the process would end.
 * For a connection with `autoResubscribe: false`.
 */
export function keepSubscribed(redis: Redis, role: string, logger: Logger): Redis {
  for (const kind of ['subscribe', 'psubscribe'] as const) {
    const ask = redis[kind].bind(redis) as (...names: string[]) => Promise<unknown>;
    const accepted = new Set<string>();
    let refused = false;
    const untilAccepted = async (names: readonly string[]): Promise<unknown> => {
      for (;;) {
        try {
          const answer = await ask(...names);
          for (const name of names) accepted.add(name);
          if (refused) logger.info({ event: 'redis.channels', role, channels: names }, 'Redis lets us hear the channels');
          refused = false;
          return answer;
        } catch (error) {
          if (redis.status === 'end') return 0;
          if (!refused)
            logger.error(
              { event: 'redis.no-channels', role, channels: names, err: error },
              'Redis does not let us hear a channel; will ask again. "wxplane doctor" names the right that is missing',
            );
          refused = true;
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
        }
      }
    };
    redis.on('ready', () => {
      if (accepted.size > 0) void untilAccepted([...accepted]);
    });
    Object.assign(redis, { [kind]: (...names: (string | string[])[]) => untilAccepted(names.flat().map(String)) });
  }
  return redis;
}
