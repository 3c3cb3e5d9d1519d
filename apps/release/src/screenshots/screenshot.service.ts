import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ReleaseEntity, ScreenshotEntity } from '#persistence';
import { CLOCK, type Clock, DomainError } from '#service';
import { screenshotIds } from '#wechat';
import { retryS } from '../releases/release.domain.js';
import { verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { ScreenshotStore } from './screenshot-store.js';

const MAX_BYTES = 15 * 1024 * 1024;
const MAX_ATTEMPTS = 20;

/** Pictures of rejections: WeChat keeps them for a while only, so they are fetched at once and kept here. */
@Injectable()
export class ScreenshotService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ScreenshotStore,
    private readonly gateway: WechatGateway,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Fetches what is not fetched yet. @returns seconds until it should be tried again; `undefined`: nothing is left to fetch.
   */
  async fetch(release: ReleaseEntity): Promise<number | undefined> {
    const { componentAppid, authorizerAppid, releaseId } = release;
    const rows = this.dataSource.getRepository(ScreenshotEntity);
    const ids = screenshotIds(release.screenshot ?? undefined);
    if (ids.length === 0) return undefined;
    const createdAt = new Date(this.clock.now());
    const values = ids.map((mediaId) => ({
      componentAppid,
      authorizerAppid,
      releaseId,
      mediaId,
      state: 'pending' as const,
      createdAt,
    }));
    await rows.createQueryBuilder().insert().values(values).orIgnore().execute();
    let againS: number | undefined;
    for (const row of await rows.findBy({ releaseId, state: 'pending' })) {
      if (await this.fetchOne(row)) continue;
      againS = Math.min(againS ?? Number.POSITIVE_INFINITY, retryS(row.attempts));
    }
    return againS;
  }

  list(releaseId: number): Promise<ScreenshotEntity[]> {
    return this.dataSource.getRepository(ScreenshotEntity).find({ where: { releaseId }, order: { screenshotId: 'ASC' } });
  }

  /** @throws DomainError `not-found` */
  async read(releaseId: number, mediaId: string): Promise<{ contentType: string; data: Buffer }> {
    const row = await this.dataSource.getRepository(ScreenshotEntity).findOneBy({ releaseId, mediaId, state: 'stored' });
    const data = row && (await this.store.get(row.screenshotId));
    if (!data) throw new DomainError('not-found', 'This screenshot is not stored: not fetched yet, or WeChat had it no more.');
    return { contentType: row.contentType ?? 'application/octet-stream', data };
  }

  /** @returns whether nothing more is to be done for it. */
  private async fetchOne(row: ScreenshotEntity): Promise<boolean> {
    const rows = this.dataSource.getRepository(ScreenshotEntity);
    const { screenshotId } = row;
    try {
      const { contentType, data } = await this.gateway.forAuthorizer(
        row.componentAppid,
        row.authorizerAppid,
        (api, { token, context }) => api.code.getMaterial(token, row.mediaId, context),
      );
      const picture = /^image\/(png|jpeg|jpg|gif|webp)$/.test(contentType);
      if (!picture || data.length > MAX_BYTES) {
        await rows.update(
          { screenshotId },
          { state: 'lost', note: picture ? 'too large' : `not a picture: ${contentType.slice(0, 60)}` },
        );
        return true;
      }
      await this.store.put(screenshotId, data);
      await rows.update({ screenshotId }, { state: 'stored', contentType, bytes: data.length, note: null });
      return true;
    } catch (error) {
      const verdict = verdictOf(error);
      row.attempts += 1;
      const lost = verdict === 'refused' || verdict === 'unauthorized' || row.attempts >= MAX_ATTEMPTS;
      const note = (error as Error).message.slice(0, 255);
      await rows.update({ screenshotId }, { attempts: row.attempts, note, ...(lost ? { state: 'lost' as const } : {}) });
      return lost;
    }
  }
}
