import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, type SelectQueryBuilder } from 'typeorm';
import { AccessLogEntity, CallEntity } from '#persistence';
import { type Client, Cursors, formerlyPlain, rangeOf } from '#service';
import type { AuditPage, AuditSearch, CallPage, CallSearch } from './calls.dto.js';
import { toAuditEntryView, toCallView } from './calls.view.js';

const CALLS = new Cursors('calls', formerlyPlain);
const AUDIT = new Cursors('audit-log', formerlyPlain);

/** The log of calls to WeChat and the audit log, newest first. */
@Injectable()
export class CallsService {
  constructor(private readonly dataSource: DataSource) {}

  async calls(componentAppid: string, query: CallSearch): Promise<CallPage> {
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
    const rows = await read(search, 'callId', CALLS, query);
    return CALLS.page(rows, query, (row) => row.callId, toCallView);
  }

  /** A caller that may use some components sees what concerns those. */
  async audit(query: AuditSearch, { components }: Client): Promise<AuditPage> {
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
      personId: query.person_id,
      outcome: query.outcome,
      reason: query.reason,
    });
    if (components) search.andWhere('a.componentAppid IN (:...components)', { components: [...components] });
    const rows = await read(search, 'accesslogId', AUDIT, query);
    return AUDIT.page(rows, query, (row) => row.accesslogId, toAuditEntryView);
  }
}

function narrow<T extends object>(search: SelectQueryBuilder<T>, alias: string, wanted: Readonly<Record<string, unknown>>): void {
  for (const [property, value] of Object.entries(wanted)) {
    if (value !== undefined) search.andWhere(`${alias}.${property} = :${property}`, { [property]: value });
  }
}

/** The rows of a page, and one more if there is one. */
function read<T extends object>(
  search: SelectQueryBuilder<T>,
  id: keyof T & string,
  cursors: Cursors,
  query: CallSearch | AuditSearch,
): Promise<T[]> {
  const { from, to } = rangeOf(query);
  if (from) search.andWhere(`${search.alias}.at >= :from`, { from });
  if (to) search.andWhere(`${search.alias}.at < :to`, { to });
  const before = cursors.after(query);
  if (before) search.andWhere({ [id]: LessThan(before) });
  return search.take(query.limit + 1).getMany();
}
