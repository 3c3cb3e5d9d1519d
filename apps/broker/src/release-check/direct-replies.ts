import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { DirectEvents } from '#inbox';
import { LOGGER, type Logger, REDIS } from '#service';
import { ReleaseCheckService } from './release-check.service.js';

/** The messages of WeChat's release check while the queues are away: it waits for seconds, and fails the platform. */
@Injectable()
export class DirectReplies implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly direct: DirectEvents;

  constructor(dataSource: DataSource, @Inject(REDIS) redis: Redis, @Inject(LOGGER) logger: Logger, service: ReleaseCheckService) {
    const handle = (eventId: string) => service.reply(eventId);
    this.direct = new DirectEvents({ dataSource, redis, logger, consumer: 'release-check', handle });
  }

  onApplicationBootstrap(): void {
    this.direct.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.direct.stop();
  }
}
