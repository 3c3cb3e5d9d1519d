import { InjectQueue } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Queue } from 'bull';
import type { Redis } from 'ioredis';
import { QUEUE_POLICY, QUEUES, type QueueJobs } from '#queues';
import { isReady, LOGGER, type Logger, Progress, REDIS } from '#service';
import { ReleaseConfig } from '../config/release.config.js';
import { ScreenshotService } from '../screenshots/screenshot.service.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { AuditReader } from './audit-reader.js';
import { ReleaseEngine } from './release.engine.js';
import { ReleaseRepository } from './release.repository.js';
import { Rollbacks } from './rollback.service.js';

const BATCH = 200;
const ADOPT_EVERY = 15;
/** Only a version before this one leaves a publication half done; in a rolling upgrade it still runs beside us. */
const FINISH_EVERY = 900;
const FINISHED_AT_ONCE = 500;
const ROLLBACKS_AT_ONCE = 20;
const SCREENSHOTS_AT_ONCE = 50;
/** A sweep with much to do takes its time. */
const SWEEP_LIMIT_S = 120;

/**
 * Finds what is due: the next step of a release, a result whose event was lost, a ticket withdrawn in another console,
 * pending rows that an older system wrote. Every replica looks; the claim of a release lets one of them act.
 */
@Injectable()
export class ReleasePoller implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;
  private fetching: Promise<void> | undefined;
  private stopped = false;
  private sweeps = 0;
  /** Said already. */
  private failing = false;
  private movedAt = performance.now();

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly engine: ReleaseEngine,
    private readonly rollbacks: Rollbacks,
    private readonly reader: AuditReader,
    private readonly screenshots: ScreenshotService,
    private readonly gateway: WechatGateway,
    private readonly config: ReleaseConfig,
    @InjectQueue(QUEUES.releaseSteps) private readonly steps: Queue<QueueJobs['release.steps']['advance']>,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
    progress: Progress,
  ) {
    progress.register({
      what: 'poller release.sweep',
      limitS: SWEEP_LIMIT_S,
      remedy: 'Due releases are not looked for: the log says why (release.sweep-failed).',
      stillS: () => (performance.now() - this.movedAt) / 1_000,
    });
  }

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.all([this.sweeping, this.fetching]);
  }

  /** One look; also for tests. */
  async sweep(): Promise<number> {
    const turn = this.sweeps % ADOPT_EVERY;
    this.sweeps += 1;
    if (turn === 0) await this.adopt();
    if (this.sweeps % FINISH_EVERY === 1) await this.finishPublications();
    if (turn === 1) await this.settleRollbacks();
    if (turn === 2)
      this.fetching ??= this.fetchScreenshots().finally(() => {
        this.fetching = undefined;
      });
    const ids = await this.releases.due(BATCH);
    if (isReady(this.redis)) {
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
    } else {
      // Without Redis the work goes on in this process, only slower.
      for (const releaseId of ids) if (!this.stopped) await this.engine.advance(releaseId);
    }
    return ids.length;
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep()
        .then((found) => {
          this.movedAt = performance.now();
          this.failing = false;
          this.schedule(found === BATCH ? 50 : this.config.RELEASE_SWEEP_MS);
        })
        .catch((error: unknown) => {
          this.logger[this.failing ? 'debug' : 'warn'](
            { event: 'release.sweep-failed', err: error },
            'Could not look for due releases; will retry',
          );
          this.failing = true;
          this.schedule(this.config.RELEASE_SWEEP_MS * 2);
        });
    }, delayMs);
  }

  private async finishPublications(): Promise<void> {
    const count = await this.reader.finishPublications(FINISHED_AT_ONCE);
    if (count > 0)
      this.logger.info({ event: 'release.finished', count }, 'Publications that were left half done are finished now');
  }

  private async settleRollbacks(): Promise<void> {
    try {
      await this.rollbacks.settleOpen(ROLLBACKS_AT_ONCE);
    } catch (error) {
      this.logger.info({ event: 'rollback.open', err: error }, 'The outcome of a rollback is not known yet; will look again');
    }
  }

  /** Beside everything else: nothing waits for downloads. */
  private async fetchScreenshots(): Promise<void> {
    try {
      await this.screenshots.sweep(SCREENSHOTS_AT_ONCE, () => !this.stopped);
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
