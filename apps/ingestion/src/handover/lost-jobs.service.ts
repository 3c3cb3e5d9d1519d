import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { QUEUES, type QueueName, queuesForEvent } from '#queues';
import { LOGGER, type Logger, Ticker } from '#service';
import { EVENT_KINDS } from '#wechat';
import { IngestionConfig } from '../ingestion.config.js';
import { HandoverService } from './handover.service.js';

const EVERY_MS = 60_000;
/** Events older than this were somebody's to look at long ago. */
const YOUNGEST_MS = 86_400_000;
const BATCH = 500;

/** By what name the consumer of a queue records its effects. */
const CONSUMERS: readonly (readonly [QueueName, string])[] = [
  [QUEUES.brokerEvents, 'broker'],
  [QUEUES.releaseEvents, 'release'],
];

/**
 * Redis may be lost with the jobs in it. An event that was handed over, and that its consumer says nothing of after a while, is handed over
 * again; should the job live after all, the consumer acts once.
 */
@Injectable()
export class LostJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(HandoverService) private readonly handover: HandoverService,
    @Inject(IngestionConfig) private readonly config: IngestionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.ticker = new Ticker('handover.lost', EVERY_MS, () => this.look(), logger);
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  /** @returns how many events are handed over again */
  async look(): Promise<number> {
    const now = Date.now();
    const oldest: { event_id: string }[] = await this.dataSource.query(
      'SELECT event_id FROM f_wechat_event WHERE received_at >= ? ORDER BY received_at LIMIT 1',
      [new Date(now - YOUNGEST_MS)],
    );
    if (!oldest[0]) return 0;
    let found = 0;
    for (const [queue, consumer] of CONSUMERS) {
      const kinds = EVENT_KINDS.filter((kind) => queuesForEvent(kind).includes(queue));
      const result = await this.dataSource.query(
        `UPDATE f_wechat_event SET state = 'received'
          WHERE kind IN (?) AND event_id >= ? AND state = 'queued' AND handed_over_at < ? AND COALESCE(note, '') <> 'release check'
            AND NOT EXISTS (SELECT 1 FROM f_wechat_eventeffect AS effect WHERE effect.event_id = f_wechat_event.event_id AND effect.consumer = ?)
          LIMIT ?`,
        [kinds, oldest[0].event_id, new Date(now - this.config.HANDOVER_LOST_AFTER_S * 1_000), consumer, BATCH],
      );
      found += Number(result.affectedRows);
    }
    if (found > 0) {
      this.logger.warn({ event: 'handover.lost', count: found }, 'Events without an effect are handed over again');
      this.handover.kick();
    }
    return found;
  }
}
