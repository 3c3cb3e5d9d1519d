import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { IsInt } from 'class-validator';
import { createConnection } from 'mysql2/promise';
import { DataSource } from 'typeorm';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessLogEntity } from '#persistence';
import { createEmptySchema, createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../queues/testing/redis.js';
import {
  AccessLog,
  type Client,
  ClientStore,
  ConfigError,
  CurrentClient,
  DomainError,
  Needs,
  Public,
  type RunningService,
  runService,
  ServiceConfig,
  StartError,
} from '../index.js';

class Thing {
  @IsInt() readonly size!: number;
}

@Controller()
class ThingController {
  constructor(
    private readonly accessLog: AccessLog,
    private readonly dataSource: DataSource,
  ) {}

  /** Answers when nobody else holds the lock of this name in MySQL. */
  @Get('waits-for/:lock') @Public() async waits(@Param('lock') lock: string) {
    await this.dataSource.query('SELECT GET_LOCK(?, 60) + RELEASE_LOCK(?)', [lock, lock]);
    return {};
  }
  @Get('open') @Public() open() {
    return { open: true };
  }
  @Get('things/:authorizer_appid') @Needs('tokens.reveal') get(
    @CurrentClient() client: Client,
    @Param('authorizer_appid') appid: string,
  ) {
    this.accessLog.record({ clientId: client.clientId, action: 'thing.read', authorizerAppid: appid, outcome: 'ok' });
    return { client: client.name };
  }
  @Post('things') @Needs('proxy.call') post(@Body() thing: Thing) {
    return thing;
  }
  @Get('refused') @Public() refused() {
    throw new DomainError('wechat-refused', 'WeChat said no.', {
      wechat: { errcode: 40001, errmsg: 'x', rid: '1-2-3' },
      remedy: 'try later',
      retryAfterS: 7,
    });
  }
  @Get('broken') @Public() broken() {
    throw new Error('refreshtoken@@@secret fell over');
  }
  @Get('closed') closed() {
    return {};
  }
}

@Module({ controllers: [ThingController] })
class ThingModule {}

const definition = { app: 'things', title: 'Things', description: '', config: ServiceConfig, imports: () => [ThingModule] };

let database: TestDatabase;
let redis: TestRedis;
let service: RunningService;
let env: Record<string, string>;
let base: string;
let management: string;

const component = () => ({
  component_appid: 'wx1234567890abcdef',
  component_appsecret: randomBytes(16).toString('hex'),
  push_tokens: ['Abc123def'],
  encoding_aes_keys: [randomBytes(40).toString('base64').replace(/[+/=]/g, 'a').slice(0, 43)],
});

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: '0',
    LOG_LEVEL: 'fatal',
    DATABASE_START_TIMEOUT_S: '0',
    WXPLANE_COMPONENTS: JSON.stringify({ components: [component()] }),
    WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  };
  service = await runService(definition, env);
  base = `http://127.0.0.1:${service.httpPort}`;
  management = `http://127.0.0.1:${service.managementPort}`;
});

afterAll(async () => {
  await service?.stop('end of test');
  await Promise.all([database?.drop(), redis?.stop()]);
});

