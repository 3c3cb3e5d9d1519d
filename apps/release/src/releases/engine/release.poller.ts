import { InjectQueue } from '@nestjs/bull';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bull';
import type { Redis } from 'ioredis';
import { QUEUE_POLICY, QUEUES, type QueueJobs } from '#queues';
import { isReady, LOGGER, type Logger, Periodic, REDIS } from '#service';
import { ReleaseConfig } from '../../config/release.config.js';
import { ScreenshotService } from '../../screenshots/screenshot.service.js';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { Publications } from '../publications.js';
import { ReleaseRepository } from '../release.repository.js';
import { ReleaseEngine } from './release.engine.js';

const BATCH = 200;
/** While there is more than one batch, the next look comes at once; so many in a row, then the others have a turn. */
const BATCHES_AT_ONCE = 100;
const BATCH_PAUSE_MS = 50;
/** In intervals of the poller. */
const EVERY = {
  adopt: 15,
  screenshots: 15,
  /** Only a version before this one leaves a publication half done; in a rolling upgrade it still runs beside us. */
  finish: 900,
};
const FINISHED_AT_ONCE = 500;
const SCREENSHOTS_AT_ONCE = 50;

/**
 * Finds what is due: the next step of a release, a result whose event was lost, a ticket withdrawn in another console,
 * pending rows that an older system wrote. Every replica looks; the claim of a release lets one of them act.
 */
@Injectable()
export class ReleasePoller {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly engine: ReleaseEngine,
    private readonly publications: Publications,
    private readonly screenshots: ScreenshotService,
    private readonly gateway: WechatGateway,
    { RELEASE_SWEEP_MS }: ReleaseConfig,
    @InjectQueue(QUEUES.releaseSteps) private readonly steps: Queue<QueueJobs['release.steps']['advance']>,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly periodic: Periodic,
  ) {
    const every = (name: string, turns: number, work: () => Promise<unknown>) =>
      periodic.every(name, turns * RELEASE_SWEEP_MS, work);
    every('release.sweep', 1, () => this.sweep());
    every('release.adopt', EVERY.adopt, () => this.adopt());
    every('release.finish', EVERY.finish, () => this.finishPublications());
    // Beside everything else: nothing waits for downloads.
    every('screenshot.sweep', EVERY.screenshots, () => this.fetchScreenshots());
  }

  private async sweep(): Promise<void> {
    for (let turn = 0; turn < BATCHES_AT_ONCE && !this.periodic.isStopping; turn += 1) {
      const ids = await this.releases.due(BATCH);
      await this.order(ids);
      if (ids.length < BATCH) return;
      await new Promise((resolve) => setTimeout(resolve, BATCH_PAUSE_MS));
    }
  }

  private async order(ids: readonly number[]): Promise<void> {
    if (!isReady(this.redis)) {
      // Without Redis the work goes on in this process, only slower.
      for (const releaseId of ids) if (!this.periodic.isStopping) await this.engine.advance(releaseId);
      return;
    }
    await this.steps.addBulk(
      ids.map((releaseId) => ({
        name: 'advance',
        data: { releaseId },
        opts: {
          ...QUEUE_POLICY[QUEUES.releaseSteps],
          jobId: `advance-${releaseId}`,
          removeOnComplete: true,
          removeOnFail: true,
          attempts: 1,
        },
      })),
    );
  }

  private async finishPublications(): Promise<void> {
    const count = await this.publications.finish(FINISHED_AT_ONCE);
    if (count > 0)
      this.logger.info({ event: 'release.finished', count }, 'Publications that were left half done are finished now');
  }

  private async fetchScreenshots(): Promise<void> {
    try {
      await this.screenshots.sweep(SCREENSHOTS_AT_ONCE, () => !this.periodic.isStopping);
    } catch (error) {
      this.logger.warn({ event: 'screenshot.sweep-failed', err: error }, 'Could not fetch screenshots; will retry');
    }
  }

  private async adopt(): Promise<void> {
    const adopted = await this.releases.adoptPending(this.gateway.onlyComponent());
    if (adopted > 0)
      this.logger.info({ event: 'release.adopted', count: adopted }, 'Pending rows of an older system are looked after now');
  }
}
