import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.js';
import { reencrypt, SecretBox } from './index.js';

const older = { id: 'k1', key: randomBytes(32) };
const newer = { id: 'k2', key: randomBytes(32) };
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db?.drop());

const write = (appid: string, token: string) =>
  db.dataSource.query(
    `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, create_time, is_cancel) VALUES ('wxc', ?, ?, UTC_TIMESTAMP(), 0)`,
    [appid, token],
  );
const stored = async (): Promise<string[]> =>
  (await db.dataSource.query('SELECT authorizer_refresh_token AS t FROM f_wechat_refreshtoken ORDER BY refresh_id')).map(
    (row: { t: string }) => row.t,
  );

it('brings plain text and older keys under the newest one, goes on after a stop, and leaves what nobody can read', async () => {
  const before = new SecretBox([older]);
  for (let i = 0; i < 25; i += 1) await write(`wx${i}`, before.seal(`refreshtoken@@@${i}`, 'refreshtoken'));
  await write('wxplain', 'refreshtoken@@@plain');
  await write('wxlost', new SecretBox([{ id: 'k0', key: randomBytes(32) }]).seal('x', 'refreshtoken'));

  const box = new SecretBox([newer, older]);
  const stop = new AbortController();
  await expect(
    reencrypt(db.dataSource, box, {
      batch: 5,
      pauseMs: 0,
      signal: stop.signal,
      onProgress: ({ rewritten }) => rewritten >= 5 && stop.abort(),
    }),
  ).rejects.toThrow();
  const half = (await stored()).filter((text) => text.startsWith('enc:v1:k2:')).length;
  expect(half).toBeGreaterThanOrEqual(5);
  expect(half).toBeLessThan(26);

  const report = await reencrypt(db.dataSource, box, { batch: 5, pauseMs: 0 });
  expect(report.find(({ column }) => column === 'authorizer_refresh_token')).toMatchObject({
    rewritten: 26 - half,
    unreadable: 1,
  });
  const texts = await stored();
  const only = new SecretBox([newer]);
  expect(texts.slice(0, 25).map((text) => only.open(text, 'refreshtoken'))).toEqual(
    Array.from({ length: 25 }, (_, i) => `refreshtoken@@@${i}`),
  );
  expect(only.open(texts[25]!, 'refreshtoken')).toBe('refreshtoken@@@plain');
  expect(texts[26]).toMatch(/^enc:v1:k0:/);
});
