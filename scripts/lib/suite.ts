import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { consoleKeyOf, makeLink } from '../../libs/service/src/identity/console-link.ts';
import { ACCOUNTS, type AccountName, accountsSetting, type DatabaseAccounts, urlOf } from './accounts.ts';
import { answersOk, Child, stopLeftover } from './child.ts';
import { keysFor } from './encryption-keys.ts';
import { formatEnv } from './env-file.ts';
import { LOCAL, ROOT } from './paths.ts';
import { freePort } from './ports.ts';
import type { ComponentSecrets, DevSecrets } from './secrets.ts';

export const APPS = ['sandbox', 'ingestion', 'broker', 'release', 'console'] as const;
export type AppName = (typeof APPS)[number];
/** The apps with an API; the sandbox only plays WeChat, and the console is pages. */
export const SERVICES = ['ingestion', 'broker', 'release'] as const;
export type ServiceName = (typeof SERVICES)[number];
/** What has a management port. */
export type ManagedName = ServiceName | 'console';

/** One port for each app, and a second one for the health and metrics of each service. */
export interface Ports {
  readonly sandbox: number;
  readonly ingestion: number;
  readonly broker: number;
  readonly release: number;
  readonly ingestionManagement: number;
  readonly brokerManagement: number;
  readonly releaseManagement: number;
  readonly console: number;
  readonly consoleManagement: number;
}

export type ServiceEnv = Readonly<Record<string, string | undefined>>;

export interface SuiteSettings {
  /** By the account of migrations. */
  readonly databaseUrl: string;
  /** Each app's own; without them all share that of `databaseUrl`. */
  readonly accounts?: DatabaseAccounts | undefined;
  readonly redisUrl: string;
  readonly ports: Ports;
  readonly secrets: DevSecrets;
  /** Generated files and process ids go here. */
  readonly folder: string;
  /** `<logs>/<app>.log`; without it output is only kept in memory. */
  readonly logs?: string;
  /** What the processes are given besides what is set here; nothing here can be overridden by it. */
  readonly baseEnv: ServiceEnv;
  /** Wins over everything, by app. */
  readonly appEnv?: Partial<Record<AppName, ServiceEnv>>;
  /** The checkout whose build is used; this one unless another is named. */
  readonly checkout?: string;
  /** Where the built files of an app are, if not in the checkout. */
  readonly places?: Partial<Record<AppName, string>>;
  /** With components of WeChat's: the file or document that holds them. No sandbox is used then. */
  readonly realComponents?: ServiceEnv;
  /** The sandbox keeps its world here; without it a restart forgets everybody. */
  readonly sandboxState?: string;
  /** Further fields of the component in the sandbox (see apps/sandbox/README.md). */
  readonly sandboxComponent?: Readonly<Record<string, unknown>>;
  /** Further fields of the component in the apps' own file, such as `two_person`. */
  readonly component?: Readonly<Record<string, unknown>>;
  /** The console is part of it, and an issuer that the apps trust. */
  readonly console?: boolean;
  /** Further fields of the sandbox's configuration file. */
  readonly sandboxConfig?: Readonly<Record<string, unknown>>;
}

/** What the key of the release app may do at the broker. */
export const RELEASE_APP_SCOPES = [
  'component-operations',
  'authorizer-token',
  'authorizers:read',
  // For onboardings:
  'authorizations:write',
  'registrations:write',
  'going-online:write',
] as const;

export const baseUrl = (ports: Ports, app: AppName): string => `http://127.0.0.1:${ports[app]}`;
export const managementUrl = (ports: Ports, app: ManagedName): string => `http://127.0.0.1:${ports[`${app}Management`]}`;

/** What people of these groups may do at a console that runs here. */
const DEMO_GROUPS = {
  'demo-admins': [
    'admin',
    'authorizers:read',
    'authorizations:write',
    'releases:read',
    'releases:write',
    'events:read',
    'subscriptions:write',
  ],
  'demo-viewers': ['authorizers:read', 'releases:read'],
} as const;

