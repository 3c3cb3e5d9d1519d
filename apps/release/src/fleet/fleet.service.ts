import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Client, Cursors, formerlyPlain, Periodic } from '#service';
import { AuditReader } from '../audit/audit-reader.js';
import { ReleaseConfig } from '../config/release.config.js';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { storedFailure, verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import type { FleetDrift, FleetPage, FleetSearch, FleetSummary, FleetView } from './fleet.dto.js';

const FLEET = new Cursors('mini-programs', formerlyPlain);

const BATCH = 20;
const EVERY_MS = 30_000;

/** SQL of `FleetDrift`. */
const DRIFT = `(CASE WHEN m.released_version IS NULL OR m.versions_read_at IS NULL THEN 'unknown'
  WHEN m.online_version <=> m.released_version THEN 'none' ELSE 'elsewhere' END)`;
/** What we know of what is online: only while it is what was put there from here. */
const ONLINE_OURS = {
  templateId: 'IF(m.online_version = m.released_version, m.released_template_id, NULL)',
  extHash: 'IF(m.online_version = m.released_version, m.released_ext_hash, NULL)',
};

interface Row {
  readonly id: number;
  readonly appid: string;
  readonly nickName: string | null;
  readonly state: string;
  readonly trialVersion: string | null;
  readonly onlineVersion: string | null;
  readonly onlineAt: Date | null;
  readonly releasedVersion: string | null;
  readonly templateId: number | null;
  readonly extHash: string | null;
  readonly drift: FleetDrift;
  readonly visitStatus: number | null;
  readonly tradeManaged: number | null;
  readonly tradeReminder: string | null;
  readonly tradeRemindedAt: Date | null;
  readonly tags: string | null;
  readonly readAt: Date | null;
  readonly problem: string | null;
  readonly releaseId: number | null;
  readonly releaseState: string | null;
  readonly releaseVersion: string | null;
}

/** Who runs what. Lists are read from our own table; a slow sweep keeps it true, and finds what was done in other consoles. */
@Injectable()
export class FleetService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly miniPrograms: MiniProgramRepository,
    private readonly reader: AuditReader,
    private readonly gateway: WechatGateway,
    private readonly config: ReleaseConfig,
    private readonly periodic: Periodic,
  ) {
    if (config.RELEASE_INVENTORY_S > 0) periodic.every('fleet.sweep', EVERY_MS, () => this.sweep(), 'later');
  }

  async search(componentAppid: string, query: FleetSearch, client: Client): Promise<FleetPage> {
    this.gateway.requireComponent(componentAppid);
    const where = ['a.component_appid = ?', `(a.kind IS NULL OR a.kind = 'mini_program')`];
    const values: unknown[] = [componentAppid];
    const also = (sql: string, value: unknown) => {
      if (value === undefined) return;
      where.push(sql);
      values.push(value);
    };
    also('a.authorizer_id > ?', FLEET.after(query));
    also('m.online_version = ?', query.online_version);
    also('(m.online_version IS NULL OR m.online_version <> ?)', query.not_online_version);
    also(`(${ONLINE_OURS.templateId} IS NULL OR ${ONLINE_OURS.templateId} <> ?)`, query.not_template_id);
    also(`(${ONLINE_OURS.extHash} IS NULL OR ${ONLINE_OURS.extHash} <> ?)`, query.not_ext_hash);
    also(`${DRIFT} = ?`, query.drift);
    if (query.money_held) where.push(`m.trade_managed = 1 AND m.trade_reminded_at > UTC_TIMESTAMP(3) - INTERVAL 3 DAY`);
    also('a.state = ?', query.state);
    also('JSON_CONTAINS(m.tags, ?)', query.tag === undefined ? undefined : JSON.stringify(query.tag));
    also('a.authorizer_appid IN (?)', client.authorizers ? ['', ...client.authorizers] : undefined);
    const rows = (await this.dataSource.query(
      `SELECT a.authorizer_id AS id, a.authorizer_appid AS appid, a.nick_name AS nickName, a.state, m.trial_version AS trialVersion,
              m.online_version AS onlineVersion, m.online_at AS onlineAt, m.released_version AS releasedVersion,
              ${ONLINE_OURS.templateId} AS templateId, ${ONLINE_OURS.extHash} AS extHash, ${DRIFT} AS drift, m.visit_status AS visitStatus, m.trade_managed AS tradeManaged, m.trade_reminder AS tradeReminder, m.trade_reminded_at AS tradeRemindedAt, m.tags, m.versions_read_at AS readAt, m.problem,
              r.submitaudit_id AS releaseId, r.state AS releaseState, r.user_version AS releaseVersion
         FROM f_wechat_authorizer a
         LEFT JOIN f_wechat_miniprogram m ON m.component_appid = a.component_appid AND m.authorizer_appid = a.authorizer_appid
         LEFT JOIN f_wechat_submitaudit r ON r.submitaudit_id = (SELECT MAX(x.submitaudit_id) FROM f_wechat_submitaudit x
                   WHERE x.component_appid = CONVERT(a.component_appid USING utf8mb4) AND x.app_id = CONVERT(a.authorizer_appid USING utf8mb4))
        WHERE ${where.join(' AND ')} ORDER BY a.authorizer_id LIMIT ?`,
      [...values, query.limit + 1],
    )) as Row[];
    return FLEET.page(rows, query, (row) => row.id, toView);
  }

  /** Of what the client may see. */
  async summary(componentAppid: string, client: Client): Promise<FleetSummary> {
    this.gateway.requireComponent(componentAppid);
    const rows = (await this.dataSource.query(
      `SELECT m.online_version AS version, ${ONLINE_OURS.templateId} AS templateId, SUM(${DRIFT} = 'elsewhere') AS elsewhere, COUNT(*) AS n
         FROM f_wechat_authorizer a
         LEFT JOIN f_wechat_miniprogram m ON m.component_appid = a.component_appid AND m.authorizer_appid = a.authorizer_appid
        WHERE a.component_appid = ? AND a.state <> 'cancelled' AND (a.kind IS NULL OR a.kind = 'mini_program')
              ${client.authorizers ? 'AND a.authorizer_appid IN (?)' : ''}
        GROUP BY m.online_version, templateId ORDER BY n DESC LIMIT 500`,
      [componentAppid, ...(client.authorizers ? [['', ...client.authorizers]] : [])],
    )) as { version: string | null; templateId: number | null; elsewhere: string; n: string }[];
    const versions = rows.map(({ version, templateId, n }) => ({
      online_version: version,
      online_template_id: templateId,
      mini_programs: Number(n),
    }));
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    return {
      total: sum(versions.map((entry) => entry.mini_programs)),
      elsewhere: sum(rows.map((row) => Number(row.elsewhere))),
      versions,
    };
  }

  async tag(componentAppid: string, authorizerAppid: string, tags: readonly string[]): Promise<void> {
    this.gateway.requireComponent(componentAppid);
    await this.miniPrograms.upsert(componentAppid, authorizerAppid, { tags: [...new Set(tags)] });
  }

  /** Reads those that were not read for the longest time. @returns how many */
  async sweep(): Promise<number> {
    const rows = (await this.dataSource.query(
      `SELECT a.component_appid AS component, a.authorizer_appid AS appid,
              (m.trade_read_at IS NULL OR m.trade_read_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY) AS askTrade
         FROM f_wechat_authorizer a
         LEFT JOIN f_wechat_miniprogram m ON m.component_appid = a.component_appid AND m.authorizer_appid = a.authorizer_appid
        WHERE a.state <> 'cancelled' AND (a.kind IS NULL OR a.kind = 'mini_program')
          AND (m.versions_read_at IS NULL OR m.versions_read_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND)
        ORDER BY m.versions_read_at LIMIT ?`,
      [this.config.RELEASE_INVENTORY_S, BATCH],
    )) as { component: string; appid: string; askTrade: number }[];
    for (const { component, appid, askTrade } of rows) {
      if (this.periodic.isStopping) break;
      const answered = await this.readOne(component, appid);
      if (answered && Number(askTrade) === 1) await this.readTrade(component, appid);
    }
    return rows.length;
  }

  /** Once a day. One that WeChat does not tell, such as without its permission set, stays as it was known. */
  private async readTrade(component: string, appid: string): Promise<void> {
    const tradeReadAt = new Date();
    try {
      const { is_trade_managed } = await this.gateway.forAuthorizer(component, appid, (api, { token, context }) =>
        api.duties.isTradeManaged(token, appid, context),
      );
      await this.miniPrograms.upsert(component, appid, { tradeReadAt, tradeManaged: is_trade_managed ? 1 : 0 });
    } catch (error) {
      verdictOf(error);
      await this.miniPrograms.upsert(component, appid, { tradeReadAt });
    }
  }

  /** @returns whether WeChat answers for it */
  private async readOne(component: string, appid: string): Promise<boolean> {
    try {
      await this.reader.versions(component, appid);
      return true;
    } catch (error) {
      const now = new Date();
      verdictOf(error);
      await this.miniPrograms.upsert(component, appid, {
        versionsReadAt: now,
        problem: { ...storedFailure('versions', error, now) },
      });
      return false;
    }
  }
}

function toView(row: Row): FleetView {
  return {
    authorizer_appid: row.appid,
    nick_name: row.nickName,
    state: row.state,
    trial_version: row.trialVersion,
    online_version: row.onlineVersion,
    online_at: row.onlineAt?.toISOString() ?? null,
    online_template_id: row.templateId === null ? null : Number(row.templateId),
    online_ext_hash: row.extHash,
    drift: row.drift,
    released_version: row.releasedVersion,
    visit_status: row.visitStatus,
    trade_managed: row.tradeManaged === null ? null : Number(row.tradeManaged) === 1,
    trade_reminder: row.tradeReminder,
    trade_reminded_at: row.tradeRemindedAt?.toISOString() ?? null,
    tags: row.tags ? (JSON.parse(row.tags) as string[]) : [],
    release_state: row.releaseState,
    release_version: row.releaseVersion,
    release_id: row.releaseId,
    read_at: row.readAt?.toISOString() ?? null,
    problem: row.problem ? (JSON.parse(row.problem) as Record<string, unknown>) : null,
  };
}
