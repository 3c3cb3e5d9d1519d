import { InjectQueue } from '@nestjs/bull';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bull';
import type { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { DirectEvents, PromptRetries } from '#inbox';
import { DatabaseWatchdog } from '#persistence';
import { QUEUES } from '#queues';
import { LOGGER, type Logger, Periodic, REDIS } from '#service';
import { EventsService } from './events.service.js';

/** The broker's events while the queues are away, and soon after MySQL was. */
@Injectable()
export class BrokerDirectEvents {
  constructor(
    dataSource: DataSource,
    watchdog: DatabaseWatchdog,
    @Inject(REDIS) redis: Redis,
    @InjectQueue(QUEUES.brokerEvents) queue: Queue,
    @Inject(LOGGER) logger: Logger,
    periodic: Periodic,
    events: EventsService,
  ) {
    const handle = (eventId: string) => events.handle(eventId);
    new DirectEvents({ dataSource, redis, logger, periodic, consumer: 'broker', handle });
    new PromptRetries({ watchdog, queue, logger, periodic });
  }
}
