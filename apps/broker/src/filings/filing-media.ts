import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { deleteInBites, FilingMediaEntity } from '#persistence';
import { CLOCK, type Clock, Periodic } from '#service';
import { type BinaryAnswer, WechatApiError } from '#wechat';
import { AccountCalls, type App } from '../account-calls/account-calls.js';
import { Upload } from '../account-calls/upload.js';
import { wechatProblem } from '../wechat/wechat-problem.js';

/** WeChat names no lifetime; an application is made within days. */
const KEPT_DAYS = 180;

const digestOf = (mediaId: string): string => hash('sha256', mediaId, 'hex');

/** Papers on their way to WeChat. Only what they were uploaded as is kept, by the digest of their id. */
@Injectable()
export class FilingMedia {
  constructor(
    private readonly dataSource: DataSource,
    private readonly calls: AccountCalls,
    @Inject(CLOCK) clock: Clock,
    periodic: Periodic,
  ) {
    periodic.daily(
      'filings.old-media',
      4.4,
      () => clock.now(),
      () => deleteInBites(dataSource, 'f_wechat_filingmedia WHERE created_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY', [KEPT_DAYS]),
    );
  }

  /** As WeChat has it: a picture or a film. @throws DomainError */
  async read(app: App, mediaId: string): Promise<BinaryAnswer> {
    try {
      return await this.calls.read(app, (api, token, context) => api.filing.getMedia(token, mediaId, context));
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat did not give the file.') : error;
    }
  }

  /** @throws DomainError */
  async upload(
    app: App,
    file: Upload,
    field: string,
    certificateType: number | undefined,
  ): Promise<{ type: string; media_id: string }> {
    const parts = {
      type: file.isVideo ? ('video' as const) : ('image' as const),
      icp_order_field: field,
      ...(certificateType === undefined ? {} : { certificate_type: certificateType }),
    };
    try {
      const { type, media_id } = await this.calls.bring(app, (api, token, context) =>
        api.filing.uploadMedia(token, file.once(), parts, context),
      );
      await this.dataSource.query(
        `INSERT INTO f_wechat_filingmedia (component_appid, authorizer_appid, media_hash, type, certificate_type, field, created_at)
         VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE certificate_type = VALUES(certificate_type), field = VALUES(field)`,
        [app.componentAppid, app.authorizerAppid, digestOf(media_id), parts.type, certificateType ?? null, field],
      );
      return { type: String(type ?? parts.type), media_id };
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat did not take the file.') : error;
    }
  }

  /** The certificate type that each was uploaded for; one that was not uploaded here is not in it. */
  async certificateTypes(
    { componentAppid, authorizerAppid }: App,
    mediaIds: readonly string[],
  ): Promise<Map<string, number | null>> {
    const ids = new Map(mediaIds.map((id) => [digestOf(id), id]));
    if (ids.size === 0) return new Map();
    const rows = await this.dataSource
      .getRepository(FilingMediaEntity)
      .createQueryBuilder('m')
      .where('m.componentAppid = :componentAppid AND m.authorizerAppid = :authorizerAppid', { componentAppid, authorizerAppid })
      .andWhere('m.mediaHash IN (:...hashes)', { hashes: [...ids.keys()] })
      .getMany();
    return new Map(rows.map((row) => [ids.get(row.mediaHash)!, row.certificateType]));
  }
}
