import { Inject, Injectable } from '@nestjs/common';
import { type Client, Cursors, formerlyPlain, LOGGER, type Logger, Periodic, wholePage } from '#service';
import { ReleaseConfig } from '../config/release.config.js';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import type { ViolationGroupPage, ViolationPage, ViolationSearch } from './violation.dto.js';
import { ViolationRepository } from './violation.repository.js';

const PAGES = new Cursors('violations', formerlyPlain);
/** Each mini program is read once a day, a few at a time. */
const DAY_S = 86_400;
const BATCH = 20;
const EVERY_MS = 60_000;
/** WeChat takes no more; and what it lists late is read once more. */
const WINDOW_S = 90 * DAY_S;
const OVERLAP_S = 3 * DAY_S;

/** Violations of the fleet: told by events, and read daily for what no event has told. */
@Injectable()
export class ViolationService {
  constructor(
    private readonly rows: ViolationRepository,
    private readonly miniPrograms: MiniProgramRepository,
    private readonly gateway: WechatGateway,
    private readonly periodic: Periodic,
    config: ReleaseConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    if (config.RELEASE_INVENTORY_S > 0) periodic.every('violations.read', EVERY_MS, () => this.sweep(), 'later');
  }

  async list(componentAppid: string, query: ViolationSearch, client: Client): Promise<ViolationPage> {
    this.gateway.requireComponent(componentAppid);
    const search = {
      before: PAGES.after(query),
      appid: query.authorizer_appid,
      ruleName: query.rule_name,
      limit: query.limit,
    };
    const rows = await this.rows.list(componentAppid, search, client.authorizers);
    return PAGES.page(
      rows,
      query,
      (row) => row.id,
      (row) => ({
        authorizer_appid: row.appid,
        illegal_record_id: row.recordId,
        at: row.at.toISOString(),
        reason: row.reason,
        content: row.content,
        rule_name: row.ruleName,
        rule_url: row.ruleUrl,
        template_id: row.templateId,
        version: row.version,
        kind: row.kind,
        punishment: row.punishment === null ? null : (JSON.parse(row.punishment) as Record<string, unknown>),
      }),
    );
  }

  async groups(componentAppid: string, client: Client): Promise<ViolationGroupPage> {
    this.gateway.requireComponent(componentAppid);
    const rows = await this.rows.groups(componentAppid, client.authorizers);
    return wholePage(
      rows.map((row) => ({
        rule_name: row.ruleName,
        reason: row.reason,
        template_id: row.templateId,
        version: row.version,
        records: Number(row.records),
        mini_programs: Number(row.miniPrograms),
        first_at: row.firstAt.toISOString(),
        last_at: row.lastAt.toISOString(),
      })),
    );
  }

  /** @returns how many were read */
  async sweep(): Promise<number> {
    const due = await this.rows.due(DAY_S, BATCH);
    for (const { component, appid, readAt } of due) {
      if (this.periodic.isStopping) break;
      await this.read(component, appid, readAt);
    }
    return due.length;
  }

  private async read(component: string, appid: string, readAt: Date | null): Promise<void> {
    const now = new Date();
    const end = Math.floor(now.getTime() / 1_000);
    const start = Math.max(end - WINDOW_S, readAt === null ? 0 : Math.floor(readAt.getTime() / 1_000) - OVERLAP_S);
    try {
      const { records = [] } = await this.gateway.forAuthorizer(component, appid, (api, { token, context }) =>
        api.duties.getIllegalRecords(token, { start_time: start, end_time: end }, context),
      );
      const news = await this.rows.add(component, appid, records, 'reading');
      if (news > 0)
        this.logger.warn({ event: 'violations.found', authorizer: appid, records: news }, 'WeChat has recorded violations');
    } catch (error) {
      // Tomorrow again: such as a permission set that the merchant has taken back.
      verdictOf(error);
      this.logger.info(
        { event: 'violations.unread', authorizer: appid, problem: (error as Error).message },
        'Violations of a mini program could not be read',
      );
    }
    await this.miniPrograms.upsert(component, appid, { violationsReadAt: now });
  }
}
