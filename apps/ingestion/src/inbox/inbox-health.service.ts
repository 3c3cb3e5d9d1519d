import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Gauge, Registry } from 'prom-client';
import { HealthRegistry, isReady, LOGGER, type Logger, Progress, REDIS } from '#service';
import { InboxWriter } from './inbox-writer.service.js';
import { SpoolService } from './spool.service.js';

/** Longer than a failover of MySQL takes. */
const WAITS_LIMIT_S = 300;

/** Says how pushes are stored now. */
@Injectable()
export class InboxHealth implements OnModuleInit {
  constructor(
    private readonly health: HealthRegistry,
    private readonly registry: Registry,
    @Inject(REDIS) private readonly redis: Redis,
    private readonly writer: InboxWriter,
    private readonly spool: SpoolService,
    private readonly progress: Progress,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.health.register('inbox', async () => {
      const waiting = await this.spool.size();
      return { status: waiting ? 'degraded' : 'up', database: this.writer.database, waiting_in_redis: waiting ?? 'unknown' };
    });
    this.gauge('wxplane_inbox_spooled', 'Pushes that wait in Redis until MySQL is back', () => this.spool.size());
    this.gauge('wxplane_inbox_set_aside', 'Pushes that were set aside in Redis: MySQL refuses them, or they cannot be read', () =>
      this.spool.deadLetterCount(),
    );
    this.progress.register({
      what: 'pushes that wait in Redis',
      limitS: WAITS_LIMIT_S,
      remedy: 'They were taken while MySQL was away, and nobody moves them into it: the log of ingestion (spool.move.failed).',
      stillS: () => this.spool.oldestS(),
    });
    void this.checkDurability();
  }

  private gauge(name: string, help: string, read: () => Promise<number | undefined>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        const value = await read();
        if (value !== undefined) this.set(value);
      },
    });
  }

  /** Redis may only be trusted with a push if it writes what it takes to disk. */
  private async checkDurability(): Promise<void> {
    try {
      if (!isReady(this.redis)) await new Promise((resolve) => this.redis.once('ready', resolve));
      const [, appendonly] = (await this.redis.config('GET', 'appendonly')) as string[];
      if (appendonly === 'no')
        this.logger.warn(
          { event: 'redis.volatile' },
          'Redis keeps no append-only file: pushes it takes while MySQL is away would not survive it',
        );
    } catch {
      // Managed Redis often forbids CONFIG; docs/ingestion.md says what to ask for.
    }
  }
}
