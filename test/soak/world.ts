import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { Agent, request } from 'undici';
import { newAccounts } from '../../scripts/lib/accounts.ts';
import type { Child } from '../../scripts/lib/child.ts';
import { bytesOf } from '../../scripts/lib/encryption-keys.ts';
import { type LocalServer, startMariadb } from '../../scripts/lib/mariadb.ts';
import { startRedis } from '../../scripts/lib/redis.ts';
import { type DevSecrets, newDevSecrets } from '../../scripts/lib/secrets.ts';
import {
  bareEnv,
  baseUrl,
  choosePorts,
  RELEASE_APP_SCOPES,
  SERVICES,
  type ServiceName,
  SuiteRunner,
} from '../../scripts/lib/suite.ts';
import { SandboxControl } from '../support/sandbox.ts';
import { ALL_SCOPES } from '../support/suite.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Ingress } from './ingress.ts';

export type ServerName = 'mariadb' | 'redis';
export type Side = 0 | 1;

export interface WorldSettings {
  /** Everything of the run is written here. */
  readonly folder: string;
  /** Replicas of the release app; the others have two. */
  readonly releaseReplicas: 1 | 2;
  readonly logLevel: string;
  readonly sandboxSettings: Readonly<Record<string, unknown>>;
  readonly report: (line: string) => void;
  /** Told of the world before anything is started in it. */
  readonly created?: (world: World) => void;
}

export interface Answer<T = Record<string, unknown>> {
  /** 0: no answer. */
  readonly status: number;
  readonly body: T;
}

/** Where it runs and what it may reach. Everything else is as in production: what only short intervals mend is not mended. */
const ENV = {
  // As in a container of the size that k8s/base gives: without a bound V8 takes what the machine has, and memory says nothing.
  NODE_OPTIONS: '--max-semi-space-size=8 --max-old-space-size=192',
  SUBSCRIBER_ALLOW_HTTP: 'true',
  SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.0/8',
  // Reviews take seconds here, not days: what asks whether they have ended is as much faster.
  RELEASE_AUDIT_POLL_S: '10',
};

/** The real apps in two sides of replicas, the sandbox as WeChat, and proxies between each side and its databases. */
export class World {
  readonly settings: WorldSettings;
  readonly secrets: DevSecrets = newDevSecrets();
  readonly proxies: Record<ServerName, [FaultProxy, FaultProxy]> = {} as never;
  readonly servers: Record<ServerName, LocalServer> = {} as never;
  readonly sides: SuiteRunner[] = [];
  /** Replicas that were started and not killed since; readiness is not asked, as no load balancer knows it at once. */
  readonly running = new Set<Child>();
  control!: SandboxControl;
  ingress!: Ingress;
  key!: string;
  /** Exit codes of replicas that ended by themselves. */
  readonly crashes: string[] = [];
  readonly #agent = new Agent({ connections: 64, keepAliveTimeout: 5_000, connectTimeout: 1_000 });
  #database: Connection | undefined;
  #stopping = false;

  private constructor(settings: WorldSettings) {
    this.settings = settings;
  }

