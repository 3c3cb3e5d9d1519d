import { InjectQueue } from '@nestjs/bull';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bull';
import type { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { DirectEvents, PromptRetries } from '#inbox';
import { DatabaseWatchdog } from '#persistence';
import { QUEUES } from '#queues';
import { LOGGER, type Logger, REDIS } from '#service';
import { ReleaseEvents } from './release-events.service.js';

/** The release app's events while the queues are away, and soon after MySQL was. */
@Injectable()
export class ReleaseDirectEvents implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly direct: DirectEvents;
  private readonly retries: PromptRetries;

  constructor(
    dataSource: DataSource,
    watchdog: DatabaseWatchdog,
    @Inject(REDIS) redis: Redis,
    @InjectQueue(QUEUES.releaseEvents) queue: Queue,
    @Inject(LOGGER) logger: Logger,
    events: ReleaseEvents,
  ) {
    const handle = (eventId: string) => events.consume(eventId);
    this.direct = new DirectEvents({ dataSource, redis, logger, consumer: 'release', handle });
    this.retries = new PromptRetries({ watchdog, queue, logger });
  }

  onApplicationBootstrap(): void {
    this.direct.start();
    this.retries.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.direct.stop(), this.retries.stop()]);
  }
}
