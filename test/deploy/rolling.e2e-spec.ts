import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startLocalServices } from '../../scripts/lib/local-services.ts';
import { newDevSecrets } from '../../scripts/lib/secrets.ts';
import {
  bareEnv,
  baseUrl,
  choosePorts,
  managementUrl,
  RELEASE_APP_SCOPES,
  type ServiceName,
  SuiteRunner,
} from '../../scripts/lib/suite.ts';
import { createTestDatabase, type TestDatabase, testDatabaseServer } from '../support/database.ts';
import { SandboxControl } from '../support/sandbox.ts';

// Many files and processes: minutes on a busy machine.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 });

const merchant = 'wx00000000000000aa';

/** Two replicas of ingestion, broker and release, as processes, and a load balancer that sends to whoever says it is ready. */
describe('a rolling update of the whole suite', () => {
  const undo: (() => unknown)[] = [];
  let database: TestDatabase;
  let runners: [SuiteRunner, SuiteRunner];
  let control: SandboxControl;
  let clientKey: string;
  const secrets = newDevSecrets();
  const { component_appid } = secrets.component;
  const agent = new Agent({ keepAliveTimeout: 30_000 });

  /** Who was ready when the balancer last looked, by app. */
  const ready: Record<ServiceName, string[]> = { ingestion: [], broker: [], release: [] };
  let balancing = true;
  const look = async () => {
    for (const app of ['ingestion', 'broker', 'release'] as const) {
      const states = await Promise.all(
        runners.map(async ({ settings: { ports } }) => {
          try {
            const { statusCode, body } = await request(`${managementUrl(ports, app)}/health/ready`, { headersTimeout: 1_000 });
            await body.dump();
            return statusCode === 200 ? [baseUrl(ports, app)] : [];
          } catch {
            return [];
          }
        }),
      );
      ready[app] = states.flat();
    }
  };
  const balance = async () => {
    while (balancing) {
      await look();
      await sleep(50);
    }
  };

  /** What WeChat's pushes go through: the Ingress. */
  async function startIngress(): Promise<Server> {
    let turn = 0;
    const server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const target = ready.ingestion[turn++ % ready.ingestion.length];
        if (!target) {
          response.writeHead(503).end();
          return;
        }
        request(`${target}${incoming.url}`, {
          method: 'POST',
          body: Buffer.concat(chunks),
          headers: { 'content-type': incoming.headers['content-type'] ?? 'text/xml' },
          dispatcher: agent,
        })
          .then(async (answer) => response.writeHead(answer.statusCode).end(await answer.body.text()))
          .catch(() => response.writeHead(502).end());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wxplane-rolling-'));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const servers = await startLocalServices({ folder, relaxed: true, databaseUrl: testDatabaseServer() });
    undo.push(() => servers.stop());
    database = await createTestDatabase('rolling');
    undo.push(() => database.drop());
    const ingress = await startIngress();
    undo.push(
      () => ingress.close(),
      () => agent.close(),
    );
    const pushUrl = `http://127.0.0.1:${(ingress.address() as AddressInfo).port}/wechat/${component_appid}`;
    const ports = await choosePorts();
    const others = { ...(await choosePorts()), sandbox: ports.sandbox };
    const runner = (index: number) =>
      new SuiteRunner({
        databaseUrl: database.url,
        accounts: database.accounts,
        redisUrl: servers.redisUrl,
        ports: index === 0 ? ports : others,
        secrets,
        folder: join(folder, `replica-${index}`),
        baseEnv: { ...bareEnv(), NODE_ENV: 'test', LOG_LEVEL: 'info', STOP_DELAY_S: '1' },
        // One try: a push that fails once is a push that failed.
        sandboxComponent: {
          auth_event_url: `${pushUrl}/events`,
          message_event_url: `${pushUrl}/$APPID$/messages`,
          message_tries: 1,
        },
      });
    runners = [runner(0), runner(1)];
    undo.push(() => Promise.all(runners.map((one) => one.stop())));
    await runners[0].migrate();
    clientKey = await runners[0].createClient('tests', ['admin']);
    secrets.client_keys['suite'] = await runners[0].createClient('release app', RELEASE_APP_SCOPES);
    await runners[0].start('sandbox');
    await Promise.all((['ingestion', 'broker', 'release'] as const).map((app) => runners[0].start(app)));
    await look();
    const balancer = balance();
    undo.push(async () => {
      balancing = false;
      await balancer;
    });
    control = new SandboxControl(baseUrl(ports, 'sandbox'));
    await control.post(`/components/${component_appid}/ticket`);
    await control.post('/merchants', { appid: merchant, kind: 'mp', user_name: 'gh_00000000000a' });
    await control.post('/authorizations', { component_appid, merchant_appid: merchant });
  });
  afterAll(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  const readToken = async () => {
    const [target] = [...ready.broker].sort(() => Math.random() - 0.5);
    const { statusCode, body } = await request(`${target}/v1/components/${component_appid}/authorizers/${merchant}/token`, {
      headers: { authorization: `Bearer ${clientKey}` },
      dispatcher: agent,
    });
    return { statusCode, answer: (await body.json()) as { access_token?: string; type?: string } };
  };

  it('fails no token read, and loses no push', async () => {
    await expect.poll(async () => (await readToken()).statusCode).toBe(200);

    const failures: string[] = [];
    let reads = 0;
    let pushes = 0;
    let loading = true;
    const reader = async () => {
      while (loading) {
        reads += 1;
        try {
          const { statusCode, answer } = await readToken();
          if (statusCode !== 200 || !answer.access_token) failures.push(`read: ${statusCode} ${answer.type}`);
        } catch (error) {
          failures.push(`read: ${(error as Error).message}`);
        }
        await sleep(5);
      }
    };
    const pusher = async () => {
      while (loading) {
        pushes += 1;
        const { push } = await control.post<{ push: { delivered: boolean; tries: readonly unknown[] } }>(
          `/merchants/${merchant}/messages`,
          {
            content: `message ${pushes}`,
          },
        );
        if (!push.delivered) failures.push(`push: ${JSON.stringify(push.tries)}`);
        await sleep(10);
      }
    };
    const load = [reader(), reader(), reader(), reader(), pusher(), pusher()];

    // The new replica first, then the old one goes: maxSurge 1, maxUnavailable 0.
    const [old, fresh] = runners;
    for (const app of ['ingestion', 'broker', 'release'] as const) {
      await fresh.start(app);
      await expect.poll(() => ready[app].length).toBe(2);
      const exit = await old.children.get(app)!.stop(30_000);
      expect(exit, app).toEqual({ code: 0, signal: null });
      await expect.poll(() => ready[app].length).toBe(1);
    }
    loading = false;
    await Promise.all(load);

    expect(failures).toEqual([]);
    expect(reads).toBeGreaterThan(200);
    expect(pushes).toBeGreaterThan(50);
    const connection = await createConnection({ uri: database.url });
    try {
      const count = async (sql: string) => Number((await connection.query<RowDataPacket[]>(sql))[0][0]?.['n']);
      expect(await count(`SELECT COUNT(*) AS n FROM f_wechat_event WHERE kind = 'message.text'`)).toBe(pushes);
      await expect.poll(() => count(`SELECT COUNT(*) AS n FROM f_wechat_event WHERE state = 'received'`)).toBe(0);
    } finally {
      await connection.end();
    }
  });
});
