import { readFileSync } from 'node:fs';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.js';
import { type Suite, startSuite } from './support/suite.js';

/*
 * A database as an older system left it: the source design's tables with that system's rows, plain-text refresh tokens among them.
 * The suite is put on top of it and must work on what it finds.
 */
let suite: Suite;
let database: Connection;

beforeAll(async () => {
  suite = await startSuite({
    name: 'older',
    beforeMigrate: async (databaseUrl) => {
      const connection = await createConnection({ uri: databaseUrl, multipleStatements: true, charset: 'utf8mb4' });
      await connection.query(readFileSync(new URL('../libs/persistence/testing/older-system.sql', import.meta.url), 'utf8'));
      await connection.end();
    },
    takeOver: true,
  });
  database = await createConnection({ uri: suite.databaseUrl, multipleStatements: true });
});

afterAll(async () => {
  await database?.end();
  await suite?.stop();
});

const c = () => `/v1/components/${suite.component.component_appid}`;

describe('on an older system’s database', () => {
  it('a plain-text refresh token is used, and is encrypted when it is written again', async () => {
    const { appids, refresh_tokens } = await suite.control.post<{ appids: string[]; refresh_tokens: Record<string, string> }>(
      '/merchants/bulk',
      {
        count: 1,
        authorize_to: suite.component.component_appid,
        exchanged: true,
        push: false,
      },
    );
    const merchant = appids[0]!;
    // As the older system wrote it, and then taken over as `migrate` takes over every such row.
    await database.query(
      `INSERT INTO f_wechat_refreshtoken (authorizer_refresh_token, authorizer_appid, create_time, is_cancel) VALUES (?, ?, '2024-01-01', 0);
       UPDATE f_wechat_refreshtoken SET component_appid = ? WHERE component_appid = '';
       INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, created_at, updated_at) VALUES (?, ?, NOW(3), NOW(3))`,
      [refresh_tokens[merchant], merchant, suite.component.component_appid, suite.component.component_appid, merchant],
    );
    const token = await eventually('a token', async () => {
      const { status, body } = await suite.api<{ access_token: string }>('broker', 'GET', `${c()}/authorizers/${merchant}/token`);
      return status === 200 ? body.access_token : undefined;
    });
    expect((await suite.control.post<{ state: string }>('/tokens/check', { token })).state).toBe('live');
    const [rows] = await database.query(
      'SELECT authorizer_refresh_token AS stored FROM f_wechat_refreshtoken WHERE authorizer_appid = ? AND is_cancel = 0',
      [merchant],
    );
    expect(rows).toEqual([{ stored: expect.stringMatching(/^enc:v1:/) }]);
  });

  it('its releases are listed with what they mean', async () => {
    const { status, body } = await suite.api<{
      items: { release_id: number; state: string; audit: { reason: string | null } }[];
    }>('release', 'GET', `${c()}/releases?limit=50`);
    expect(status).toBe(200);
    const states = Object.fromEntries(body.items.map((item) => [item.release_id, item.state]));
    expect(states).toMatchObject({ 1: 'released', 2: 'rejected', 5: 'withdrawn' });
    expect(body.items.find((item) => item.release_id === 2)?.audit.reason).toContain('小程序内容不符合规则');
    expect(body.items).toHaveLength(6);
  });
});
