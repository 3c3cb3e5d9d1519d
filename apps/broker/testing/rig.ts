import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Bull from 'bull';
import type { DataSource } from 'typeorm';
import { BINDINGS, createDataSource, EventEntity, migrate, parseEncryptionKeys, SecretBox, TicketEntity } from '#persistence';
import { eventJobId, QUEUE_POLICY, QUEUE_PREFIX, QUEUES } from '#queues';
import { ClientStore, type NewClient } from '#service';
import { parseEvent } from '#wechat';
import { createTestAccounts } from '../../../libs/persistence/testing/accounts.js';
import { type LocalServices, startLocalServices } from '../../../scripts/lib/local-services.ts';
import { startMariadb } from '../../../scripts/lib/mariadb.ts';
import { freePort } from '../../../scripts/lib/ports.ts';
import { startRedis } from '../../../scripts/lib/redis.ts';
import { type ComponentSecrets, newDevSecrets } from '../../../scripts/lib/secrets.ts';
import { bareEnv } from '../../../scripts/lib/suite.ts';
import { createTestDatabase, testDatabaseServer } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/eventually.js';
import { SandboxControl } from '../../../test/support/sandbox.js';
import { BrokerProcess } from './broker-process.js';
import { startWechat } from './sandbox.js';
import { type StoppableServer, stoppable } from './stoppable.js';

export interface RigOptions {
  readonly brokers?: number;
  readonly components?: number;
  /** Environment of every broker. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further fields of every component in the sandbox. */
  readonly component?: Readonly<Record<string, unknown>>;
  /** Further fields of the brokers' components file, by the number of the component. */
  readonly componentsFile?: Readonly<Record<number, object>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A MariaDB of its own, for tests that stop it. There is always a Redis of its own. */
  readonly ownDatabase?: boolean;
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface Token {
  readonly access_token: string;
  readonly expires_in: number;
  readonly cache_seconds: number;
  readonly stale?: boolean;
  readonly type?: string;
}

/** Brokers as processes, the sandbox as WeChat, and the tables in our own hands: events are delivered when a test says so. */
export class Rig {
  readonly brokers: BrokerProcess[] = [];
  components: ComponentSecrets[] = [];
  control!: SandboxControl;
  services!: LocalServices;
  database!: DataSource;
  databaseUrl!: string;
  box!: SecretBox;
  key!: string;
  private otherDatabase: DataSource | undefined;
  private env!: NodeJS.ProcessEnv;
  private folder!: string;
  private readonly undo: (() => unknown)[] = [];

  static async start(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig();
    try {
      await rig.prepare(options);
      for (let i = 0; i < (options.brokers ?? 1); i += 1) await rig.addBroker();
      return rig;
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const step of this.undo.splice(0).reverse()) await step();
  }

  get redisUrl(): string {
    return this.services.redisUrl;
  }

  /** Where that Redis keeps its `redis.pid`. */
  get redisFolder(): string {
    return join(this.folder, 'redis');
  }

  /** Everything the brokers have printed. */
  output(): string {
    return this.brokers.map((broker) => broker.child.output()).join('\n');
  }

  async addBroker(env: Readonly<Record<string, string>> = {}): Promise<BrokerProcess> {
    const [port, management] = [await freePort(), await freePort()];
    const broker = new BrokerProcess(`http://127.0.0.1:${port}`, `http://127.0.0.1:${management}`, {
      ...this.env,
      HTTP_PORT: String(port),
      MANAGEMENT_PORT: String(management),
      ...env,
    });
    this.undo.push(() => broker.child?.stop(10_000));
    await broker.start();
    this.brokers.push(broker);
    return broker;
  }

  async client(request: Partial<NewClient> & Pick<NewClient, 'scopes'>): Promise<string> {
    return (await new ClientStore(this.database).create({ name: 'test', ...request })).key;
  }

  async api<T = unknown>(
    path: string,
    { method = 'GET', body, key = this.key, broker = 0, headers = {} }: ApiOptions = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.brokers[broker]?.url}${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T };
  }

  path(appid?: string, component = 0): string {
    const base = `/v1/components/${this.components[component]?.component_appid}`;
    return appid ? `${base}/authorizers/${appid}` : base;
  }

  token(appid?: string, options: ApiOptions & { component?: number } = {}): Promise<Answer<Token>> {
    return this.api<Token>(`${this.path(appid, options.component)}/token`, options);
  }

  report(
    token: string,
    appid?: string,
    options: ApiOptions & { component?: number } = {},
  ): Promise<Answer<Token & { refreshed: boolean }>> {
    return this.api(`${this.path(appid, options.component)}/token/report-invalid`, {
      ...options,
      method: 'POST',
      body: { token },
    });
  }

  /** A ticket as ingestion would store it. */
  async pushTicket(component = 0, pushedAt = new Date()): Promise<void> {
    const appid = this.components[component]!.component_appid;
    await this.control.post(`/components/${appid}/ticket`);
    const ticket = await this.lastPush(appid, 'component_verify_ticket');
    const event = parseEvent(ticket);
    if (event.kind !== 'component_verify_ticket') throw new Error('that is no ticket');
    await this.database.getRepository(TicketEntity).insert({
      componentAppid: appid,
      ticket: this.box.seal(event.ComponentVerifyTicket, BINDINGS.ticket(appid, pushedAt)),
      pushedAt,
      createTime: new Date(),
    });
  }

