import type { DataSource } from 'typeorm';

export interface AuditFilter {
  readonly client?: string;
  readonly person?: string;
  readonly action?: string;
  readonly component?: string;
  readonly authorizer?: string;
  readonly outcome?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const COLUMNS = {
  client: 'client_id',
  person: 'person_id',
  action: 'action',
  component: 'component_appid',
  authorizer: 'authorizer_appid',
  outcome: 'outcome',
} as const;

/** Newest first, with all columns that say something. */
export async function searchAudit(db: DataSource, filter: AuditFilter, limit: number): Promise<Record<string, unknown>[]> {
  const wanted = Object.entries(COLUMNS).flatMap(([name, column]) => {
    const value = filter[name as keyof typeof COLUMNS];
    return value === undefined ? [] : [[`${column} = ?`, value] as const];
  });
  const times = [
    ...(filter.from ? [['at >= ?', filter.from] as const] : []),
    ...(filter.to ? [['at < ?', filter.to] as const] : []),
  ];
  const all = [...wanted, ...times];
  const rows: Record<string, unknown>[] = await db.query(
    `SELECT * FROM f_wechat_accesslog ${all.length > 0 ? `WHERE ${all.map(([condition]) => condition).join(' AND ')}` : ''}
      ORDER BY accesslog_id DESC LIMIT ${limit}`,
    all.map(([, value]) => value),
  );
  return rows.map((row) => ({ ...row, at: (row['at'] as Date).toISOString() }));
}
