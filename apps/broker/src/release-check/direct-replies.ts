import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { DirectEvents } from '#inbox';
import { LOGGER, type Logger, Periodic, REDIS } from '#service';
import { ReleaseCheckService } from './release-check.service.js';

/** The messages of WeChat's release check while the queues are away: it waits for seconds, and fails the platform. */
@Injectable()
export class DirectReplies {
  constructor(
    dataSource: DataSource,
    @Inject(REDIS) redis: Redis,
    @Inject(LOGGER) logger: Logger,
    periodic: Periodic,
    service: ReleaseCheckService,
  ) {
    const handle = (eventId: string) => service.reply(eventId);
    new DirectEvents({ dataSource, periodic, redis, logger, consumer: 'release-check', handle });
  }
}
