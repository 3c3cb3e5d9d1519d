import { InjectQueue } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bull';
import { QUEUES, type QueueJobs } from '#queues';
import { LOGGER, type Logger } from '#service';
import { ReleaseConfig } from '../../config/release.config.js';
import { ReleaseEngine } from './release.engine.js';

type Advance = QueueJobs['release.steps']['advance'];

/** Jobs only say "look at this release now": what is due stands in the database. */
@Injectable()
export class ReleaseProcessor implements OnApplicationBootstrap {
  constructor(
    @InjectQueue(QUEUES.releaseSteps) private readonly steps: Queue<Advance>,
    private readonly engine: ReleaseEngine,
    private readonly config: ReleaseConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Not by decorator: how many at a time is a matter of configuration. */
  onApplicationBootstrap(): void {
    this.steps
      .process('advance', this.config.RELEASE_CONCURRENCY, (job) => this.engine.advance(job.data.releaseId))
      .catch((error: unknown) =>
        this.logger.error({ event: 'release.processor-ended', err: error }, 'The worker of releases ended'),
      );
  }
}
