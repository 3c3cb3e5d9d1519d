import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, type SelectQueryBuilder } from 'typeorm';
import { AccessLogEntity, CallEntity } from '#persistence';
import type { AuditListResponse, AuditQuery, CallListResponse, CallsQuery } from './calls.dto.js';

/** The log of calls to WeChat and the audit log, newest first. */
@Injectable()
export class CallsService {
  constructor(private readonly dataSource: DataSource) {}

  async calls(componentAppid: string, query: CallsQuery): Promise<CallListResponse> {
    const search = this.dataSource
      .getRepository(CallEntity)
      .createQueryBuilder('c')
      .where('c.componentAppid = :componentAppid', { componentAppid })
      .orderBy('c.callId', 'DESC');
    narrow(search, 'c', {
      api: query.api,
      authorizerAppid: query.authorizer_appid,
      clientId: query.client_id,
      errcode: query.errcode,
      rid: query.rid,
      outcome: query.outcome,
    });
    const { rows, next } = await page(search, 'c', 'callId', query);
    return {
      items: rows.map((row) => ({
        call_id: row.callId,
        at: row.at.toISOString(),
        app: row.app,
        api: row.api,
        method: row.method,
        path: row.path,
        component_appid: row.componentAppid,
        authorizer_appid: row.authorizerAppid,
        client_id: row.clientId,
        request_id: row.requestId,
        outcome: row.outcome,
        errcode: row.errcode,
        rid: row.rid,
        http_status: row.httpStatus,
        duration_ms: row.durationMs,
      })),
      next_cursor: next,
    };
  }

  async audit(query: AuditQuery): Promise<AuditListResponse> {
    const search = this.dataSource
      .getRepository(AccessLogEntity)
      .createQueryBuilder('a')
      .where('1 = 1')
      .orderBy('a.accesslogId', 'DESC');
    narrow(search, 'a', {
      clientId: query.client_id,
      action: query.action,
      componentAppid: query.component_appid,
      authorizerAppid: query.authorizer_appid,
    });
    const { rows, next } = await page(search, 'a', 'accesslogId', query);
    return {
      items: rows.map((row) => ({
        accesslog_id: row.accesslogId,
        at: row.at.toISOString(),
        times: row.times,
        last_at: row.lastAt?.toISOString() ?? null,
        app: row.app,
        client_id: row.clientId,
        action: row.action,
        component_appid: row.componentAppid,
        authorizer_appid: row.authorizerAppid,
        subject: row.subject,
        outcome: row.outcome,
        ip: row.ip,
        request_id: row.requestId,
      })),
      next_cursor: next,
    };
  }
}

function narrow<T extends object>(search: SelectQueryBuilder<T>, alias: string, wanted: Readonly<Record<string, unknown>>): void {
  for (const [property, value] of Object.entries(wanted)) {
    if (value !== undefined) search.andWhere(`${alias}.${property} = :${property}`, { [property]: value });
  }
}

async function page<T extends object>(
  search: SelectQueryBuilder<T>,
  alias: string,
  id: keyof T & string,
  { since, until, cursor, limit = 100 }: { since?: string; until?: string; cursor?: string; limit?: number },
): Promise<{ rows: T[]; next: string | null }> {
  if (since) search.andWhere(`${alias}.at >= :since`, { since: new Date(since) });
  if (until) search.andWhere(`${alias}.at < :until`, { until: new Date(until) });
  if (cursor) search.andWhere({ [id]: LessThan(cursor) });
  const rows = await search.take(limit + 1).getMany();
  const last = rows[limit - 1];
  return { rows: rows.slice(0, limit), next: rows.length > limit && last ? String(last[id]) : null };
}
