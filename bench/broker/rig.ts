import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import {
  AuthorizerEntity,
  BINDINGS,
  createDataSource,
  migrate,
  parseEncryptionKeys,
  RefreshTokenEntity,
  SecretBox,
  TicketEntity,
} from '#persistence';
import { ClientStore } from '#service';
import { answersOk, Child } from '../../scripts/lib/child.ts';
import { type LocalServices, startLocalServices } from '../../scripts/lib/local-services.ts';
import { freePort } from '../../scripts/lib/ports.ts';
import { type DevSecrets, newDevSecrets } from '../../scripts/lib/secrets.ts';
import { bareEnv } from '../../scripts/lib/suite.ts';
import { imageEnv, imageFiles } from '../lib/image.ts';
import type { LoadPlan, LoadResult } from '../lib/load.ts';
import { cpuSeconds, LOAD_CORE, pinned, runLoad, SERVER_CORE } from '../lib/processes.ts';

const LIB = join(import.meta.dirname, '../lib');
const ROOT = join(import.meta.dirname, '../..');
/** Where nobody listens: a call of WeChat would be a failure of the benchmark. */
const NOBODY = 'http://127.0.0.1:9';

/** The broker's own component. */
export const COMPONENT = 'wx00000000000000c0';
export const authorizer = (index: number) => `wx${index.toString(16).padStart(16, '0')}`;
export const tokenPath = (appid: string) => `/v1/components/${COMPONENT}/authorizers/${appid}/token`;
export const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
export const number = (value: number) => Math.round(value).toLocaleString('en');

/** A server that is measured, on a core of its own where the machine lets us choose. */
export interface Server {
  readonly child: Child;
  readonly port: number;
  readonly url: string;
}

/** MariaDB, Redis, as many brokers as a part wants and, if it wants, the sandbox as WeChat. */
export class BrokerRig {
  readonly secrets: DevSecrets = newDevSecrets();
  readonly box = new SecretBox(parseEncryptionKeys(this.secrets.encryption_keys));
  readonly folder = mkdtempSync(join(tmpdir(), 'wxplane-bench-'));
  services!: LocalServices;
  database!: DataSource;
  redis!: Redis;
  /** Of a client that may read every authorizer's token. */
  key!: string;
  sandbox: string | undefined;
  private files!: string;
  private readonly undo: (() => unknown)[] = [() => rmSync(this.folder, { recursive: true, force: true })];
  private leaving: Promise<void> | undefined;

  async start(): Promise<void> {
    // Servers have process groups of their own: they would outlive an interrupted run.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void this.stop().finally(() => process.exit(1)));
    this.files = await imageFiles('broker', this.folder);
    this.services = await startLocalServices({ folder: this.folder, relaxed: true });
    this.undo.push(() => this.services.stop());
    this.database = await createDataSource({ url: this.services.databaseUrl }).initialize();
    this.undo.push(() => this.database.destroy());
    await migrate(this.database);
    this.redis = new Redis(this.services.redisUrl);
    this.undo.push(() => this.redis.disconnect());
    this.key = (await new ClientStore(this.database).create({ name: 'bench', scopes: ['authorizer-token'] })).key;
  }

  stop(): Promise<void> {
    this.leaving ??= (async () => {
      for (const step of this.undo.reverse()) await step();
    })();
    return this.leaving;
  }

  /** What stands in for WeChat, with the broker's component and others, and a ticket that is stored as ingestion does it. */
  async startSandbox(others: readonly string[], component: Readonly<Record<string, unknown>>): Promise<void> {
    const file = join(this.folder, 'sandbox.json');
    const fields = {
      ...this.secrets.component,
      auth_event_url: `${NOBODY}/events`,
      message_event_url: `${NOBODY}/$APPID$/messages`,
      authorization_domain: '127.0.0.1:9',
      ticket_first_retry_s: 0,
      ...component,
    };
    const components = [COMPONENT, ...others].map((component_appid) => ({ ...fields, component_appid }));
    writeFileSync(file, JSON.stringify({ components }), { mode: 0o600 });
    const port = await freePort();
    const child = new Child({
      name: 'sandbox',
      ...pinned(LOAD_CORE, ['dist/apps/sandbox/src/main.js']),
      cwd: ROOT,
      env: { ...bareEnv(), SANDBOX_HOST: '127.0.0.1', SANDBOX_PORT: String(port), SANDBOX_CONFIG_FILE: file },
    });
    this.undo.push(() => child.stop(5_000));
    this.sandbox = `http://127.0.0.1:${port}`;
    await child.waitUntil(() => answersOk(`${this.sandbox}/_control/health`), 60_000);
    const now = new Date();
    await this.database.getRepository(TicketEntity).insert({
      componentAppid: COMPONENT,
      ticket: this.box.seal(await this.ticket(COMPONENT), BINDINGS.ticket(COMPONENT, now)),
      pushedAt: now,
      createTime: now,
    });
  }

