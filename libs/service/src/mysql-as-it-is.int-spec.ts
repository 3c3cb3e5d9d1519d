import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource, databaseTrouble, inTransaction, migrate } from '#persistence';
import { type LocalServer, startMariadb } from '../../../scripts/lib/mariadb.ts';
import { createTestRedis, type TestRedis } from '../../queues/testing/redis.js';
import { Public, type RunningService, runService, ServiceConfig } from './index.js';

@Controller()
class AskController {
  constructor(private readonly dataSource: DataSource) {}

  @Get('ask/:what') @Public() async ask(@Param('what') what: string) {
    // Both come at once, or not within the life of this test.
    if (what === 'too-long') await this.dataSource.query('SET STATEMENT max_statement_time = 0.01 FOR SELECT SLEEP(600)');
    else await this.dataSource.query('SELECT SLEEP(600)');
    return {};
  }
}

@Module({ controllers: [AskController] })
class AskModule {}

const definition = { app: 'asks', title: 'Asks', description: '', config: ServiceConfig, imports: () => [AskModule] };

/** Passes everything on, but cuts the first connection whose client says this. */
function cuttingProxy(port: number, word: string): { server: Server; cuts: () => number } {
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.on('data', (data) => {
      if (cuts > 0 || !data.includes(word)) return upstream.write(data);
      cuts += 1;
      client.destroy();
      return upstream.destroy();
    });
    upstream.pipe(client);
    client.on('close', () => upstream.destroy());
  });
  return { server, cuts: () => cuts };
}

describe('an app on a MySQL as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-service-'));
  let server: LocalServer;
  let redis: TestRedis;
  let root: DataSource;
  let service: RunningService;
  let env: Record<string, string>;

  beforeAll(async () => {
    [server, redis] = await Promise.all([startMariadb({ folder, relaxed: true }), createTestRedis()]);
    root = await createDataSource({ url: server.url, poolSize: 3 }).initialize();
    await migrate(root);
    const component = {
      component_appid: 'wx1234567890abcdef',
      component_appsecret: randomBytes(16).toString('hex'),
      push_tokens: ['Abc123def'],
      encoding_aes_keys: [randomBytes(40).toString('base64').replace(/[+/=]/g, 'a').slice(0, 43)],
    };
    env = {
      DATABASE_URL: server.url,
      REDIS_URL: redis.url,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: '0',
      LOG_LEVEL: 'fatal',
      DATABASE_START_TIMEOUT_S: '0',
      WXPLANE_COMPONENTS: JSON.stringify({ components: [component] }),
      WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    };
    service = await runService(definition, env);
  });
  afterAll(async () => {
    await service?.stop('end of test');
    await root?.destroy();
    await Promise.all([server?.child.stop(), redis?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (what: string) => {
    const response = await fetch(`http://127.0.0.1:${service.httpPort}/ask/${what}`);
    const { type } = (await response.json()) as { type: string };
    return { status: response.status, type, retryAfter: response.headers.get('retry-after') };
  };
  const unavailable = { status: 503, type: 'urn:wxplane:problem:unavailable', retryAfter: '2' };
  const asking = (what: string) =>
    expect.poll(
      async () => {
        const [row] = await root.query(
          `SELECT id FROM information_schema.PROCESSLIST WHERE info LIKE ? AND id <> CONNECTION_ID() ORDER BY id DESC`,
          [`${what}%`],
        );
        return row?.id as string | undefined;
      },
      { timeout: 20_000 },
    );

  it('answers 503 and when to come again when a statement takes longer than the server allows', async () => {
    expect(await ask('too-long')).toEqual(unavailable);
  });

  it('answers 503 and when to come again when an operator kills the statement, or its connection', async () => {
    for (const what of ['QUERY', 'CONNECTION']) {
      const answer = ask('killed');
      await asking('SELECT SLEEP').toBeDefined();
      const [{ id }] = await root.query(`SELECT id FROM information_schema.PROCESSLIST WHERE info LIKE 'SELECT SLEEP%'`);
      await root.query(`KILL ${what} ${id}`);
      expect(await answer).toEqual(unavailable);
    }
  });

  it('knows MySQL’s own words for that', () => {
    const failed = (code: string, errno: number) => Object.assign(new Error('x'), { code, errno, sqlState: 'HY000' });
    expect(databaseTrouble(failed('ER_QUERY_INTERRUPTED', 1317))).toBe('interrupted');
    expect(databaseTrouble(failed('ER_QUERY_TIMEOUT', 3024))).toBe('interrupted');
    expect(databaseTrouble(failed('ER_CLIENT_INTERACTION_TIMEOUT', 4031))).toBe('unreachable');
  });

  it('repeats a transaction of which a statement was killed, with one effect', async () => {
    await root.query('CREATE TABLE IF NOT EXISTS tally (id int PRIMARY KEY, n int) ENGINE = InnoDB');
    await root.query('REPLACE INTO tally VALUES (1, 0)');
    let runs = 0;
    await inTransaction(root, async (manager) => {
      runs += 1;
      await manager.query('UPDATE tally SET n = n + 1 WHERE id = 1');
      if (runs === 1) await manager.query('SET STATEMENT max_statement_time = 0.01 FOR SELECT SLEEP(600)');
    });
    expect(runs).toBe(2);
    expect(await root.query('SELECT n FROM tally')).toEqual([{ n: 1 }]);
  });

  it('says that the primary is read-only, and stays in service', async () => {
    const ready = async () => {
      const response = await fetch(`http://127.0.0.1:${service.managementPort}/health/ready`);
      const { checks } = (await response.json()) as { checks: { mysql: { status: string; problem?: string } } };
      return { code: response.status, ...checks.mysql };
    };
    const watched = async () =>
      (await (await fetch(`http://127.0.0.1:${service.managementPort}/metrics`)).text()).includes(
        'wxplane_stalled_seconds{what="mysql"}',
      );
    expect(await watched()).toBe(true);
    await root.query('SET GLOBAL read_only = ON');
    try {
      await expect.poll(ready).toMatchObject({ code: 200, status: 'degraded', problem: expect.stringMatching(/^read-only/) });
    } finally {
      await root.query('SET GLOBAL read_only = OFF');
    }
    await expect.poll(ready).toMatchObject({ status: 'up' });
  });

  it('goes on with its start, as long as DATABASE_START_TIMEOUT_S says, when MySQL dies in the middle of it', async () => {
    const proxy = cuttingProxy(server.port, 'f_wechat_migration');
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    const url = new URL(server.url);
    url.port = String((proxy.server.address() as AddressInfo).port);
    const own = await runService(definition, { ...env, DATABASE_URL: url.href, DATABASE_START_TIMEOUT_S: '60' });
    await own.stop('test');
    proxy.server.close();
    expect(proxy.cuts()).toBe(1);
  });
});