  /** The plaintext of the newest push of that kind; of an authorizer's, where several authorize at the same time. */
  async lastPush(componentAppid: string, kind: string, authorizerAppid = ''): Promise<string> {
    const { pushes } = await this.control.get<{ pushes: { xml: string }[] }>(
      `/pushes?kind=${kind}&component_appid=${componentAppid}&limit=20&reveal=1`,
    );
    const push = pushes.find(({ xml }) => xml.includes(authorizerAppid));
    if (!push) throw new Error(`no push of kind ${kind}`);
    return push.xml;
  }

  /** An event as ingestion would record and hand it over. @returns its id */
  async deliver(xml: string, component = 0, authorizerAppid: string | null = null): Promise<string> {
    const event = parseEvent(xml);
    const componentAppid = this.components[component]!.component_appid;
    const dedupeKey = Math.random().toString(16).slice(2).padEnd(64, '0');
    const row = await this.database.getRepository(EventEntity).save({
      componentAppid,
      authorizerAppid: 'AuthorizerAppid' in event ? (event.AuthorizerAppid as string) : authorizerAppid,
      family: event.family,
      kind: event.kind,
      dedupeKey,
      receivedAt: new Date(),
      createTime: new Date(event.createTime * 1_000),
      payload: this.box.seal(xml, BINDINGS.event(componentAppid, dedupeKey)),
      state: 'queued',
    });
    await this.enqueue(row.eventId);
    return row.eventId;
  }

  async enqueue(eventId: string, replay?: string): Promise<void> {
    const queue = new Bull(QUEUES.brokerEvents, this.redisUrl, { prefix: QUEUE_PREFIX });
    await queue.add('event', { eventId }, { ...QUEUE_POLICY[QUEUES.brokerEvents], jobId: eventJobId(eventId, replay) });
    await queue.close();
  }

  /** What the broker noted about an event, once it has. */
  effect(eventId: string): Promise<{ state: string; note: string | null }> {
    return eventually(`event ${eventId} to have its effect`, async () => {
      const [row] = await this.database.query(
        "SELECT state, note FROM f_wechat_eventeffect WHERE event_id = ? AND consumer = 'broker'",
        [eventId],
      );
      return row;
    });
  }

  async merchant(appid: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.control.post('/merchants', { appid, kind: 'miniprogram', nick_name: `店 ${appid} 🌺`, ...more });
  }

  /** The merchant authorizes; its event is delivered and has its effect. */
  async authorize(appid: string, component = 0, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const componentAppid = this.components[component]!.component_appid;
    const { info_type } = await this.control.post<{ info_type: string }>('/authorizations', {
      component_appid: componentAppid,
      merchant_appid: appid,
      always_push: true,
      ...more,
    });
    const id = await this.deliver(await this.lastPush(componentAppid, info_type, appid), component);
    const effect = await this.effect(id);
    if (effect.state !== 'done') throw new Error(`the authorization of ${appid} was not taken: ${effect.note}`);
  }

  /** The rig's own servers, to be stopped and started again at the same addresses. Needs `ownDatabase` for MariaDB. */
  servers(): { redis: StoppableServer; mariadb: StoppableServer } {
    const folder = this.folder;
    return {
      redis: stoppable(
        join(folder, 'redis'),
        'redis.pid',
        () => startRedis({ folder: join(folder, 'redis'), relaxed: true }),
        this.undo,
      ),
      mariadb: stoppable(
        join(folder, 'mariadb'),
        'mariadbd.pid',
        () => startMariadb({ folder: join(folder, 'mariadb'), relaxed: true }),
        this.undo,
      ),
    };
  }

  /** A further migrated schema on the same server, as another environment has it. */
  async anotherSchema(): Promise<string> {
    const url = new URL(this.databaseUrl);
    const name = `wxplane_other_${Math.random().toString(16).slice(2, 10)}`;
    await this.database.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    url.pathname = `/${name}`;
    this.otherDatabase = await createDataSource({ url: url.href }).initialize();
    this.undo.push(() => this.otherDatabase?.destroy());
    await migrate(this.otherDatabase);
    return this.brokersUrl(url.href);
  }

  /** Asks the other schema. */
  async askOther<T>(sql: string): Promise<T[]> {
    if (!this.otherDatabase) throw new Error('there is no other schema');
    return this.otherDatabase.query(sql);
  }

  /** A client of a broker that has the other schema. */
  async clientIn(_broker: number, request: Partial<NewClient> & Pick<NewClient, 'scopes'>): Promise<string> {
    if (!this.otherDatabase) throw new Error('there is no other schema');
    return (await new ClientStore(this.otherDatabase).create({ name: 'test', ...request })).key;
  }

  /** Calls of WeChat's API since the last `forgetCalls`. */
  async calls(api: string): Promise<number> {
    const { counts } = await this.control.get<{ counts: Record<string, number> }>('/calls/counts');
    return Object.entries(counts).find(([path]) => path.endsWith(`/${api}`))?.[1] ?? 0;
  }

