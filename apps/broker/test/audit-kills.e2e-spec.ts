import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedAudit, verifyAudit } from '#service';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';
import type { StoppableServer } from '../testing/stoppable.js';

/* AUDIT_MODE=required, and replicas that die with nothing said, also while MySQL is away: what they answered is in a sink. */

/** More than a build server has time for: `WXPLANE_KILLS=100`. */
const KILLS = Number(process.env['WXPLANE_KILLS'] ?? 6);
const folder = mkdtempSync(join(tmpdir(), 'audit-kills-'));
const SINKS = ['file', 'stdout', 'the table alone'] as const;
const file = join(folder, 'audit.jsonl');
const merchants = ['aa', 'ab', 'ac'].map((end) => `wx00000000000000${end}`);
let rig: Rig;
let mariadb: StoppableServer;
const readers: string[] = [];
/** What processes that are no more have printed. */
const printed: string[] = [];

beforeAll(async () => {
  rig = await Rig.start({
    brokers: 0,
    ownDatabase: true,
    env: { AUDIT_MODE: 'required', TOKEN_CLAIM_MS: '2000', LOG_LEVEL: 'info', DATABASE_START_TIMEOUT_S: '60' },
  });
  // What MariaDB says it has it keeps, also when it dies; the rig's is relaxed.
  await rig.database.query('SET GLOBAL innodb_flush_log_at_trx_commit = 2');
  await rig.addBroker({ AUDIT_SINK: file });
  await rig.addBroker({ AUDIT_SINK: 'stdout' });
  await rig.addBroker();
  for (const merchant of merchants) {
    await rig.merchant(merchant);
    await rig.authorize(merchant);
  }
  for (let number = 0; number < 25; number += 1)
    readers.push(await rig.client({ scopes: ['authorizer-token', 'component-token'] }));
  mariadb = rig.servers().mariadb;
});
afterAll(() => rig?.stop());

interface Answered {
  readonly process: string;
  readonly requestId: string;
  /** The caller and what was revealed, of a read: many of a minute are one entry. */
  readonly read?: { readonly clientId: string; readonly authorizerAppid: string | null };
}
const answered: Answered[] = [];
const lives = [0, 0, 0];
const idOf = (key: string) => key.split('_')[1]!;
let running = true;
let away = false;
let whileAway = 0;

/** Asks for one thing; what a dying process does not answer whole counts for nothing. */
async function ask(broker: number): Promise<void> {
  const process = `${SINKS[broker]}, life ${lives[broker]}`;
  const key = readers[randomInt(readers.length)]!;
  const authorizerAppid = [null, ...merchants][randomInt(merchants.length + 1)]!;
  const write = randomInt(4) === 0;
  const answer = write
    ? await rig.api(`${rig.path()}/authorization-links`, { method: 'POST', body: {}, broker })
    : await rig.token(authorizerAppid ?? undefined, { broker, key });
  if (answer.status >= 300) return;
  if (away) whileAway += 1;
  const requestId = answer.headers.get('x-request-id')!;
  answered.push({ process, requestId, ...(write ? {} : { read: { clientId: idOf(key), authorizerAppid } }) });
}

const asking = async (broker: number) => {
  while (running) {
    await ask(broker).catch(() => sleep(20));
    await sleep(randomInt(10));
  }
};

async function kill(broker: number): Promise<void> {
  await rig.brokers[broker]!.child.kill();
  lives[broker] = lives[broker]! + 1;
  printed.push(rig.brokers[broker]!.child.output());
}

interface Entry {
  readonly writer: string;
  readonly request_id: string | null;
  readonly client_id: string | null;
  readonly authorizer_appid: string | null;
  readonly action: string;
  readonly outcome: string;
}

const lines = (text: string): Entry[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'audit');

describe('kill -9 where the audit log is required', () => {
  it('leaves no answer with a secret, and none of a write, without its entry in a sink, also while MySQL is away', async () => {
    const loads = [0, 1, 2].flatMap((broker) => [0, 1, 2].map(() => asking(broker)));
    for (let kills = 0; kills < KILLS; kills += 1) {
      const [victim, seen] = [kills % 3, answered.length];
      await eventually('answers', async () => answered.length > seen + 50, 120_000);
      await sleep(randomInt(500));
      await kill(victim);
      await rig.brokers[victim]!.start();
    }
    // All of them know tokens and callers; then nobody can write to the table.
    await eventually(
      'answers of all',
      async () => new Set(answered.slice(-100).map(({ process }) => process)).size === 3,
      120_000,
    );
    await mariadb.stop();
    away = true;
    await eventually('answers while MySQL is away', async () => whileAway > 100, 120_000);
    for (const broker of [2, 1, 0]) {
      await sleep(randomInt(500));
      await kill(broker);
    }
    running = false;
    await Promise.all(loads);
    away = false;
    await mariadb.start();

    const rows: Entry[] = await eventually('the table', () =>
      rig.database.query('SELECT writer, request_id, client_id, authorizer_appid, action, outcome FROM f_wechat_accesslog'),
    );
    const entries = [...rows, ...lines(readFileSync(file, 'utf8')), ...printed.flatMap(lines)];
    const byRequest = new Map(entries.map((entry) => [entry.request_id, entry]));
    /** Each process is told by the entries of what it alone has answered. */
    const writerOf = new Map<string, string>();
    for (const { process, requestId } of answered) {
      const writer = byRequest.get(requestId)?.writer;
      if (writer) writerOf.set(process, writer);
    }
    expect(new Set(writerOf.values()).size).toBe(writerOf.size);
    const reads = new Set(
      entries
        .filter(({ action, outcome }) => action === 'token.reveal' && outcome === 'ok')
        .map(({ writer, client_id, authorizer_appid }) => `${writer} ${client_id} ${authorizer_appid}`),
    );
    const without = answered.filter(({ process, requestId, read }) =>
      read
        ? !reads.has(`${writerOf.get(process)} ${read.clientId} ${read.authorizerAppid}`)
        : byRequest.get(requestId)?.outcome !== 'ok',
    );
    expect(without).toEqual([]);
    // It was no idle run.
    expect(answered.filter(({ read }) => !read).length).toBeGreaterThan(20);
    expect(whileAway).toBeGreaterThan(100);
    expect(writerOf.size).toBeGreaterThanOrEqual(KILLS + 3);

    // What has reached the table is whole: a process that died leaves an end, no hole.
    const [from, to] = [new Date(0), new Date(Date.now() + 60_000)];
    const { findings } = await verifyAudit(storedAudit(rig.database, from, to), { from, to, publicKeys: [] });
    expect(findings.filter(({ kind }) => kind !== 'gap')).toEqual([]);
  }, 600_000);
});
