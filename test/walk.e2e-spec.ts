import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Ports } from '../scripts/lib/suite.ts';
import { walk } from '../scripts/lib/walk.ts';
import { secretsOfRun } from './support/secrets.js';
import { type Suite, startSuite } from './support/suite.js';

let suite: Suite;
let database: Connection;
const folder = mkdtempSync(join(tmpdir(), 'wxplane-walk-'));

beforeAll(async () => {
  suite = await startSuite({
    name: 'walk',
    sandboxConfig: { settings: { privacy_scan_s: 1 } },
    env: { release: { RELEASE_SWEEP_MS: '150', RELEASE_SCAN_POLL_MS: '1100' } },
  });
  database = await createConnection({ uri: suite.databaseUrl, timezone: 'Z' });
});

afterAll(async () => {
  await database?.end();
  await suite?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const rows = async <T>(sql: string) => (await database.query<RowDataPacket[]>(sql))[0] as T[];

/** Takes the walk through, as `npm start` does. @returns what it printed. */
async function told(): Promise<string> {
  const port = (url: string) => Number(new URL(url).port);
  const { urls, management, component, clientKey, databaseUrl, redisUrl } = suite;
  const ports: Ports = {
    sandbox: port(urls.sandbox),
    ingestion: port(urls.ingestion),
    broker: port(urls.broker),
    release: port(urls.release),
    ingestionManagement: port(management.ingestion),
    brokerManagement: port(management.broker),
    releaseManagement: port(management.release),
    console: 0,
    consoleManagement: 0,
  };
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    const secrets = { component, encryption_keys: '', client_keys: { developer: clientKey } };
    expect(await walk({ ports, secrets, databaseUrl, redisUrl, folder })).toBeUndefined();
  } finally {
    write.mockRestore();
  }
  return lines.join('');
}

it('the walk of npm start takes a small rollout through a rejection, and shows no secret', async () => {
  const output = await told();
  for (const line of [
    /✓ +11 {2}It is published/,
    /✓ +12 {2}Four more merchants authorize/,
    /preview +3 of 4 are ready/,
    /variables\.shop has no value in any layer/,
    /filled in .* 4 of 4 are ready/,
    /stage +canary: 1 under way, 3 wait for it/,
    /rollout +completed: 3 succeeded, 1 failed/,
    /Rain Florist +rejected {2}f_wechat_submitaudit #/,
    /店铺名称“测试店铺”为占位文字/,
    /screenshot +f_wechat_screenshot #\d+ {2}image\/\w+, \d+ bytes/,
    /rollout +completed: 4 of 4 succeeded/,
    /Rain Florist +succeeded +released {2}when tried again/,
    /online +version 2\.0\.1 in all four, says WeChat/,
    /steps +account → identity → category → privacy → certification → face-check → filing → release/,
    /filed +粤B2-\d+, says WeChat/,
  ])
    expect(output).toMatch(line);
  expect(output).not.toMatch(/undefined|\[object|NaN/);

  const targets = await rows<{ state: string; attempts: number }>(
    'SELECT state, attempts FROM f_wechat_rollouttarget ORDER BY position',
  );
  expect(targets.map(({ state, attempts }) => [state, attempts])).toEqual([
    ['succeeded', 0],
    ['succeeded', 0],
    ['succeeded', 0],
    ['succeeded', 1],
  ]);
  const releases = await rows<{ state: string; status: number; reason: string | null }>(
    "SELECT state, status, reason FROM f_wechat_submitaudit WHERE user_version = '2.0.1' ORDER BY status, submitaudit_id",
  );
  expect(releases.map(({ state, status }) => [state, status])).toEqual([
    ...Array.from({ length: 4 }, () => ['released', 0]),
    ['superseded', 1],
  ]);
  expect(releases[4]?.reason).toContain('测试店铺');

  for (const secret of [...suite.secretValues(), ...(await secretsOfRun(suite))]) expect(output).not.toContain(secret);
});