  async forgetCalls(): Promise<void> {
    await this.control.delete('/calls');
  }

  async liveness(token: string): Promise<string> {
    return (await this.control.post<{ state: string }>('/tokens/check', { token })).state;
  }

  /** Makes the broker think that a token is in the last part of its life, or over. */
  async age(remainingS: number, appid = '', component = 0): Promise<void> {
    await this.database.query(
      `UPDATE f_wechat_accesstoken SET expires_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND, refreshed_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND,
              generation = generation + 1 WHERE component_appid = ? AND authorizer_appid = ? AND kind IN ('component', 'authorizer')`,
      [remainingS, remainingS - 7_200, this.components[component]!.component_appid, appid],
    );
    await this.forgetCopies(appid, component);
  }

  /** What an invalidation message does. */
  async forgetCopies(appid = '', component = 0): Promise<void> {
    const { Redis } = await import('ioredis');
    const redis = new Redis(this.redisUrl);
    const key = `${appid ? 'authorizer' : 'component'}:${this.components[component]!.component_appid}:${appid}`;
    const [row] = await this.database.query(
      'SELECT generation FROM f_wechat_accesstoken WHERE component_appid = ? AND authorizer_appid = ?',
      [this.components[component]!.component_appid, appid],
    );
    await redis.del(`{wxplane}:token:${key}`);
    await redis.publish(
      'wxplane:invalidate:0',
      JSON.stringify({ type: 'token', key, generation: Number(row?.generation ?? 0), from: 'test' }),
    );
    await new Promise((resolve) => setTimeout(resolve, 150));
    redis.disconnect();
  }

  /** The address for brokers, by an account of theirs on a schema that has been migrated. */
  private async brokersUrl(administratorUrl: string): Promise<string> {
    const accounts = await createTestAccounts(administratorUrl);
    // A test may have stopped its server for good.
    this.undo.push(() => accounts.drop().catch(() => {}));
    return accounts.urlOf('broker');
  }

  private async prepare(options: RigOptions): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'wxplane-broker-'));
    this.undo.push(() => rmSync(this.folder, { recursive: true, force: true }));
    const shared = options.ownDatabase ? undefined : testDatabaseServer();
    this.services = await startLocalServices({ folder: this.folder, relaxed: true, databaseUrl: shared });
    this.undo.push(() => this.services.stop());
    this.databaseUrl = this.services.databaseUrl;
    if (shared) {
      const schema = await createTestDatabase('broker');
      this.undo.push(() => schema.drop());
      this.databaseUrl = schema.url;
    }
    this.database = await createDataSource({ url: this.databaseUrl }).initialize();
    this.undo.push(() => this.database.isInitialized && this.database.destroy());
    await migrate(this.database);

    const secrets = newDevSecrets();
    this.components = [
      secrets.component,
      ...Array.from({ length: (options.components ?? 1) - 1 }, () => newDevSecrets().component),
    ].map((component, index) => ({ ...component, component_appid: `wx00000000000000c${index}` }));
    // What the brokers write by default; and tests move tickets and tokens by their times and generations, which v2 is bound to.
    this.box = new SecretBox(parseEncryptionKeys(secrets.encryption_keys), { write: 'v1' });
    const publicUrl = 'http://127.0.0.1:9';
    const sandboxUrl = await startWechat(
      {
        folder: this.folder,
        components: this.components,
        authorizationDomain: new URL(publicUrl).host,
        more: options.component,
        settings: options.settings,
      },
      this.undo,
    );
    this.control = new SandboxControl(sandboxUrl);

    const components = this.components.map(({ push_token, encoding_aes_key, ...rest }, index) => ({
      ...rest,
      ...options.componentsFile?.[index],
      push_tokens: [push_token],
      encoding_aes_keys: [encoding_aes_key],
    }));
    const componentsFile = join(this.folder, 'components.json');
    writeFileSync(componentsFile, JSON.stringify({ components }), { mode: 0o600 });
    this.env = {
      ...bareEnv(),
      NODE_ENV: 'test',
      DATABASE_URL: await this.brokersUrl(this.databaseUrl),
      REDIS_URL: this.redisUrl,
      WXPLANE_ENCRYPTION_KEYS: secrets.encryption_keys,
      WXPLANE_COMPONENTS_FILE: componentsFile,
      WECHAT_API_BASE_URL: sandboxUrl,
      WECHAT_MP_BASE_URL: sandboxUrl,
      WECHAT_OPEN_BASE_URL: sandboxUrl,
      HTTP_HOST: '127.0.0.1',
      MANAGEMENT_HOST: '127.0.0.1',
      PUBLIC_BASE_URL: publicUrl,
      ...options.env,
    };
    this.key = await this.client({ scopes: ['admin'] });
    for (const index of this.components.keys()) await this.pushTicket(index);
  }
}

export interface ApiOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly key?: string | null;
  /** Which of the brokers. Default the first. */
  readonly broker?: number;
  readonly headers?: Readonly<Record<string, string>>;
}
