import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { ConfigError, LOGGER, type Logger, Periodic } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { NoticeRepository } from '../notices/notice.repository.js';
import { TICKET_LIFE_S } from '../ticket-health/ticket-health.domain.js';
import { daysFor, parseRetention, type Retention, retentionProblem } from './retention.domain.js';
import { RetentionRepository } from './retention.repository.js';

const EVERY_MS = 10 * 60_000;
const SIZE_EVERY_MS = 30_000;
/** Small, so that no push ever waits for a delete. */
const BATCH = 500;
const PAUSE_MS = 50;
const DAY_MS = 86_400_000;
/** Twice as long as a ticket can be used. */
const TICKETS_KEPT_MS = 2 * TICKET_LIFE_S * 1_000;

/** Deletes what is older than its kind is kept, little by little, and says how big the inbox is. */
@Injectable()
export class RetentionService {
  private readonly rules: readonly Retention[];
  private readonly size: Gauge<'what'>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly repository: RetentionRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly notices: NoticeRepository,
    private readonly config: IngestionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    registry: Registry,
    private readonly periodic: Periodic,
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
    periodic.every('retention', EVERY_MS, () => this.sweep());
    periodic.every('inbox.size', SIZE_EVERY_MS, () => this.measure());
  }

  /** @returns how many events were deleted */
  async sweep(now = Date.now()): Promise<number> {
    let deleted = 0;
    for (const kind of await this.repository.kinds()) {
      const before = new Date(now - daysFor(kind, this.rules) * DAY_MS);
      const beforeId = await this.repository.firstIdSince(before);
      deleted += await this.untilDone(() => this.repository.deleteEvents(kind, before, beforeId, BATCH));
    }
    for (const component of await this.repository.componentsWithTickets())
      await this.untilDone(() => this.repository.deleteTickets(component, new Date(now - TICKETS_KEPT_MS), BATCH));
    await this.untilDone(() => this.deliveries.cancelOrphans(BATCH));
    const before = new Date(now - this.config.DELIVERY_RETENTION_DAYS * DAY_MS);
    await this.untilDone(() => this.deliveries.cancelForgotten(before, BATCH));
    await this.untilDone(() => this.deliveries.deleteFinished(before, BATCH));
    await this.untilDone(() => this.notices.deleteFinished(before, BATCH));
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
    while (!this.periodic.isStopping) {
      const count = await some();
      total += count;
      if (count < BATCH) break;
      await sleep(PAUSE_MS);
    }
    return total;
  }
}
