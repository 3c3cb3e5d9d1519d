import { randomBytes } from 'node:crypto';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../queues/testing/redis.js';
import { AccessLog, ClientStore, Needs, type RunningService, runService, ServiceConfig } from '../index.js';

@Controller('v1/things')
class Things {
  @Get(':authorizer_appid')
  @Needs('releases.read')
  read() {
    return {};
  }

  @Post(':authorizer_appid')
  @Needs('releases.make')
  write() {
    return {};
  }
}

@Module({ controllers: [Things] })
class ThingsModule {}

let database: TestDatabase;
let redis: TestRedis;
let service: RunningService;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  service = await runService(
    { app: 'things', title: 'Things', description: '', config: ServiceConfig, imports: () => [ThingsModule] },
    {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: '0',
      LOG_LEVEL: 'fatal',
      TRUST_PROXY: '1',
      WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      WXPLANE_COMPONENTS: JSON.stringify({
        components: [
          {
            component_appid: 'wx00000000000000c0',
            component_appsecret: randomBytes(16).toString('hex'),
            push_tokens: [randomBytes(10).toString('hex')],
            encoding_aes_keys: [randomBytes(22).toString('hex').slice(0, 43)],
          },
        ],
      }),
    },
  );
});
afterAll(async () => {
  await service?.stop('the test is over');
  await redis?.stop();
  await database?.drop();
});

const ask = (key: string, from: string, method = 'GET', body?: string) =>
  fetch(`http://127.0.0.1:${service.httpPort}/v1/things/wx00000000000000aa`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'x-forwarded-for': from, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body } : {}),
  });
const entries = async (where: string): Promise<Record<string, unknown>[]> => {
  await service.app.get(AccessLog).flush();
  return database.dataSource.query(
    `SELECT client_id, actor_kind, subject, reason, permission, authorizer_appid, ip, peer_ip, times
       FROM f_wechat_accesslog WHERE action = 'request.refused' AND ${where} ORDER BY accesslog_id`,
  );
};
const unknown = (number: number) => `wxp_${number.toString(16).padStart(16, '0')}_${'0'.repeat(48)}`;

it('counts what is refused again and again: one entry of the first time, one of all others', async () => {
  const { key } = await service.app.get(ClientStore).create({ name: 'may nothing', scopes: [] });
  for (let count = 0; count < 30; count += 1) expect((await ask(key, '203.0.113.9')).status).toBe(403);
  const about = {
    client_id: key.split('_')[1],
    actor_kind: 'key',
    subject: 'GET /v1/things/:authorizer_appid',
    reason: 'forbidden',
    permission: 'releases.read',
    ip: '203.0.113.9',
  };
  expect(await entries("ip = '203.0.113.9'")).toEqual([
    { ...about, authorizer_appid: 'wx00000000000000aa', peer_ip: '127.0.0.1', times: 1 },
    { ...about, authorizer_appid: null, peer_ip: null, times: 29 },
  ]);
});

it('names the id of a key that nobody made, and never its secret, before the body is read as well', async () => {
  const secret = 'abcdef'.repeat(8);
  expect((await ask(`wxp_00000000000000ff_${secret}`, '203.0.113.10', 'POST', '{"a":1}')).status).toBe(401);
  const [entry, ...more] = await entries("ip = '203.0.113.10'");
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ client_id: '00000000000000ff', actor_kind: 'stranger', reason: 'unauthenticated' });
  const all = JSON.stringify(await database.dataSource.query('SELECT * FROM f_wechat_accesslog'));
  expect(all).not.toContain(secret);
});

it('holds a flood of ever new names to few entries', async () => {
  for (let count = 0; count < 200; count += 1) await ask(unknown(count), '203.0.113.11');
  const found = await entries("ip = '203.0.113.11'");
  expect(found.length).toBeLessThan(60);
  expect(found.reduce((sum, { times }) => sum + Number(times), 0)).toBe(200);
});