/** The whole path, so that a process of another checkout is never taken for one of ours. */
const MAIN = (app: string, place = ROOT) => join(place, 'dist', 'apps', app, 'src', 'main.js');
const READY_TIMEOUT_MS = 60_000;
/** Whoever takes our ports again and again wants something else than a port. */
const MOST_STARTS = 3;
/** Who asks the merchants on the launch page. */
const DEMO_BRAND = {
  name: '云桥小店助手',
  company: '云桥示例科技有限公司',
  contact: '400-000-0000',
  logo_url: `data:image/svg+xml;base64,${Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44"><rect width="44" height="44" rx="10" fill="#067d3f"/><path d="M8 28c0-9 6-14 14-14s14 5 14 14M8 28h28M15 28v-8M22 28V14M29 28v-8" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>',
  ).toString('base64')}`,
};
/** What the command line needs as well: how to reach servers that are not ours, and in which form secrets are written. */
const OF_THE_CLI = /^(DATABASE|REDIS|SECRETS)_/;

/** Picks the ports, those of `wanted` where they are free. */
export async function choosePorts(wanted: Partial<Ports> = {}): Promise<Ports> {
  const names = [...APPS, 'ingestionManagement', 'brokerManagement', 'releaseManagement', 'consoleManagement'] as const;
  const ports: Partial<Record<keyof Ports, number>> = {};
  for (const name of names) {
    let port = await freePort(wanted[name]);
    while (Object.values(ports).includes(port)) port = await freePort();
    ports[name] = port;
  }
  return ports as Ports;
}

/** Stops the apps that a killed run left behind. @returns their names. */
export async function stopLeftovers(folder: string): Promise<AppName[]> {
  const stopped = await Promise.all(
    APPS.map(async (app) => ((await stopLeftover(pidFileOf(folder, app), MAIN(app))) ? [app] : [])),
  );
  return stopped.flat();
}

const pidFileOf = (folder: string, app: AppName): string => join(folder, `${app}.pid`);

/** The processes of one suite. Each method starts what it names; nothing starts by itself. */
export class SuiteRunner {
  #settings: SuiteSettings;
  readonly children = new Map<AppName, Child>();
  /** Output of processes that were replaced by a restart. */
  #former = '';

  constructor(settings: SuiteSettings) {
    this.#settings = settings;
    mkdirSync(settings.folder, { recursive: true });
    if (settings.logs) mkdirSync(settings.logs, { recursive: true });
  }

  /** Its ports are others than at first where `startAll` found one taken. */
  get settings(): SuiteSettings {
    return this.#settings;
  }