  /** The component verify ticket that the sandbox would take. */
  async ticket(component: string): Promise<string> {
    await this.control(`/components/${component}/ticket`, {});
    const { pushes } = await this.control<{ pushes: { xml: string }[] }>(
      `/pushes?kind=component_verify_ticket&component_appid=${component}&limit=1&reveal=1`,
    );
    const ticket = /<ComponentVerifyTicket>(?:<!\[CDATA\[)?([^\]<]+)/.exec(pushes[0]?.xml ?? '')?.[1];
    if (!ticket) throw new Error('the sandbox pushed no ticket');
    return ticket;
  }

  async control<T>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<T> {
    const response = await fetch(`${this.sandbox}/_control${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Calls of WeChat since the last `DELETE /calls`, by the end of their path. */
  async calls(): Promise<Readonly<Record<string, number>>> {
    const { counts } = await this.control<{ counts: Record<string, number> }>('/calls/counts');
    return Object.fromEntries(Object.entries(counts).map(([path, count]) => [path.split('/').at(-1) ?? path, count]));
  }

  /** Merchants who have authorized a component. @returns refresh tokens by appid */
  async authorized(count: number, prefix: string, component: string): Promise<Readonly<Record<string, string>>> {
    const wanted = { count, kind: 'miniprogram', appid_prefix: prefix, authorize_to: component, exchanged: true };
    return (await this.control<{ refresh_tokens: Record<string, string> }>('/merchants/bulk', wanted)).refresh_tokens;
  }

  /** Merchants whose authorization is known to the broker as well. @returns their appids */
  async merchants(count: number, prefix: string): Promise<string[]> {
    const refresh_tokens = await this.authorized(count, prefix, COMPONENT);
    const appids = Object.keys(refresh_tokens);
    const now = new Date();
    await this.database.getRepository(RefreshTokenEntity).insert(
      appids.map((authorizerAppid) => ({
        componentAppid: COMPONENT,
        authorizerAppid,
        refreshToken: this.box.seal(refresh_tokens[authorizerAppid] ?? '', BINDINGS.refreshToken(COMPONENT, authorizerAppid)),
        createTime: now,
        isCancel: 0,
      })),
    );
    await this.database.getRepository(AuthorizerEntity).insert(
      appids.map((authorizerAppid) => ({
        componentAppid: COMPONENT,
        authorizerAppid,
        kind: 'mini_program' as const,
        nickName: authorizerAppid,
        createdAt: now,
        updatedAt: now,
      })),
    );
    return appids;
  }

  /** A broker with the files and options of its image. */
  async startBroker(env: Readonly<Record<string, string>> = {}): Promise<Broker> {
    const { push_token, encoding_aes_key, component_appsecret } = this.secrets.component;
    const [port, management] = [await freePort(), await freePort()];
    const child = new Child({
      name: 'broker',
      ...pinned(SERVER_CORE, ['dist/apps/broker/src/main.js']),
      cwd: this.files,
      env: {
        ...bareEnv(),
        NODE_ENV: 'production',
        ...imageEnv('broker'),
        LOG_LEVEL: 'error',
        DATABASE_URL: this.services.databaseUrl,
        REDIS_URL: this.services.redisUrl,
        WXPLANE_ENCRYPTION_KEYS: this.secrets.encryption_keys,
        WXPLANE_COMPONENTS: JSON.stringify({
          components: [
            { component_appid: COMPONENT, component_appsecret, push_tokens: [push_token], encoding_aes_keys: [encoding_aes_key] },
          ],
        }),
        WECHAT_API_BASE_URL: this.sandbox ?? NOBODY,
        PUBLIC_BASE_URL: NOBODY,
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(port),
        MANAGEMENT_HOST: '127.0.0.1',
        MANAGEMENT_PORT: String(management),
        ...env,
      },
    });
    this.undo.push(() => child.stop());
    await child.waitUntil(() => answersOk(`http://127.0.0.1:${management}/health/ready`), 60_000);
    return { child, port, url: `http://127.0.0.1:${port}` };
  }

  async startBare(): Promise<Server> {
    const port = await freePort();
    const child = new Child({
      name: 'bare server',
      ...pinned(SERVER_CORE, [join(LIB, 'bare-server.ts'), String(port), this.key]),
      cwd: ROOT,
      env: bareEnv(),
    });
    this.undo.push(() => child.stop());
    await child.waitUntil(async () => child.output().includes('ready'), 10_000);
    return { child, port, url: `http://127.0.0.1:${port}` };
  }

  plan(port: number, paths: readonly string[], seconds: number): LoadPlan {
    return { port, connections: 32, seconds, paths, authorization: `Bearer ${this.key}`, order: 'random' };
  }
}

export type Broker = Server;

export const load = (plan: LoadPlan): Promise<LoadResult> => runLoad<LoadResult>('load.ts', plan);

/** A load, and how many requests were answered per second of the server's processor time. */
export async function measured(server: Server, plan: LoadPlan): Promise<LoadResult & { perCpuSecond: number }> {
  const before = cpuSeconds(server.child.pid);
  const result = await load(plan);
  return { ...result, perCpuSecond: result.answers / (cpuSeconds(server.child.pid) - before) };
}

/** Memory in RAM now, and the most there ever was, MB. */
export function residentMb(server: Server): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  const mb = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1_024;
  return { now: mb('VmRSS'), most: mb('VmHWM') };
}
