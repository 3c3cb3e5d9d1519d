import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccountName, newAccounts, urlOf } from '../../scripts/lib/accounts.ts';
import type { Child } from '../../scripts/lib/child.ts';
import { bytesOf } from '../../scripts/lib/encryption-keys.ts';
import { startLocalServices } from '../../scripts/lib/local-services.ts';
import { type ComponentSecrets, newDevSecrets } from '../../scripts/lib/secrets.ts';
import {
  type AppName,
  bareEnv,
  baseUrl,
  choosePorts,
  managementUrl,
  RELEASE_APP_SCOPES,
  SERVICES,
  type ServiceEnv,
  type ServiceName,
  SuiteRunner,
} from '../../scripts/lib/suite.ts';
import { createTestDatabase, testDatabaseServer } from './database.ts';
import { SandboxControl } from './sandbox.ts';

/** May do everything. */
export const ALL_SCOPES = [
  'component-token',
  'component-operations',
  'authorizer-token',
  'authorizers:read',
  'authorizations:write',
  'proxy',
  'releases:read',
  'releases:write',
  'events:read',
  'subscriptions:write',
  'admin',
] as const;

export interface SuiteOptions {
  /** Recognised in the names of schemas. */
  readonly name?: string;
  /** More environment for one app: `{ broker: { LOG_LEVEL: 'debug' } }`. */
  readonly env?: Partial<Record<AppName, ServiceEnv>>;
  /** Further fields of the component in the sandbox, such as `ticket_interval_s`. */
  readonly sandboxComponent?: Readonly<Record<string, unknown>>;
  /** Further fields of the component in the apps' components file, such as `two_person`. */
  readonly componentsFile?: Readonly<Record<string, unknown>>;
  /** Further content of the sandbox's configuration file: `merchants`, `templates`, `settings`. */
  readonly sandboxConfig?: Readonly<Record<string, unknown>>;
  /** A MariaDB of its own as well (there is always a Redis of its own), for tests that stop it. */
  readonly ownDatabase?: boolean;
  /** Fills the empty schema before the migrations run: for databases that an older system left behind. */
  readonly beforeMigrate?: (databaseUrl: string) => Promise<void>;
  /** Rows of an older system are assigned to the suite's component. */
  readonly takeOver?: boolean;
  /** Only these services; the sandbox is always there. Default all. */
  readonly services?: readonly ServiceName[];
  /** The console as well. */
  readonly console?: boolean;
}

export interface ApiAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A whole running suite: the real apps as processes, the sandbox as WeChat, a schema and a Redis of its own. */
export interface Suite {
  /** Base URLs without a slash at the end. */
  readonly urls: Readonly<Record<AppName, string>>;
  /** Base URLs of the management ports. */
  readonly management: Readonly<Record<ServiceName, string>>;
  readonly component: ComponentSecrets;
  /** A client key that may do everything. */
  readonly clientKey: string;
  /** By an account that may do everything. */
  readonly databaseUrl: string;
  /** By the account of an app. */
  databaseUrlOf(account: AccountName): string;
  readonly redisUrl: string;
  /** WXPLANE_ENCRYPTION_KEYS of the apps. */
  readonly encryptionKeys: string;
  readonly control: SandboxControl;

  /** Calls an API with the client key (or another one; `null`: without). Never throws on a status. */
  api<T = unknown>(app: ServiceName, method: string, path: string, body?: unknown, key?: string | null): Promise<ApiAnswer<T>>;
  /** A further client. @returns its key. */
  createClient(name: string, scopes: readonly string[]): Promise<string>;
  /** An address that signs somebody in at the console, once. */
  consoleLink(name: string, group: 'demo-admins' | 'demo-viewers'): string;
  /** The process of an app, for signals. */
  process(app: AppName): Child;
  /** Starts an app again after it was stopped or killed, with the same addresses. */
  start(app: AppName): Promise<Child>;
  /** Everything all processes have printed so far. */
  output(): string;
  /** All the values of this run that must appear in no log: component secret, push token, AES key, keys. */
  secretValues(): string[];
  stop(): Promise<void>;
}

/**
 * Starts the suite from dist/ (build first). About five seconds.
 * @throws Error with the output of the part that did not start; nothing is left running then.
 */
export async function startSuite(options: SuiteOptions = {}): Promise<Suite> {
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-suite-'));
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    // Bull's keys and the invalidation channel have fixed names: suites that run at once must not share a Redis.
    const shared = options.ownDatabase ? undefined : testDatabaseServer();
    const servers = await startLocalServices({ folder, relaxed: true, databaseUrl: shared });
    undo.push(() => servers.stop());
    let databaseUrl = servers.databaseUrl;
    let accounts = newAccounts('wxplane');
    if (shared) {
      const database = await createTestDatabase(options.name ?? 'suite');
      undo.push(() => database.drop());
      databaseUrl = database.url;
      accounts = database.accounts;
    }

    const ports = await choosePorts();
    const secrets = newDevSecrets();
    const runner = new SuiteRunner({
      databaseUrl,
      accounts,
      redisUrl: servers.redisUrl,
      ports,
      secrets,
      folder,
      baseEnv: { ...bareEnv(), NODE_ENV: 'test', LOG_LEVEL: 'debug' },
      ...(options.console ? { console: true } : {}),
      ...(options.env ? { appEnv: options.env } : {}),
      ...(options.sandboxComponent ? { sandboxComponent: options.sandboxComponent } : {}),
      ...(options.componentsFile ? { component: options.componentsFile } : {}),
      ...(options.sandboxConfig ? { sandboxConfig: options.sandboxConfig } : {}),
    });
    undo.push(() => runner.stop());
    await options.beforeMigrate?.(databaseUrl);
    await runner.migrate(options.takeOver ? secrets.component.component_appid : undefined);
    const clientKey = await runner.createClient('tests', ALL_SCOPES);
    secrets.client_keys['suite'] = await runner.createClient('release app', RELEASE_APP_SCOPES);
    const started = ['sandbox' as const, ...(options.services ?? SERVICES), ...(options.console ? ['console' as const] : [])];
    await Promise.all(started.map((app) => runner.start(app)));

    const urls = { sandbox: '', ingestion: '', broker: '', release: '', console: '' };
    for (const app of ['sandbox', ...SERVICES, 'console'] as const) urls[app] = baseUrl(ports, app);
    return {
      urls,
      management: {
        ingestion: managementUrl(ports, 'ingestion'),
        broker: managementUrl(ports, 'broker'),
        release: managementUrl(ports, 'release'),
      },
      component: secrets.component,
      clientKey,
      databaseUrl,
      redisUrl: servers.redisUrl,
      databaseUrlOf: (account) => urlOf(databaseUrl, accounts, account),
      encryptionKeys: secrets.encryption_keys,
      control: new SandboxControl(urls.sandbox),
      api: (app, method, path, body, key = clientKey) => call(`${urls[app]}${path}`, method, body, key),
      createClient: (name, scopes) => runner.createClient(name, scopes),
      consoleLink: (name, group) => runner.consoleLink(name, group),
      process: (app) => {
        const child = runner.children.get(app);
        if (!child) throw new Error(`${app} was not started`);
        return child;
      },
      start: (app) => runner.start(app),
      output: () => runner.output(),
      secretValues: () => {
        const { component_appsecret, push_token, encoding_aes_key } = secrets.component;
        const keys = bytesOf(secrets.encryption_keys);
        return [component_appsecret, push_token, encoding_aes_key, ...keys, ...Object.values(secrets.client_keys)];
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function call<T>(url: string, method: string, body: unknown, key: string | null): Promise<ApiAnswer<T>> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T };
}
