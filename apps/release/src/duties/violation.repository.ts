import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { IllegalRecord } from '#wechat';

/** A record as WeChat gives it, by event or by reading. */
type Told = (IllegalRecord | (Partial<IllegalRecord> & Pick<IllegalRecord, 'illegal_record_id'>)) & {
  /** Of a punishment: what WeChat does. */
  readonly punishment?: Record<string, unknown>;
};

export interface ViolationRow {
  readonly id: string;
  readonly appid: string;
  readonly recordId: string;
  readonly at: Date;
  readonly reason: string | null;
  readonly content: string | null;
  readonly ruleName: string | null;
  readonly ruleUrl: string | null;
  readonly templateId: number | null;
  readonly version: string | null;
  readonly kind: 'record' | 'punishment';
  readonly punishment: string | null;
}

export interface ViolationGroup {
  readonly ruleName: string | null;
  readonly reason: string | null;
  readonly templateId: number | null;
  readonly version: string | null;
  readonly records: number;
  readonly miniPrograms: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** What mini programs of a rollout have in common, and how many it hit. */
export interface ViolationCause {
  readonly rule_name: string | null;
  readonly reason: string | null;
  readonly mini_programs: number;
}

interface Search {
  readonly before?: string | undefined;
  readonly appid?: string | undefined;
  readonly ruleName?: string | undefined;
  readonly limit: number;
}

const LONG = 2_000;
const DAYS = 90;
/** Of a rollout, named. */
const CAUSES = 20;

/** Violations that WeChat has recorded, each once, with what was online when we heard of it (fleet-duties.md §1). */
@Injectable()
export class ViolationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns how many were not known. What was online is what was put there from here, if it still is. */
  async add(componentAppid: string, appid: string, records: readonly Told[], source: 'event' | 'reading'): Promise<number> {
    let news = 0;
    for (const record of records) {
      const { affectedRows } = (await this.dataSource.query(
        `INSERT IGNORE INTO f_wechat_violation
           (component_appid, authorizer_appid, record_id, at, reason, content, rule_name, rule_url, source, kind, punishment, seen_at, template_id, version)
         SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), MAX(IF(m.online_version = m.released_version, m.released_template_id, NULL)), MAX(m.online_version)
           FROM f_wechat_miniprogram m WHERE m.component_appid = ? AND m.authorizer_appid = ?`,
        [
          ...[componentAppid, appid, record.illegal_record_id.slice(0, 64)],
          new Date((record.create_time ?? Date.now() / 1_000) * 1_000),
          ...[record.illegal_reason, record.illegal_content].map((text) => text?.slice(0, LONG) ?? null),
          ...[record.rule_name, record.rule_url].map((text) => text?.slice(0, 255) ?? null),
          ...[source, record.punishment ? 'punishment' : 'record', record.punishment ? JSON.stringify(record.punishment) : null],
          ...[componentAppid, appid],
        ],
      )) as { affectedRows: number };
      news += affectedRows;
    }
    return news;
  }

  /** Newest first; one more than the page may have. */
  list(componentAppid: string, { before, appid, ruleName, limit }: Search, among: ReadonlySet<string> | undefined) {
    const where = ['component_appid = ?'];
    const values: unknown[] = [componentAppid];
    const also = (sql: string, value: unknown) => {
      if (value === undefined) return;
      where.push(sql);
      values.push(value);
    };
    also('violation_id < ?', before);
    also('authorizer_appid = ?', appid);
    also('rule_name = ?', ruleName);
    also('authorizer_appid IN (?)', among && ['', ...among]);
    return this.dataSource.query(
      `SELECT violation_id AS id, authorizer_appid AS appid, record_id AS recordId, at, reason, content, rule_name AS ruleName,
              rule_url AS ruleUrl, template_id AS templateId, version, kind, punishment
         FROM f_wechat_violation WHERE ${where.join(' AND ')} ORDER BY violation_id DESC LIMIT ?`,
      [...values, limit + 1],
    ) as Promise<ViolationRow[]>;
  }

  /** One cause often hits all mini programs of a template: by rule, reason, template and version; those of the last ninety days. */
  groups(componentAppid: string, among: ReadonlySet<string> | undefined) {
    return this.dataSource.query(
      `SELECT rule_name AS ruleName, reason, template_id AS templateId, version, COUNT(*) AS records,
              COUNT(DISTINCT authorizer_appid) AS miniPrograms, MIN(at) AS firstAt, MAX(at) AS lastAt
         FROM f_wechat_violation
        WHERE component_appid = ? AND at > UTC_TIMESTAMP(3) - INTERVAL ${DAYS} DAY ${among ? 'AND authorizer_appid IN (?)' : ''}
        GROUP BY rule_name, reason, template_id, version ORDER BY miniPrograms DESC, lastAt DESC LIMIT 500`,
      [componentAppid, ...(among ? [['', ...among]] : [])],
    ) as Promise<ViolationGroup[]>;
  }

  /**
   * Of a version that a rollout put online: mini programs of it that have come by a violation or punishment since, and why.
   * @param since when the rollout began
   */
  async causesOf(
    { rolloutId, componentAppid }: { readonly rolloutId: number; readonly componentAppid: string },
    { templateId, version }: { readonly templateId: number; readonly version: string },
    since: Date,
  ): Promise<{ miniPrograms: number; causes: ViolationCause[] }> {
    const from = `FROM f_wechat_violation v JOIN f_wechat_rollouttarget t ON t.rollout_id = ? AND t.authorizer_appid = v.authorizer_appid
        WHERE v.component_appid = ? AND v.template_id = ? AND v.version = ? AND v.seen_at >= ?`;
    const values = [rolloutId, componentAppid, templateId, version, since];
    const [all] = (await this.dataSource.query(`SELECT COUNT(DISTINCT v.authorizer_appid) AS n ${from}`, values)) as {
      n: string;
    }[];
    const miniPrograms = Number(all?.n ?? 0);
    if (miniPrograms === 0) return { miniPrograms, causes: [] };
    const rows = (await this.dataSource.query(
      `SELECT v.rule_name AS ruleName, v.reason, COUNT(DISTINCT v.authorizer_appid) AS n ${from}
        GROUP BY v.rule_name, v.reason ORDER BY n DESC, v.rule_name LIMIT ${CAUSES}`,
      values,
    )) as { ruleName: string | null; reason: string | null; n: string }[];
    return {
      miniPrograms,
      causes: rows.map(({ ruleName, reason, n }) => ({ rule_name: ruleName, reason, mini_programs: Number(n) })),
    };
  }

  /** Mini programs that let us read violations, not read for the longest time; by whose database all replicas agree. */
  due(everyS: number, limit: number) {
    return this.dataSource.query(
      `SELECT a.component_appid AS component, a.authorizer_appid AS appid, m.violations_read_at AS readAt
         FROM f_wechat_authorizer a
         JOIN f_wechat_authorizerpermission p ON p.component_appid = a.component_appid AND p.authorizer_appid = a.authorizer_appid AND p.funcscope_id = 76
         LEFT JOIN f_wechat_miniprogram m ON m.component_appid = a.component_appid AND m.authorizer_appid = a.authorizer_appid
        WHERE a.state <> 'cancelled' AND (a.kind IS NULL OR a.kind = 'mini_program')
          AND (m.violations_read_at IS NULL OR m.violations_read_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND)
        ORDER BY m.violations_read_at LIMIT ?`,
      [everyS, limit],
    ) as Promise<{ component: string; appid: string; readAt: Date | null }[]>;
  }
}
