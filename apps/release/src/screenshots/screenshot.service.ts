import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThanOrEqual, Or } from 'typeorm';
import { BrokerError } from '#broker-client';
import { type ReleaseEntity, ScreenshotEntity } from '#persistence';
import { CLOCK, type Clock, DomainError } from '#service';
import { screenshotIds, WechatApiError } from '#wechat';
import { retryS } from '../wechat/backoff.domain.js';
import { verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { ScreenshotStore } from './screenshot-store.js';

const MAX_BYTES = 15 * 1024 * 1024;
const MAX_ATTEMPTS = 20;
const CLAIM_S = 60;

/** The release that was rejected. */
type Owner = Pick<ReleaseEntity, 'componentAppid' | 'authorizerAppid' | 'releaseId'>;

/** Pictures of rejections: WeChat keeps them for a while only, so they are fetched at once and kept here. */
@Injectable()
export class ScreenshotService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ScreenshotStore,
    private readonly gateway: WechatGateway,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Notes what is to be fetched: from now on a resubmission, which clears the release's own list, loses none. */
  async expect(release: Owner, mediaIds: readonly string[]): Promise<void> {
    if (mediaIds.length === 0) return;
    const { componentAppid, authorizerAppid, releaseId } = release;
    const now = new Date(this.clock.now());
    const values = mediaIds.map((mediaId) => ({
      componentAppid,
      authorizerAppid,
      releaseId,
      mediaId,
      state: 'pending' as const,
      createdAt: now,
      nextTryAt: now,
    }));
    const insert = this.dataSource.getRepository(ScreenshotEntity).createQueryBuilder().insert().values(values);
    await insert.orIgnore().updateEntity(false).execute();
  }

  /** Fetches those of one release that are not fetched yet; what fails is tried again by `sweep`. */
  async fetch(release: Owner & Pick<ReleaseEntity, 'screenshot'>): Promise<void> {
    await this.expect(release, screenshotIds(release.screenshot ?? undefined));
    const rows = this.dataSource.getRepository(ScreenshotEntity);
    await this.fetchAll(await rows.findBy({ releaseId: release.releaseId, state: 'pending' }));
  }

  /** Fetches what is due, of any release and whatever has become of it, for as long as `goOn` says so. */
  async sweep(limit: number, goOn: () => boolean): Promise<void> {
    const due = Or(IsNull(), LessThanOrEqual(new Date(this.clock.now())));
    const where = { state: 'pending' as const, nextTryAt: due };
    await this.fetchAll(await this.dataSource.getRepository(ScreenshotEntity).find({ where, take: limit }), goOn);
  }

  private async fetchAll(rows: readonly ScreenshotEntity[], goOn = () => true): Promise<void> {
    for (const row of rows) if (goOn() && (await this.claim(row))) await this.fetchOne(row);
  }

  /** One replica fetches it; if it ends meanwhile, another one does so later. */
  private async claim({ screenshotId, nextTryAt }: ScreenshotEntity): Promise<boolean> {
    const { affected } = await this.dataSource
      .createQueryBuilder()
      .update(ScreenshotEntity)
      .set({ nextTryAt: this.in(CLAIM_S) })
      .where(`screenshot_id = :screenshotId AND state = 'pending' AND next_try_at <=> :nextTryAt`, { screenshotId, nextTryAt })
      .execute();
    return affected === 1;
  }

  private in(seconds: number): Date {
    return new Date(this.clock.now() + seconds * 1_000);
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

  private async fetchOne(row: ScreenshotEntity): Promise<void> {
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
        const note = picture ? 'too large' : `not a picture: ${contentType.slice(0, 60)}`;
        await rows.update({ screenshotId }, { state: 'lost', note });
        return;
      }
      await this.store.put(screenshotId, data);
      await rows.update({ screenshotId }, { state: 'stored', contentType, bytes: data.length, note: null });
    } catch (error) {
      // Such as a picture that the database does not take: that counts as well, or it would be tried for ever.
      const ofWechat = error instanceof WechatApiError || error instanceof BrokerError;
      const verdict = ofWechat ? verdictOf(error) : 'later';
      const attempts = row.attempts + 1;
      const lost = verdict === 'refused' || verdict === 'unauthorized' || attempts >= MAX_ATTEMPTS;
      const note = (error as Error).message.slice(0, 255);
      const again = lost ? { state: 'lost' as const } : { nextTryAt: this.in(retryS(attempts)) };
      await rows.update({ screenshotId }, { attempts, note, ...again });
    }
  }
}
