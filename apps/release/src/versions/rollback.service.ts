import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { MiniProgramEntity } from '#persistence';
import { DomainError, LOGGER, type Logger, Ticker } from '#service';
import type { VersionInfo } from '#wechat';
import { AuditReader } from '../audit/audit-reader.js';
import { ReleaseConfig } from '../config/release.config.js';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { WriteLease } from '../mini-programs/write-lease.js';
import { ReleaseRepository } from '../releases/release.repository.js';
import { verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import type { Before } from './rollback.domain.js';

/** In intervals of the release poller. */
const SETTLE_EVERY = 15;
const SETTLED_AT_ONCE = 20;

/** One release that is to be taken back, as whoever asks has kept it. */
export interface TakeBack {
  readonly releaseId: number;
  readonly version: string;
  /** What was online when it was begun; absent: it was not. */
  readonly before: Before | undefined;
  /** Asked at the last moment: whether it may be sent. */
  readonly maySend: () => Promise<boolean>;
  /** Keeps that it is about to be sent, and from what. */
  readonly remember: (before: Before) => Promise<unknown>;
}

/** `moved-on`: something else is online than what was to be taken back. `not-sent`: it may not be sent, and was not. */
export type TakenBack = 'done' | 'moved-on' | 'not-sent';

/**
 * Rolling back takes effect each time it is sent, and each time loses a version for good. So it is recorded first, and as long as its
 * outcome is not known nothing is sent again: WeChat is asked what is online.
 */

@Injectable()
export class Rollbacks implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    private readonly gateway: WechatGateway,
    private readonly lease: WriteLease,
    private readonly reader: AuditReader,
    private readonly releases: ReleaseRepository,
    private readonly miniPrograms: MiniProgramRepository,
    private readonly config: ReleaseConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.ticker = new Ticker('rollback.settle', SETTLE_EVERY * config.RELEASE_SWEEP_MS, () => this.settle(), logger);
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  /**
   * Back to an earlier version: without a number to the one before.
   * @returns what is online now
   * @throws DomainError `conflict` while an earlier rollback is not settled; WechatApiError, BrokerError
   */
  rollBack(component: string, appid: string, appVersion: number | undefined): Promise<VersionInfo> {
    this.gateway.requireComponent(component);
    return this.lease.hold(component, appid, async () => {
      // One that was begun before and turns out to have happened is what the caller asked for.
      const settled = await this.settleHeld(component, appid);
      if (settled) return settled;
      return this.send(component, appid, appVersion, beforeOf(await this.reader.versions(component, appid)));
    });
  }

  /**
   * Takes one release back, once, however often it is called: unless another version is online by now.
   * @throws DomainError `conflict` while the outcome is not known, or others write; WechatApiError, BrokerError
   */
  takeBack(component: string, appid: string, { releaseId, version, ...job }: TakeBack): Promise<TakenBack> {
    this.gateway.requireComponent(component);
    return this.lease.hold(component, appid, async () => {
      await this.settleHeld(component, appid);
      const release = await this.releases.find(releaseId);
      if (release?.state === 'reverted') return 'done';
      if (release?.state !== 'released') return 'moved-on';
      const before = beforeOf(await this.reader.versions(component, appid));
      if (job.before ? !same(job.before, before) : before.version !== version) return 'moved-on';
      if (!(await job.maySend())) return 'not-sent';
      await job.remember(before);
      await this.send(component, appid, undefined, before);
      return 'done';
    });
  }

  private async send(component: string, appid: string, appVersion: number | undefined, before: Before): Promise<VersionInfo> {
    await this.miniPrograms.upsert(component, appid, { rollbackAt: this.releases.now(), rollbackFrom: JSON.stringify(before) });
    try {
      await this.gateway.forAuthorizer(component, appid, (api, { token, context }) =>
        api.code.revertCodeRelease(token, appVersion, context),
      );
    } catch (error) {
      if (verdictOf(error) !== 'unclear') {
        await this.forget(component, appid);
        throw error;
      }
      const now = await this.reader.versions(component, appid);
      // It may still be on its way: what was recorded stays, and is looked at again.
      if (same(before, beforeOf(now))) throw error;
      return this.happened(component, appid, now);
    }
    return this.happened(component, appid, await this.reader.versions(component, appid));
  }

  private async settle(): Promise<void> {
    try {
      await this.settleOpen(SETTLED_AT_ONCE);
    } catch (error) {
      this.logger.info({ event: 'rollback.open', err: error }, 'The outcome of a rollback is not known yet; will look again');
    }
  }

  /** Finds out what became of rollbacks whose process ended. @returns how many were looked at */
  async settleOpen(limit: number): Promise<number> {
    const open = await this.miniPrograms.openRollbacks(
      new Date(this.releases.now().getTime() - this.config.RELEASE_UNCLEAR_S * 1_000),
      limit,
    );
    for (const { componentAppid, authorizerAppid } of open)
      await this.lease.hold(componentAppid, authorizerAppid, () => this.settleHeld(componentAppid, authorizerAppid));
    return open.length;
  }

  /** @returns what is online when an open rollback turns out to have happened; `undefined`: there is none (any more). */
  private async settleHeld(component: string, appid: string): Promise<VersionInfo | undefined> {
    const row = await this.miniPrograms.find(component, appid);
    if (!row?.rollbackAt) return undefined;
    const now = await this.reader.versions(component, appid);
    if (!same(JSON.parse(row.rollbackFrom ?? '{}') as Before, beforeOf(now)) && !(await this.publishedSince(row, now)))
      return this.happened(component, appid, now);
    const ageMs = this.releases.now().getTime() - row.rollbackAt.getTime();
    if (ageMs < this.config.RELEASE_UNCLEAR_S * 1_000)
      throw new DomainError('conflict', 'A rollback of this mini program is under way; its outcome is being read from WeChat.', {
        retryAfterS: this.config.RELEASE_UNCLEAR_S,
      });
    // WeChat shows nothing of it: it did not happen, and may be sent again.
    await this.forget(component, appid);
    return undefined;
  }

  /** A release of ours went online after the rollback was begun: that is what changed. */
  private async publishedSince(row: MiniProgramEntity, now: VersionInfo): Promise<boolean> {
    const released = await this.releases.ofApp(row.componentAppid, row.authorizerAppid, ['released']);
    return released.some(
      (release) =>
        release.userVersion === now.release_info?.release_version &&
        (release.releaseTime?.getTime() ?? 0) >= Math.floor((row.rollbackAt?.getTime() ?? 0) / 1_000) * 1_000,
    );
  }

  private async happened(component: string, appid: string, now: VersionInfo): Promise<VersionInfo> {
    const version = now.release_info?.release_version ?? null;
    await this.releases.together(async (db) => {
      for (const row of await this.releases.ofApp(component, appid, ['released'], db))
        await this.releases.moveIn(db, row, { to: 'reverted', cause: 'rollback', detail: { online_version: version } });
      const earlier = (await this.releases.ofApp(component, appid, ['superseded'], db)).filter(
        (row) => row.isRelease === 1 && row.userVersion === version,
      );
      await this.miniPrograms.released(component, appid, earlier.at(-1), { rollbackAt: null, rollbackFrom: null }, db);
    });
    return now;
  }

  private forget(component: string, appid: string): Promise<void> {
    return this.miniPrograms.upsert(component, appid, { rollbackAt: null, rollbackFrom: null });
  }
}

function beforeOf({ release_info: online }: VersionInfo): Before {
  return { version: online?.release_version ?? null, time: online?.release_time ?? null };
}

function same(a: Before, b: Before): boolean {
  return a.version === b.version && a.time === b.time;
}
