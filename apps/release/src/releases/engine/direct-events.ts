import { InjectQueue } from '@nestjs/bull';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bull';
import type { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { DirectEvents, PromptRetries } from '#inbox';
import { DatabaseWatchdog } from '#persistence';
import { QUEUES } from '#queues';
import { LOGGER, type Logger, Periodic, REDIS } from '#service';
import { ReleaseEvents } from './release-events.service.js';

/** The release app's events while the queues are away, and soon after MySQL was. */
@Injectable()
export class ReleaseDirectEvents {
  constructor(
    dataSource: DataSource,
    watchdog: DatabaseWatchdog,
    @Inject(REDIS) redis: Redis,
    @InjectQueue(QUEUES.releaseEvents) queue: Queue,
    @Inject(LOGGER) logger: Logger,
    periodic: Periodic,
    events: ReleaseEvents,
  ) {
    const handle = (eventId: string) => events.consume(eventId);
    new DirectEvents({ dataSource, redis, logger, periodic, consumer: 'release', handle });
    new PromptRetries({ watchdog, queue, logger, periodic });
  }
}
