import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { ConfigError, LOGGER, type Logger, Ticker } from '#service';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { IngestionConfig } from '../ingestion.config.js';
import { likeOf } from './event.repository.js';
import { parseRetention, type Retention, retentionProblem } from './retention.domain.js';

const EVERY_MS = 10 * 60_000;
const SIZE_EVERY_MS = 30_000;
/** Small, so that no push ever waits for a delete. */
const BATCH = 500;
const PAUSE_MS = 50;
const DAY_MS = 86_400_000;

/** Deletes what is older than its kind is kept, little by little, and says how big the inbox is. */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rules: readonly Retention[];
  private readonly tickers: readonly Ticker[];
  private readonly size: Gauge<'what'>;
  private stopping = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(DeliveryRepository) private readonly deliveries: DeliveryRepository,
    @Inject(IngestionConfig) private readonly config: IngestionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Registry) registry: Registry,
  ) {
    this.rules = parseRetention(config.INBOX_RETENTION_DAYS);
    const problem = retentionProblem(this.rules, config.PUSH_MAX_AGE_S);
    if (problem) throw new ConfigError([{ key: 'INBOX_RETENTION_DAYS', problem }]);
    this.size = new Gauge({
      name: 'wxplane_inbox_size',
      help: 'The inbox: rows and bytes (data and indexes), as MySQL estimates them',
      labelNames: ['what'],
      registers: [registry],
    });
    this.tickers = [
      new Ticker('retention', EVERY_MS, () => this.sweep(), logger),
      new Ticker('inbox.size', SIZE_EVERY_MS, () => this.measure(), logger),
    ];
  }

  onApplicationBootstrap(): void {
    for (const ticker of this.tickers) ticker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.tickers.map((ticker) => ticker.stop()));
  }

  /** @returns how many events were deleted */
  async sweep(now = Date.now()): Promise<number> {
    let deleted = 0;
    for (const [index, { pattern, days }] of this.rules.entries()) {
      const earlier = this.rules.slice(0, index).map((rule) => rule.pattern);
      const before = new Date(now - days * DAY_MS);
      deleted += await this.untilDone(() => this.deleteSome(pattern, earlier, before));
    }
    await this.untilDone(() => this.deliveries.cancelOrphans(BATCH));
    const before = new Date(now - this.config.DELIVERY_RETENTION_DAYS * DAY_MS);
    await this.untilDone(() => this.deliveries.deleteFinished(before, BATCH));
    if (deleted > 0) this.logger.info({ event: 'retention.deleted', count: deleted }, 'Deleted events whose retention is over');
    return deleted;
  }

  async measure(): Promise<void> {
    const [table] = await this.dataSource.query(
      `SELECT SUM(TABLE_ROWS) AS n, SUM(DATA_LENGTH + INDEX_LENGTH) AS bytes FROM information_schema.TABLES
        WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'f_wechat_event'`,
    );
    this.size.set({ what: 'rows' }, Number(table.n));
    this.size.set({ what: 'bytes' }, Number(table.bytes));
  }

  private async untilDone(some: () => Promise<number>): Promise<number> {
    let total = 0;
    while (!this.stopping) {
      const count = await some();
      total += count;
      if (count < BATCH) break;
      await sleep(PAUSE_MS);
    }
    return total;
  }

  private async deleteSome(pattern: string, earlier: readonly string[], before: Date): Promise<number> {
    const others = earlier.map(() => 'AND kind NOT LIKE ?').join(' ');
    const rows: { event_id: string }[] = await this.dataSource.query(
      `SELECT event_id FROM f_wechat_event WHERE received_at < ? AND kind LIKE ? ${others} AND state <> 'received' ORDER BY received_at LIMIT ?`,
      [before, likeOf(pattern), ...earlier.map(likeOf), BATCH],
    );
    if (rows.length === 0) return 0;
    const ids = rows.map((row) => row.event_id);
    await this.dataSource.query('DELETE FROM f_wechat_eventeffect WHERE event_id IN (?)', [ids]);
    await this.dataSource.query('DELETE FROM f_wechat_event WHERE event_id IN (?)', [ids]);
    return ids.length;
  }
}
