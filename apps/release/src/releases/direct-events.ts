import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { DirectEvents } from '#inbox';
import { LOGGER, type Logger, REDIS } from '#service';
import { ReleaseEvents } from './release-events.service.js';

/** The release app's events while the queues are away. */
@Injectable()
export class ReleaseDirectEvents implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly direct: DirectEvents;

  constructor(dataSource: DataSource, @Inject(REDIS) redis: Redis, @Inject(LOGGER) logger: Logger, events: ReleaseEvents) {
    const handle = (eventId: string) => events.consume(eventId);
    this.direct = new DirectEvents({ dataSource, redis, logger, consumer: 'release', handle });
  }

  onApplicationBootstrap(): void {
    this.direct.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.direct.stop();
  }
}
