import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { DirectEvents } from '#inbox';
import { LOGGER, type Logger, REDIS } from '#service';
import { EventsService } from './events.service.js';

/** The broker's events while the queues are away. */
@Injectable()
export class BrokerDirectEvents implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly direct: DirectEvents;

  constructor(dataSource: DataSource, @Inject(REDIS) redis: Redis, @Inject(LOGGER) logger: Logger, events: EventsService) {
    const handle = (eventId: string) => events.handle(eventId);
    this.direct = new DirectEvents({ dataSource, redis, logger, consumer: 'broker', handle });
  }

  onApplicationBootstrap(): void {
    this.direct.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.direct.stop();
  }
}
