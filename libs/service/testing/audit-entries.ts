import type { INestApplication } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AccessLog } from '../src/audit/access-log.js';
import { ClientStore } from '../src/clients/client-store.js';
import { fill, type Route, titleOf } from './routes.js';

interface Asked {
  readonly title: string;
  readonly who: string;
  readonly status: number;
  readonly requestId: string;
  readonly audited: boolean;
}

interface Entry {
  readonly request_id: string;
  readonly outcome: string;
  readonly client_id: string | null;
  readonly actor_kind: string | null;
  readonly reason: string | null;
}

/** Whose calls leave an entry only of what they reveal, or that have an entry by another way. */
export interface AuditExpectation {
  /** Titles of routes without `@Audited` whose calls have an entry all the same. */
  readonly counted?: readonly string[];
  /** Titles of routes whose calls may have none. */
  readonly sometimes?: readonly string[];
}

/**
 * Asks every route without a key, with one that nobody made, with a key that may nothing, with one for another merchant, as a client at its
 * limit, and as one that may everything.
 * @param database of the administrator: most apps may neither make clients nor read the audit log
 * @returns what has not exactly the entries that it must have
 */
export async function wrongEntries(
  app: INestApplication,
  database: DataSource,
  base: string,
  routes: readonly Route[],
  values: Readonly<Record<string, string>>,
  { counted = [], sometimes = [] }: AuditExpectation = {},
): Promise<{ readonly wrong: readonly string[]; readonly statuses: Readonly<Record<string, readonly number[]>> }> {
  const clients = new ClientStore(database);
  const key = async (request: Parameters<ClientStore['create']>[0]) => (await clients.create(request)).key;
  const bodies = { POST: '{}', PUT: '{}', PATCH: '{}', DELETE: undefined, GET: undefined } as Record<string, string | undefined>;
  const everybody: Record<string, string | undefined> = {
    'no key': undefined,
    'unknown key': `wxp_${'0'.repeat(15)}1_${'0'.repeat(48)}`,
    'wrong scope': await key({ name: 'may nothing', scopes: [] }),
    'foreign merchant': await key({ name: 'of another', scopes: SCOPES_BUT_ADMIN, authorizers: ['wx00000000000000ff'] }),
    limited: await key({ name: 'limited', scopes: ['admin'], options: { rate_limit_per_s: 0.001 } }),
    admin: await key({ name: 'all', scopes: ['admin'] }),
  };
  const asked: Asked[] = [];
  for (const [who, authorization] of Object.entries(everybody))
    for (const { method, path, audited } of routes) {
      if (who === 'foreign merchant' && !path.includes(':authorizer_appid')) continue;
      const title = titleOf({ method, path } as Route);
      const body = bodies[method];
      const response = await fetch(`${base}${fill(path, values)}`, {
        method,
        headers: {
          ...(authorization === undefined ? {} : { authorization: `Bearer ${authorization}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(20_000),
      });
      const requestId = response.headers.get('x-request-id') ?? '';
      await response.body?.cancel();
      asked.push({ title, who, status: response.status, requestId, audited: audited || counted.includes(title) });
    }
  await app.get(AccessLog, { strict: false }).flush();
  const rows: Entry[] = await database.query(
    'SELECT request_id, outcome, client_id, actor_kind, reason FROM f_wechat_accesslog WHERE request_id IS NOT NULL',
  );
  const statuses: Record<string, number[]> = {};
  for (const { who, status } of asked) statuses[who] = [...new Set([...(statuses[who] ?? []), status])].sort();
  return {
    wrong: asked.filter(({ title }) => !sometimes.includes(title)).flatMap((one) => faults(one, rows)),
    statuses,
  };
}

const SCOPES_BUT_ADMIN = [
  'component-token',
  'authorizer-token',
  'authorizers:read',
  'authorizations:write',
  'proxy',
  'releases:read',
  'releases:write',
  'events:read',
  'subscriptions:write',
] as const;

function faults({ title, who, status, requestId, audited }: Asked, rows: readonly Entry[]): string[] {
  const mine = rows.filter((row) => row.request_id === requestId);
  const refused = [401, 403, 429].includes(status);
  const say = (what: string) => [`${who}: ${title} (${status}): ${what}`];
  if (mine.length !== (refused || audited ? 1 : 0)) return say(`${mine.length} entries`);
  const [entry] = mine;
  if (!entry || !refused) return [];
  if (entry.outcome !== 'refused') return say(`outcome ${entry.outcome}`);
  if (entry.reason === null) return say('no reason');
  if ((entry.actor_kind === 'stranger') !== (status === 401)) return say(`actor ${entry.actor_kind}`);
  return (entry.client_id === null) === (who === 'no key') ? [] : say(`client ${entry.client_id}`);
}