async function call(path: string, options: { key?: string; body?: unknown } = {}) {
  const response = await request(`${base}${path}`, {
    method: options.body === undefined ? 'GET' : 'POST',
    headers: {
      ...(options.key ? { authorization: `Bearer ${options.key}` } : {}),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await response.body.text();
  return { status: response.statusCode, headers: response.headers, json: JSON.parse(text) as Record<string, unknown>, text };
}

describe('a service', () => {
  it('answers public routes, with a request id', async () => {
    const { status, json, headers } = await call('/open');
    expect({ status, json }).toEqual({ status: 200, json: { open: true } });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('lets nobody in without a client, and names what is missing', async () => {
    expect(await call('/closed')).toMatchObject({ status: 401, json: { type: 'urn:wxplane:problem:unauthenticated' } });
    expect((await call('/closed')).headers['content-type']).toContain('application/problem+json');
    expect(await call('/closed', { key: 'wxp_nonsense' })).toMatchObject({ status: 401 });
    const stranger = `wxp_${randomBytes(8).toString('hex')}_${randomBytes(24).toString('hex')}`;
    expect(await call('/closed', { key: stranger })).toMatchObject({ status: 401 });
  });

  it('holds a client to its scopes, its authorizers and its life', async () => {
    const clients = service.app.get(ClientStore);
    const { key } = await clients.create({ name: 'shop', scopes: ['authorizer-token'], authorizers: ['wxa'] });
    expect(await call('/things/wxa', { key })).toMatchObject({ status: 200, json: { client: 'shop' } });
    expect(await call('/things/wxb', { key })).toMatchObject({
      status: 403,
      json: { detail: 'Client "shop" may not act for wxb.' },
    });
    expect(await call('/things', { key, body: { size: 1 } })).toMatchObject({
      status: 403,
      json: { detail: 'Client "shop" lacks the permission proxy.call, which the scope proxy gives.' },
    });
    expect(await call('/closed', { key })).toMatchObject({ status: 403 });
    const expired = await clients.create({ name: 'old', scopes: ['authorizer-token'], expiresAt: new Date(Date.now() - 1_000) });
    expect(await call('/things/wxa', { key: expired.key })).toMatchObject({ status: 401 });
    const admin = await clients.create({ name: 'admin', scopes: ['admin'] });
    expect(await call('/things/wxa', { key: admin.key })).toMatchObject({ status: 200 });
    // A route that names no permission was forgotten.
    expect(await call('/closed', { key: admin.key })).toMatchObject({ status: 403 });
  });

  it('names each member of a request that is wrong', async () => {
    const { key } = await service.app.get(ClientStore).create({ name: 'p', scopes: ['proxy'] });
    expect(await call('/things', { key, body: { size: 'x', other: 1 } })).toMatchObject({
      status: 400,
      json: { errors: [{ field: 'other' }, { field: 'size' }] },
    });
    expect(await call('/things', { key, body: { size: 3 } })).toMatchObject({ status: 201, json: { size: 3 } });
  });

  it('passes on what WeChat said, and hides what fell over', async () => {
    const refused = await call('/refused');
    expect(refused).toMatchObject({ status: 502, json: { wechat: { errcode: 40001, rid: '1-2-3' }, remedy: 'try later' } });
    expect(refused.headers['retry-after']).toBe('7');
    const broken = await call('/broken');
    expect(broken).toMatchObject({ status: 500, json: { type: 'urn:wxplane:problem:internal' } });
    expect(broken.text).not.toContain('secret');
    expect(await call('/nowhere')).toMatchObject({ status: 404, json: { type: 'urn:wxplane:problem:not-found' } });
  });

  it('describes itself, and tells how it is', async () => {
    expect((await call('/docs/openapi.json')).json['paths']).toHaveProperty('/things');
    const ready = await request(`${management}/health/ready`);
    expect([ready.statusCode, await ready.body.json()]).toEqual([
      200,
      {
        status: 'up',
        checks: {
          mysql: { status: 'up' },
          progress: { status: 'up' },
          redis: { status: 'up' },
          clock: { status: 'up', behind_database_s: expect.any(Number) },
        },
      },
    ]);
    expect(await (await request(`${management}/metrics`)).body.text()).toContain('process_cpu_seconds_total');
    expect((await request(`${base}/metrics`)).statusCode).toBe(404);
  });

  it('writes the audit log before it stops', async () => {
    const own = await runService(definition, env);
    own.app.get(AccessLog).record({ action: 'thing.last', outcome: 'ok' });
    await own.stop('test');
    expect(await database.dataSource.getRepository(AccessLogEntity).countBy({ action: 'thing.last' })).toBe(1);
  });
});

describe('a pool whose connections are all taken', () => {
  it('answers 503 to what finds no place to wait, stays in service, and recovers', async () => {
    const own = await runService(definition, { ...env, DATABASE_POOL_SIZE: '1' });
    const ask = async (lock: string) => {
      const { statusCode, body } = await request(`http://127.0.0.1:${own.httpPort}/waits-for/${lock}`);
      return { statusCode, document: (await body.json()) as { type?: string } };
    };
    const holder = await createConnection(database.url);
    try {
      const [held, free] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
      await holder.query('SELECT GET_LOCK(?, 0)', [held]);
      // One has the connection, 200 may wait.
      const answers: Awaited<ReturnType<typeof ask>>[] = [];
      const asked = Array.from({ length: 221 }, async () => void answers.push(await ask(held)));
      await expect.poll(() => answers.length).toBe(20);
      const ready = await request(`http://127.0.0.1:${own.managementPort}/health/ready`);
      expect([ready.statusCode, await ready.body.json()]).toMatchObject([200, { checks: { mysql: { status: 'up' } } }]);
      for (const { statusCode, document } of answers)
        expect({ statusCode, type: document.type }).toEqual({ statusCode: 503, type: expect.stringMatching(/unavailable$/) });
      await holder.query('SELECT RELEASE_LOCK(?)', [held]);
      await Promise.all(asked);
      expect(answers.slice(20).map(({ statusCode }) => statusCode)).toEqual(Array(201).fill(200));
      expect((await ask(free)).statusCode).toBe(200);
    } finally {
      await holder.end();
      await own.stop('test');
    }
  });
});

describe('the audit log', () => {
  it('is not stopped by what one caller sends: too long words are cut, the rest is written', async () => {
    const own = await runService(definition, env);
    const log = own.app.get(AccessLog);
    log.record({ action: 'thing.before', outcome: 'ok' });
    log.record({
      action: 'thing.long',
      componentAppid: 'x'.repeat(500),
      ip: '1'.repeat(90),
      subject: '😀'.repeat(300),
      outcome: 'ok',
    });
    log.record({ action: 'thing.after', outcome: 'ok' });
    await own.stop('test');
    const written = await database.dataSource.query(
      "SELECT action, component_appid FROM f_wechat_accesslog WHERE action LIKE 'thing.%' ORDER BY 1",
    );
    expect(written.map((row: { action: string }) => row.action)).toEqual(
      expect.arrayContaining(['thing.after', 'thing.before', 'thing.long']),
    );
    expect(written.find((row: { action: string }) => row.action === 'thing.long').component_appid).toHaveLength(64);
  });
});

describe('a start that cannot succeed', () => {
  const start = (change: Record<string, string>) => runService(definition, { ...env, ...change });

  it('says which key is wrong', async () => {
    await expect(start({ REDIS_URL: '' })).rejects.toThrow(new ConfigError([{ key: 'REDIS_URL', problem: 'is not set' }]));
    await expect(start({ DATABASE_CA_FILE: '/nowhere/ca.pem' })).rejects.toThrow(
      new ConfigError([{ key: 'DATABASE_CA_FILE', problem: 'the file cannot be read (ENOENT)' }]),
    );
    await expect(start({ WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(16).toString('base64')}` })).rejects.toThrow(
      'WXPLANE_ENCRYPTION_KEYS: entry 1 (key id "k1") is not 32 bytes',
    );
  });

  it('says that the database cannot be reached, or is older than the build', async () => {
    await expect(start({ DATABASE_URL: 'mysql://root@127.0.0.1:1/x' })).rejects.toThrow(
      new StartError('DATABASE_URL: the database cannot be reached (ECONNREFUSED)'),
    );
    const empty = await createEmptySchema();
    await expect(start({ DATABASE_URL: empty.url })).rejects.toThrow('npm run migrate');
    await empty.drop();
  });
});