  static async start(settings: WorldSettings): Promise<World> {
    const world = new World(settings);
    settings.created?.(world);
    try {
      await world.#prepare();
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  get component(): string {
    return this.secrets.component.component_appid;
  }

  /** `/v1/components/<ours>` and what follows. */
  path(rest: string): string {
    return `/v1/components/${this.component}${rest}`;
  }

  /** Which replicas there are of an app. */
  replicas(app: ServiceName): Side[] {
    return app === 'release' && this.settings.releaseReplicas === 1 ? [0] : [0, 1];
  }

  url(app: ServiceName, side: Side): string {
    return baseUrl((this.sides[side] as SuiteRunner).settings.ports, app);
  }

  child(app: ServiceName | 'sandbox', side: Side): Child | undefined {
    return this.sides[side]?.children.get(app);
  }

  /** Base URLs of the replicas that run. */
  targets(app: ServiceName): string[] {
    return this.replicas(app)
      .filter((side) => {
        const child = this.child(app, side);
        return child !== undefined && this.running.has(child);
      })
      .map((side) => this.url(app, side));
  }

  /** Calls an app, any replica of it that runs unless told. Never throws: no answer is status 0. */
  async api<T = Record<string, unknown>>(
    app: ServiceName,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    { timeoutMs = 12_000, headers = {} }: { timeoutMs?: number; headers?: Record<string, string> } = {},
  ): Promise<Answer<T>> {
    const targets = this.targets(app);
    const target = targets[Math.floor(Math.random() * targets.length)];
    if (!target) return { status: 0, body: {} as T };
    try {
      const answer = await request(`${target}${path}`, {
        method,
        dispatcher: this.#agent,
        headers: {
          authorization: `Bearer ${this.key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await answer.body.text();
      return { status: answer.statusCode, body: (text ? JSON.parse(text) : {}) as T };
    } catch {
      return { status: 0, body: {} as T };
    }
  }

  /** Reads past the proxies. */
  async rows<T = Record<string, unknown>>(sql: string, values: (string | number)[] = []): Promise<T[]> {
    this.#database ??= await createConnection({
      uri: this.servers.mariadb.url,
      timezone: 'Z',
      charset: 'utf8mb4',
      supportBigNumbers: true,
    });
    const [rows] = await this.#database.query<RowDataPacket[]>(sql, values);
    return rows as T[];
  }

  /** Tells Redis something, past the proxies. */
  async redis(...command: readonly string[]): Promise<void> {
    const redis = new Redis(this.servers.redis.url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
    redis.on('error', () => {});
    try {
      await redis.connect();
      const [name, ...args] = command as [string, ...string[]];
      await redis.call(name, ...args);
    } finally {
      redis.disconnect();
    }
  }

  /** Ends what MariaDB is doing at this moment for the apps; their connections stay. */
  async killStatements(): Promise<void> {
    const running = await this.rows<{ id: number }>(
      "SELECT id FROM information_schema.processlist WHERE command = 'Query' AND id <> CONNECTION_ID() AND db = 'wxplane'",
    );
    // Over before it could be ended: no matter.
    for (const { id } of running) await this.rows(`KILL QUERY ${Number(id)}`).catch(() => {});
  }

  async startApp(app: ServiceName, side: Side): Promise<void> {
    const runner = this.sides[side] as SuiteRunner;
    for (;;) {
      try {
        const child = await runner.start(app);
        this.running.add(child);
        void child.exited.then((exit) => {
          if (this.running.delete(child) && !this.#stopping) {
            this.crashes.push(`${app} ${side}: ${exit.signal ?? `exit code ${exit.code}`}`);
            void this.startApp(app, side);
          }
        });
        return;
      } catch (error) {
        if (this.#stopping) return;
        // It gives up when a database is away for long; so does Kubernetes' first try.
        await runner.children.get(app)?.kill();
        if (!/exit code (75|69|1)\b|not ready/.test((error as Error).message)) throw error;
      }
    }
  }

  async killApp(app: ServiceName, side: Side): Promise<void> {
    const child = this.child(app, side);
    if (!child) return;
    this.running.delete(child);
    await child.kill();
  }

  async stopServer(name: ServerName, how: 'kill' | 'stop'): Promise<void> {
    this.#database?.destroy();
    this.#database = undefined;
    await (how === 'kill' ? this.servers[name].child.kill() : this.servers[name].child.stop(20_000));
  }

  /** At the same port, with the data it had. */
  async startServer(name: ServerName): Promise<void> {
    const folder = join(this.settings.folder, name);
    this.servers[name] = await (name === 'redis' ? startRedis({ folder }) : startMariadb({ folder }));
  }

  /** What must be in no log: see test/support/secrets.ts. */
  secretValues(): string[] {
    const { component_appsecret, push_token, encoding_aes_key } = this.secrets.component;
    const keys = bytesOf(this.secrets.encryption_keys);
    const passwords = Object.values(this.servers).map(({ url }) => new URL(url).password);
    return [component_appsecret, push_token, encoding_aes_key, ...keys, ...passwords, ...Object.values(this.secrets.client_keys)];
  }

  logFolders(): string[] {
    return [0, 1].map((side) => join(this.settings.folder, `logs-${side}`));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.running.clear();
    this.#database?.destroy();
    await Promise.all(this.sides.map((side) => side.stop()));
    await this.ingress?.stop();
    await this.#agent.destroy();
    for (const pair of Object.values(this.proxies)) await Promise.all(pair.map((proxy) => proxy.stop()));
    await Promise.all(Object.values(this.servers).map((server) => server.child.stop(30_000)));
  }

  async #prepare(): Promise<void> {
    const { folder, report } = this.settings;
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    report('starting MariaDB and Redis');
    const [mariadb, redis] = await Promise.allSettled([
      startMariadb({ folder: join(folder, 'mariadb') }),
      startRedis({ folder: join(folder, 'redis') }),
    ]);
    if (mariadb.status === 'fulfilled') this.servers.mariadb = mariadb.value;
    if (redis.status === 'fulfilled') this.servers.redis = redis.value;
    for (const result of [mariadb, redis]) if (result.status === 'rejected') throw result.reason;
    for (const name of ['mariadb', 'redis'] as const) {
      const { port } = this.servers[name];
      this.proxies[name] = [await FaultProxy.start(port), await FaultProxy.start(port)];
    }
    this.ingress = new Ingress(this.secrets.component, () => this.targets('ingestion'));
    const pushUrl = `${await this.ingress.start()}/wechat/${this.component}`;
    const ports = await choosePorts();
    const others = { ...(await choosePorts()), sandbox: ports.sandbox };
    const accounts = newAccounts('wxplane');
    for (const side of [0, 1] as const) {
      this.sides.push(
        new SuiteRunner({
          databaseUrl: through(this.servers.mariadb.url, this.proxies.mariadb[side]),
          accounts,
          redisUrl: through(this.servers.redis.url, this.proxies.redis[side]),
          ports: side === 0 ? ports : others,
          secrets: this.secrets,
          folder: join(folder, `side-${side}`),
          logs: join(folder, `logs-${side}`),
          baseEnv: {
            ...bareEnv(),
            NODE_ENV: 'test',
            LOG_LEVEL: this.settings.logLevel,
            PUBLIC_BASE_URL: baseUrl(ports, 'broker'),
            ...ENV,
          },
          sandboxComponent: {
            auth_event_url: `${pushUrl}/events`,
            message_event_url: `${pushUrl}/$APPID$/messages`,
            message_tries: 3,
            auth_event_repeats: 5,
            push_retry_ms: 700,
          },
          sandboxConfig: { settings: this.settings.sandboxSettings },
        }),
      );
    }
    report('migrating, starting the apps');
    const [first] = this.sides as [SuiteRunner];
    await first.migrate();
    this.key = await first.createClient('soak', ALL_SCOPES);
    this.secrets.client_keys['suite'] = await first.createClient('release app', RELEASE_APP_SCOPES);
    await first.start('sandbox');
    this.control = new SandboxControl(baseUrl(ports, 'sandbox'));
    await Promise.all(SERVICES.flatMap((app) => this.replicas(app).map((side) => this.startApp(app, side))));
  }
}

function through(url: string, proxy: FaultProxy): string {
  const address = new URL(url);
  address.port = String(proxy.port);
  return address.href;
}
