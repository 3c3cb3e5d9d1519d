import { Inject, Injectable } from '@nestjs/common';
import { BrokerError } from '#broker-client';
import type { AppealEntity } from '#persistence';
import { type AuthorizerPath, type Client, Cursors, DomainError, formerlyPlain, LOGGER, type Logger, Periodic } from '#service';
import { type AppealRecord, WechatApiError } from '#wechat';
import { verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import type { AppealPage, AppealSearch, AppealsAtWechat, AppealView, MakeAppeal } from './appeal.dto.js';
import { AppealRepository } from './appeal.repository.js';

const PAGES = new Cursors('appeals', formerlyPlain);
const EVERY_MS = 30_000;
const BATCH = 20;
/** Clocks differ by so much at most. */
const SLACK_S = 300;
const STATUS = { 1: 'open', 2: 'upheld', 3: 'rejected', 4: 'withdrawn' } as const;

/** Appeals against violations (申诉). */
@Injectable()
export class AppealService {
  constructor(
    private readonly rows: AppealRepository,
    private readonly gateway: WechatGateway,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    periodic.every('appeals.settle', EVERY_MS, () => this.settleAll(), 'later');
  }

  async list(componentAppid: string, query: AppealSearch, client: Client): Promise<AppealPage> {
    this.gateway.requireComponent(componentAppid);
    const { authorizer_appid: appid, state, limit } = query;
    const rows = await this.rows.list(componentAppid, { before: PAGES.after(query), appid, state, limit }, client.authorizers);
    return PAGES.page(rows, query, (row) => row.appealId, toView);
  }

  /**
   * Uses up one of the mini program's appeals. Without an answer nothing is sent again: what WeChat has then says whether it was taken.
   * @throws DomainError `conflict` while one of it may be open
   */
  async make({ component_appid, authorizer_appid }: AuthorizerPath, recordId: string, body: MakeAppeal, client: Client) {
    this.gateway.requireComponent(component_appid);
    const app = { componentAppid: component_appid, authorizerAppid: authorizer_appid };
    const appealId = await this.rows.begin(app, recordId, client.clientId);
    if (appealId === undefined) throw alreadyOpen(authorizer_appid);
    const materials = body.appeal_materials.map(({ reason, proof_media_ids }) => ({
      reason,
      proof_material_ids: proof_media_ids,
    }));
    try {
      await this.gateway.forAuthorizer(component_appid, authorizer_appid, (api, { token, context }) =>
        api.duties.createAppeal(token, recordId, materials, context),
      );
    } catch (error) {
      await this.failed(appealId, error);
      throw error;
    }
    await this.rows.asked(appealId, 'open');
    return toView(await this.rows.get(appealId));
  }

  /** As WeChat has them now; what it says is kept. */
  async atWechat({ component_appid, authorizer_appid }: AuthorizerPath, recordId: string): Promise<AppealsAtWechat> {
    this.gateway.requireComponent(component_appid);
    const records = await this.read(component_appid, authorizer_appid, recordId);
    for (const record of records)
      await this.rows.told({ componentAppid: component_appid, authorizerAppid: authorizer_appid }, record, recordId);
    return { items: records.map(toRecordView) };
  }

  /** Those without a known outcome. @returns how many were looked at */
  async settleAll(): Promise<number> {
    const open = await this.rows.unsettled(BATCH);
    for (const row of open) {
      if (this.periodic.isStopping) break;
      try {
        await this.settle(row);
      } catch (error) {
        verdictOf(error);
        await this.rows.later(row.appealId);
        const about = { event: 'appeals.unread', authorizer: row.authorizerAppid, problem: (error as Error).message };
        this.logger.info(about, 'Appeals of a mini program could not be read');
      }
    }
    return open.length;
  }

  private async settle({ appealId, componentAppid, authorizerAppid, recordId, askedAt }: AppealEntity): Promise<void> {
    if (recordId === null) return;
    const records = await this.read(componentAppid, authorizerAppid, recordId);
    // One record may have been appealed against before.
    const known = await this.rows.knownOf({ componentAppid, authorizerAppid });
    const since = askedAt.getTime() / 1_000 - SLACK_S;
    const mine = records.find(
      ({ appeal_record_id, appeal_from, appeal_time = 0 }) =>
        !known.has(String(appeal_record_id)) && appeal_from !== 0 && appeal_time >= since,
    );
    if (mine) await this.rows.told({ componentAppid, authorizerAppid }, mine, recordId);
    else await this.rows.asked(appealId, 'not-sent');
  }

  private async read(componentAppid: string, authorizerAppid: string, recordId: string): Promise<readonly AppealRecord[]> {
    const { records = [] } = await this.gateway.forAuthorizer(componentAppid, authorizerAppid, (api, { token, context }) =>
      api.duties.getAppealRecords(token, recordId, context),
    );
    return records;
  }

  private async failed(appealId: string, error: unknown): Promise<void> {
    if (error instanceof WechatApiError && error.maybeExecuted) await this.rows.asked(appealId, 'unclear');
    else if (error instanceof WechatApiError && error.errcode !== undefined)
      await this.rows.asked(appealId, 'refused', { errcode: error.errcode, errmsg: error.errmsg });
    else if (error instanceof WechatApiError || error instanceof BrokerError || error instanceof DomainError)
      await this.rows.asked(appealId, 'not-sent');
    else await this.rows.asked(appealId, 'unclear');
  }
}

const alreadyOpen = (appid: string): DomainError =>
  new DomainError('conflict', `An appeal of ${appid} is open, or may be: WeChat takes one at a time.`, {
    remedy: {
      en: 'Look at the list of appeals; one without a known outcome is settled by itself within minutes.',
      zh: '请查看申诉列表；结果未知的申诉会在几分钟内自动核对。',
    },
  });

function toView(row: AppealEntity): AppealView {
  return {
    appeal_id: row.appealId,
    authorizer_appid: row.authorizerAppid,
    illegal_record_id: row.recordId,
    state: row.state,
    by_provider: row.byProvider === null ? null : row.byProvider === 1,
    audit_reason: row.auditReason,
    refusal: row.refusal,
    asked_at: row.askedAt.toISOString(),
    audited_at: row.auditedAt?.toISOString() ?? null,
  };
}

function toRecordView(record: AppealRecord) {
  const time = (seconds: number | undefined) => (seconds ? new Date(seconds * 1_000).toISOString() : null);
  return {
    appeal_record_id: String(record.appeal_record_id),
    state: STATUS[(record.appeal_status ?? 1) as keyof typeof STATUS] ?? 'open',
    appealed_at: time(record.appeal_time),
    count: record.appeal_count ?? null,
    by_provider: record.appeal_from === undefined ? null : record.appeal_from === 1,
    audited_at: time(record.audit_time),
    audit_reason: record.audit_reason ?? null,
    punishment: record.punish_description ?? null,
    materials: (record.materials ?? []).map(({ illegal_material, appeal_material }) => ({
      content: illegal_material?.content ?? null,
      content_url: illegal_material?.content_url ?? null,
      reason: appeal_material?.reason ?? null,
      proof_media_ids: [...(appeal_material?.proof_material_ids ?? [])],
    })),
  };
}
