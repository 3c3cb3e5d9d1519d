import type { Redis } from 'ioredis';
import type { DataSource, QueryRunner } from 'typeorm';
import { TAKES_NO_ROUTE, withNamedLock } from '#persistence';
import { CONSUMERS, type Consumer, type ConsumerName } from '#queues';
import { isReady, type Logger, type Periodic } from '#service';
import { RELEASE_CHECK_PAIRS } from '#wechat';

const EVERY_MS = 1_000;
const BATCH = 50;
/** Pauses of an event whose consumer failed: 1, 2, 4 … seconds, at most this. */
const LONGEST_PAUSE_S = 60;

/** WeChat's check of the platform waits for some seconds; its accounts are few, messages of others are many. */
const OF_CHECK = `event.authorizer_appid IN (?) AND NOT ${TAKES_NO_ROUTE('event')}
          AND event.received_at >= UTC_TIMESTAMP() - INTERVAL 10 MINUTE`;
const RELEASE_CHECK_APPIDS = RELEASE_CHECK_PAIRS.flatMap(({ officialAccount, miniProgram }) => [
  officialAccount.appid,
  miniProgram.appid,
]);
/** Of the last day. */
const OF_NONE = `${TAKES_NO_ROUTE('event')}
          AND event.event_id >= (SELECT event_id FROM f_wechat_event WHERE received_at >= UTC_TIMESTAMP() - INTERVAL 1 DAY
                                  ORDER BY received_at LIMIT 1)`;

export interface DirectEventsParts {
  readonly dataSource: DataSource;
  readonly redis: Redis;
  readonly logger: Logger;
  readonly periodic: Periodic;
  readonly consumer: ConsumerName;
  /** As the queue's worker does: records the effect, and does nothing when there is one. */
  readonly handle: (eventId: string) => Promise<void>;
}

/**
 * Takes a consumer's events straight from the inbox while the queues cannot be used, so that grants and results of audits do not wait for
 * Redis: an authorization code lives an hour. One replica at a time, by a lock of MySQL; should an event come by the queue as well, the
 * consumer acts once.
 */
export class DirectEvents {
  private readonly pauses = new Map<string, { tries: number; until: number }>();

  constructor(private readonly parts: DirectEventsParts) {
    parts.periodic.every(`direct.${parts.consumer}`, EVERY_MS, () => this.look(), 'later');
  }

  /** @returns how many had their effect */
  async look(): Promise<number> {
    if (isReady(this.parts.redis)) {
      this.pauses.clear();
      return 0;
    }
    const { dataSource, consumer } = this.parts;
    const taken = await withNamedLock(dataSource, `wxplane:direct:${consumer}:`, (runner) => this.takeAll(runner));
    return taken?.done ?? 0;
  }

  private async takeAll(runner: QueryRunner): Promise<number> {
    const { redis, handle, logger, periodic } = this.parts;
    let done = 0;
    for (const eventId of await this.waiting(runner)) {
      const pause = this.pauses.get(eventId);
      if (pause && pause.until > performance.now()) continue;
      if (periodic.isStopping || isReady(redis)) break;
      try {
        await handle(eventId);
        this.pauses.delete(eventId);
        done += 1;
      } catch (error) {
        const tries = (pause?.tries ?? 0) + 1;
        const seconds = Math.min(LONGEST_PAUSE_S, 2 ** (tries - 1));
        this.pauses.set(eventId, { tries, until: performance.now() + seconds * 1_000 });
        logger.warn({ event: 'direct.failed', event_id: eventId, again_in_s: seconds, err: error }, 'An event is tried again');
      }
    }
    if (done > 0) logger.info({ event: 'direct.handled', count: done }, 'Events were taken from the inbox, without the queues');
    return done;
  }

  /** Those that lie in a queue that cannot be reached, and those that wait for it. */
  private async waiting(runner: QueryRunner): Promise<string[]> {
    const { consumer } = this.parts;
    const { kinds, route }: Consumer = CONSUMERS[consumer];
    const rows: { event_id: string }[] = await runner.query(
      `SELECT event.event_id FROM f_wechat_event AS event
        WHERE event.kind IN (?) AND (event.state = 'queued' OR (event.state = 'received' AND event.decided_at IS NOT NULL))
          AND ${route ? OF_CHECK : OF_NONE}
          AND NOT EXISTS (SELECT 1 FROM f_wechat_eventeffect AS effect WHERE effect.event_id = event.event_id AND effect.consumer = ?)
        ORDER BY event.event_id LIMIT ?`,
      [kinds, ...(route ? [RELEASE_CHECK_APPIDS] : []), consumer, BATCH],
    );
    return rows.map((row) => String(row.event_id));
  }
}
