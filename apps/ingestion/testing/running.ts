import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import { createDataSource, SecretBox } from '#persistence';
import { ClientStore, type RunningService, runService, type Scope } from '#service';
import { createTestAccounts } from '../../../libs/persistence/testing/accounts.js';
import { createTestDatabase } from '../../../libs/persistence/testing/database.js';
import { startRedis } from '../../../scripts/lib/redis.ts';
import { ingestionDefinition } from '../src/ingestion.definition.js';
import type { OwnServers } from './servers.js';
import { newPushKeys, type PushKeys } from './wechat.js';

export interface Running {
  readonly keys: PushKeys;
  readonly base: string;
  readonly management: string;
  /** By an account that may do everything; the service has its own. */
  readonly databaseUrl: string;
  readonly redis: Redis;
  readonly redisUrl: string;
  readonly service: RunningService;
  readonly secrets: SecretBox;
  readonly env: Readonly<Record<string, string>>;
  /** By an account that may do everything, for what the other apps do, and for looking. */
  readonly database: DataSource;
  query<T = Record<string, unknown>>(sql: string, params?: unknown[]): Promise<T[]>;
  /** A client of the HTTP API. @returns its key. */
  client(scopes: readonly Scope[], authorizers?: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface RunningOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly keys?: PushKeys;
  /** The previous token and key, while they are rotated. */
  readonly previous?: { readonly pushToken: string; readonly encodingAesKey: string };
  /** Instead of a schema on the shared server and a throw-away Redis. */
  readonly servers?: OwnServers;
}

export function componentsOf(keys: PushKeys, previous?: RunningOptions['previous']): string {
  return JSON.stringify({
    components: [
      {
        component_appid: keys.componentAppid,
        component_appsecret: randomBytes(16).toString('hex'),
        push_tokens: [keys.pushToken, ...(previous ? [previous.pushToken] : [])],
        encoding_aes_keys: [keys.encodingAesKey, ...(previous ? [previous.encodingAesKey] : [])],
      },
    ],
  });
}

/** The whole app inside this process, with a schema and a Redis of its own: Bull's keys have fixed names. */
export async function startIngestion(options: RunningOptions = {}): Promise<Running> {
  const keys = options.keys ?? newPushKeys();
  const { databaseUrl, ownUrl, redisUrl, release } = await backing(options.servers);
  const encryptionKey = randomBytes(32);
  const env = {
    DATABASE_URL: ownUrl,
    REDIS_URL: redisUrl,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: '0',
    LOG_LEVEL: 'fatal',
    SWEEP_INTERVAL_MS: '300',
    WXPLANE_COMPONENTS: componentsOf(keys, options.previous),
    WXPLANE_ENCRYPTION_KEYS: `k1:${encryptionKey.toString('base64')}`,
    SECRETS_WRITE: 'v2',
    ...options.env,
  };
  const service = await runService(ingestionDefinition, env);
  const redis = new Redis(redisUrl);
  redis.on('error', () => {});
  const dataSource = await createDataSource({ url: databaseUrl, poolSize: 3 }).initialize();
  return {
    keys,
    base: `http://127.0.0.1:${service.httpPort}`,
    management: `http://127.0.0.1:${service.managementPort}`,
    databaseUrl,
    redis,
    redisUrl,
    service,
    secrets: new SecretBox([{ id: 'k1', key: encryptionKey }]),
    env,
    database: dataSource,
    query: (sql, params) => dataSource.query(sql, params),
    client: async (scopes, authorizers) =>
      (await new ClientStore(dataSource).create({ name: 'tests', scopes, ...(authorizers ? { authorizers } : {}) })).key,
    async stop() {
      await service.stop('end of test');
      redis.disconnect();
      if (dataSource.isInitialized) await dataSource.destroy();
      await release();
    },
  };
}

async function backing(servers: OwnServers | undefined) {
  if (servers) {
    const { url } = servers.mariadb;
    const accounts = await createTestAccounts(url);
    return { databaseUrl: url, ownUrl: accounts.urlOf('ingestion'), redisUrl: servers.redis.url, release: async () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-ingestion-'));
  const [database, redis] = await Promise.all([createTestDatabase(), startRedis({ folder, relaxed: true })]);
  const release = async () => {
    await redis.child.stop(5_000);
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { databaseUrl: database.url, ownUrl: await database.urlOf('ingestion'), redisUrl: redis.url, release };
}

/** Waits until the condition holds; gives its value. Bounded, and says what it waited for. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined | false>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`it did not come to pass: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export interface ApiAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/** Calls the HTTP API with a client's key. */
export async function api<T = Record<string, unknown>>(
  app: Running,
  key: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<ApiAnswer<T>> {
  const response = await fetch(`${app.base}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
}