  /**
   * Brings the schema up to date.
   * @param legacyComponent takes over the rows of an older system.
   * @returns the lines the command printed.
   */
  async migrate(legacyComponent?: string): Promise<string[]> {
    const output = await this.#command('migrate', ['dist/libs/persistence/src/migrate.js'], {
      DATABASE_URL: this.settings.databaseUrl,
      ...(this.settings.accounts ? { DATABASE_ACCOUNTS: accountsSetting(this.settings.accounts, this.#accountNames()) } : {}),
      ...(legacyComponent ? { LEGACY_COMPONENT_APPID: legacyComponent } : {}),
    });
    return output.trim().split('\n');
  }

  /** Makes a client of the HTTP APIs. @returns its key, which is shown this once. */
  async createClient(name: string, scopes: readonly string[]): Promise<string> {
    const args = [
      MAIN('cli', this.settings.checkout),
      'clients',
      'create',
      '--name',
      name,
      '--scopes',
      scopes.join(','),
      // The last release knows no such option.
      ...(this.settings.checkout ? [] : ['--rate-limit', '100000', '--return-hosts', '*']),
      '--json',
    ];
    const output = await this.#command('clients create', args, { ...this.#commonEnv('cli'), WXPLANE_AS: 'npm start' });
    const line = output.split('\n').find((text) => text.trimStart().startsWith('{'));
    const { key } = JSON.parse(line ?? output) as { key: string };
    return key;
  }

  /** What to type into WeChat's platform, as the command line tells it. */
  async consoleSettings(): Promise<string> {
    const { PUBLIC_BASE_URL, PUSH_BASE_URL, EGRESS_ECHO_URL } = this.settings.baseEnv;
    const launch = PUBLIC_BASE_URL ? [] : ['--launch-url', 'https://wx.example.com'];
    return this.#command('console-settings', [MAIN('cli'), 'console-settings', ...launch], {
      ...this.#commonEnv('cli'),
      PUBLIC_BASE_URL,
      PUSH_BASE_URL,
      EGRESS_ECHO_URL,
      WXPLANE_LOCAL_SUITE: 'false',
    });
  }

  /** Starts an app and waits until it says it is ready. @throws Error with the end of its output. */
  async start(app: AppName): Promise<Child> {
    const { ports } = this.settings;
    const pidFile = pidFileOf(this.settings.folder, app);
    const former = this.children.get(app);
    if (former) this.#former += former.output();
    const child = new Child({
      name: app,
      command: process.execPath,
      args: [MAIN(app, this.settings.places?.[app] ?? this.settings.checkout)],
      cwd: this.settings.checkout ?? ROOT,
      env: this.#env(app),
      pidFile,
      ...(this.settings.logs ? { logFile: join(this.settings.logs, `${app}.log`) } : {}),
    });
    this.children.set(app, child);
    const health = app === 'sandbox' ? `${baseUrl(ports, app)}/_control/health` : `${managementUrl(ports, app)}/health/ready`;
    // A build of an older release does not say who it is.
    const pid = this.settings.places?.[app] || this.settings.checkout ? undefined : child.pid;
    await child.waitUntil(() => answersOk(health, pid), READY_TIMEOUT_MS);
    return child;
  }

  /**
   * Starts apps side by side. Where another program took a port after it was chosen, all start again with a free one in its place:
   * each was told where the others are.
   * @param onReady told of each one that is ready
   * @throws Error with the end of the output of one that did not start
   */
  async startAll(apps: readonly AppName[], onReady: (app: AppName, child: Child) => void = () => {}): Promise<void> {
    for (let starts = 1; ; starts += 1) {
      let portTaken = false;
      const start = async (app: AppName) => {
        try {
          onReady(app, await this.start(app));
        } catch (error) {
          portTaken ||= /\bEADDRINUSE\b/.test((error as Error).message);
          // The others need not get ready with the address of one that is not there.
          if (portTaken) await this.#withdraw(apps);
          throw error;
        }
      };
      const failed = (await Promise.allSettled(apps.map(start))).find((result) => result.status === 'rejected');
      if (!failed) return;
      if (!portTaken || starts === MOST_STARTS) throw failed.reason;
      await this.#withdraw(apps);
      this.#settings = { ...this.#settings, ports: await choosePorts(this.#settings.ports) };
    }
  }

  /** Stops apps that somebody may look after already: from now on they are none of this suite's. */
  async #withdraw(apps: readonly AppName[]): Promise<void> {
    const stopped = apps.flatMap((app) => this.children.get(app) ?? []);
    for (const child of stopped) {
      this.#former += child.output();
      this.children.delete(child.name as AppName);
    }
    await Promise.all(stopped.map((child) => child.stop(20_000)));
  }

  /**
   * What the command line and a shell need to work with this suite: addresses, the developer's key, the component.
   * @param more known by now, such as a merchant to try things with.
   * @returns the text of a file that `. file` and the command line read. It holds secrets.
   */
  environment(more: ServiceEnv = {}): string {
    const { ports, secrets, realComponents, baseEnv } = this.settings;
    const urls = SERVICES.flatMap((app) => [
      [`${app.toUpperCase()}_URL`, baseUrl(ports, app)],
      [`${app.toUpperCase()}_MANAGEMENT_URL`, managementUrl(ports, app)],
    ]);
    return formatEnv({
      ...Object.fromEntries(Object.entries(baseEnv).filter(([name]) => OF_THE_CLI.test(name))),
      ...(this.settings.console ? { ...this.#consoleKey(), CONSOLE_LINK_GROUPS: 'demo-admins' } : {}),
      ...this.#commonEnv('cli'),
      ...Object.fromEntries(urls),
      ...(realComponents ? {} : { SANDBOX_URL: baseUrl(ports, 'sandbox'), COMPONENT_APPID: secrets.component.component_appid }),
      WXPLANE_CLIENT_KEY: secrets.client_keys['developer'],
      PUBLIC_BASE_URL: baseEnv['PUBLIC_BASE_URL'] ?? (realComponents ? undefined : baseUrl(ports, 'broker')),
      PUSH_BASE_URL: baseEnv['PUSH_BASE_URL'] ?? (realComponents ? undefined : baseUrl(ports, 'ingestion')),
      MANAGEMENT_ADMIN_KEY: baseEnv['MANAGEMENT_ADMIN_KEY'],
      ...more,
    });
  }

  /** Everything all processes have printed so far. */
  output(): string {
    return [this.#former, ...[...this.children.values()].map((child) => child.output())].join('\n');
  }

  /** Stops the callers before the called: the console, release and ingestion, then the broker, then the sandbox. */
  async stop(): Promise<void> {
    const stop = (app: AppName) => this.children.get(app)?.stop(20_000);
    await Promise.all([stop('console'), stop('release'), stop('ingestion')]);
    await stop('broker');
    await stop('sandbox');
  }

  #env(app: AppName): NodeJS.ProcessEnv {
    const own = app === 'sandbox' ? this.#sandboxEnv() : app === 'console' ? this.#consoleEnv() : this.#serviceEnv(app);
    return { ...this.settings.baseEnv, ...own, ...this.settings.appEnv?.[app] };
  }

  #sandboxEnv(): ServiceEnv {
    const { ports, secrets, folder } = this.settings;
    const events = `${baseUrl(ports, 'ingestion')}/wechat/${secrets.component.component_appid}`;
    const component = {
      ...secrets.component,
      name: 'wxplane (local)',
      auth_event_url: `${events}/events`,
      message_event_url: `${events}/$APPID$/messages`,
      authorization_domain: new URL(baseUrl(ports, 'broker')).host,
      ...this.settings.sandboxComponent,
    };
    const file = join(folder, 'sandbox.json');
    writeFileSync(file, JSON.stringify({ components: [component], ...this.settings.sandboxConfig }, null, 2), { mode: 0o600 });
    return {
      SANDBOX_HOST: '127.0.0.1',
      SANDBOX_PORT: String(ports.sandbox),
      SANDBOX_CONFIG_FILE: file,
      SANDBOX_STATE_FILE: this.settings.sandboxState,
    };
  }

  #serviceEnv(app: ServiceName): ServiceEnv {
    const { ports, secrets } = this.settings;
    return {
      ...this.#commonEnv(app),
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(ports[app]),
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: String(ports[`${app}Management`]),
      BROKER_URL: baseUrl(ports, 'broker'),
      ...(secrets.client_keys['suite'] ? { BROKER_CLIENT_KEY: secrets.client_keys['suite'] } : {}),
      PUBLIC_BASE_URL: this.settings.baseEnv['PUBLIC_BASE_URL'] ?? baseUrl(ports, 'broker'),
      ...this.#identity(),
      // The console says for whom it asks, and from where.
      ...(this.settings.console ? { TRUST_PROXY: this.settings.baseEnv['TRUST_PROXY'] ?? '127.0.0.1/32' } : {}),
      ...(app === 'broker' ? this.#signing() : {}),
    };
  }

  #consoleEnv(): ServiceEnv {
    const { ports } = this.settings;
    const { WXPLANE_ENCRYPTION_KEYS: _, WXPLANE_COMPONENTS_FILE: __, ...common } = this.#commonEnv('console');
    return {
      ...common,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(ports.console),
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: String(ports.consoleManagement),
      ...Object.fromEntries(SERVICES.map((app) => [`${app.toUpperCase()}_URL`, baseUrl(ports, app)])),
      ...this.#identity(),
      ...this.#consoleKey(),
      CONSOLE_STEP_UP_S: this.settings.baseEnv['CONSOLE_STEP_UP_S'] ?? '28800',
    };
  }

  #consoleKey(): ServiceEnv {
    const { ports, secrets, folder, baseEnv } = this.settings;
    const file = join(folder, 'console.pem');
    writeFileSync(file, secrets.console_signing_key ?? '', { mode: 0o600 });
    return {
      CONSOLE_URL: baseEnv['CONSOLE_URL'] ?? baseUrl(ports, 'console'),
      CONSOLE_SIGNING_KEY_FILE: baseEnv['CONSOLE_SIGNING_KEY_FILE'] ?? file,
    };
  }

  /** The console is an issuer that the apps trust; whoever brings a file of their own names it there. */
  #identity(): ServiceEnv {
    const { secrets, folder, baseEnv, ports } = this.settings;
    if (!this.settings.console || baseEnv['WXPLANE_IDENTITY_FILE'] || baseEnv['WXPLANE_IDENTITY']) return {};
    const { jwk } = consoleKeyOf(secrets.console_signing_key ?? '');
    const keys = join(folder, 'console-jwks.json');
    writeFileSync(keys, JSON.stringify({ keys: [{ ...jwk, use: 'sig' }] }));
    const issuer = {
      name: 'console',
      issuer: baseEnv['CONSOLE_URL'] ?? baseUrl(ports, 'console'),
      kind: 'oidc',
      jwks_file: keys,
      audiences: ['wxplane'],
      algorithms: ['EdDSA'],
      max_life_s: 60,
      person_id: 'person',
      display_name: 'name',
    };
    const bindings = Object.entries(DEMO_GROUPS).map(([group, roles]) => ({
      who: { issuer: 'console', groups: [group] },
      roles,
    }));
    return { WXPLANE_IDENTITY: JSON.stringify({ issuers: [issuer], bindings }), WXPLANE_IDENTITY_FILE: undefined };
  }

  /** A link that signs somebody in at the console, once. */
  consoleLink(name: string, group: keyof typeof DEMO_GROUPS, livesS = 3_600): string {
    const { ports, secrets, baseEnv } = this.settings;
    const link = makeLink(consoleKeyOf(secrets.console_signing_key ?? ''), { name, groups: [group] }, livesS);
    return `${baseEnv['CONSOLE_URL'] ?? baseUrl(ports, 'console')}/sign-in#${link}`;
  }

  /** An older build knows no account of an app that is newer. */
  #accountNames(): AccountName[] {
    return ACCOUNTS.filter((name) => name !== 'console' || !this.settings.checkout);
  }

  #signing(): ServiceEnv {
    const { secrets, folder, baseEnv } = this.settings;
    if (!secrets.audit_signing_key || baseEnv['AUDIT_SIGNING_KEY_FILE']) return {};
    const file = join(folder, 'audit.pem');
    writeFileSync(file, secrets.audit_signing_key, { mode: 0o600 });
    return { AUDIT_SIGNING_KEY_FILE: file };
  }

  #commonEnv(app: AccountName): ServiceEnv {
    const { databaseUrl, accounts, redisUrl, secrets, realComponents, ports, baseEnv } = this.settings;
    const sandbox = baseUrl(ports, 'sandbox');
    return {
      DATABASE_URL: urlOf(databaseUrl, accounts, app),
      REDIS_URL: redisUrl,
      WXPLANE_ENCRYPTION_KEYS: keysFor(app, (realComponents && baseEnv['WXPLANE_ENCRYPTION_KEYS']) || secrets.encryption_keys),
      ...(realComponents ?? {
        WXPLANE_COMPONENTS_FILE: this.#componentsFile(secrets.component),
        WXPLANE_COMPONENTS: undefined,
        WECHAT_API_BASE_URL: sandbox,
        WECHAT_MP_BASE_URL: sandbox,
        WECHAT_OPEN_BASE_URL: sandbox,
      }),
    };
  }

  #componentsFile({ push_token, encoding_aes_key, ...rest }: ComponentSecrets): string {
    const file = join(this.settings.folder, 'components.json');
    const components = [
      { ...DEMO_BRAND, ...rest, ...this.settings.component, push_tokens: [push_token], encoding_aes_keys: [encoding_aes_key] },
    ];
    writeFileSync(file, JSON.stringify({ components }, null, 2), { mode: 0o600 });
    return file;
  }

  async #command(name: string, args: readonly string[], env: ServiceEnv): Promise<string> {
    const cwd = this.settings.checkout ?? ROOT;
    const child = new Child({ name, command: process.execPath, args, cwd, env: { ...this.settings.baseEnv, ...env } });
    const exit = await child.exited;
    if (exit.code !== 0) throw new Error(`${name} failed (${exit.signal ?? `exit code ${exit.code}`})\n${child.tail(20)}`);
    return child.output();
  }
}

/** Node keeps here what it has compiled: the same few programs start hundreds of times. */
export const COMPILED = join(LOCAL, 'compiled');

/** PATH with the project's own programs first, and nothing else of the caller's environment. */
export function bareEnv(): ServiceEnv {
  return {
    PATH: `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: process.env['HOME'],
    NODE_COMPILE_CACHE: COMPILED,
  };
}
