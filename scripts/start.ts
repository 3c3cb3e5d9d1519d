import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { pageFor } from '../apps/cli/src/shell/pages.ts';
import { accountsOf, type DatabaseAccounts } from './lib/accounts.ts';
import { build } from './lib/build.ts';
import { type Child, describeExit } from './lib/child.ts';
import { type LocalServices, startLocalServices } from './lib/local-services.ts';
import { tryLock } from './lib/lock.ts';
import { LOCAL, LOGS, ROOT } from './lib/paths.ts';
import { type DevSecrets, loadDevSecrets, saveDevSecrets } from './lib/secrets.ts';
import {
  APPS,
  type AppName,
  baseUrl,
  choosePorts,
  managementUrl,
  type Ports,
  RELEASE_APP_SCOPES,
  SERVICES,
  type ServiceEnv,
  SuiteRunner,
  stopLeftovers,
} from './lib/suite.ts';
import { bold, cyan, dim, duration, green, interactive, print, red, step, table, yellow } from './lib/terminal.mjs';
import { walk } from './lib/walk.ts';
import { walkMerchant } from './lib/walk-authorize.ts';

/** Taken when free, so that the addresses are the same on most machines. */
const USUAL_PORTS: Ports = {
  sandbox: 3100,
  ingestion: 3101,
  broker: 3102,
  release: 3103,
  ingestionManagement: 3111,
  brokerManagement: 3112,
  releaseManagement: 3113,
  console: 3104,
  consoleManagement: 3114,
};
/** Somebody to pick on the sandbox's consent page. */
const DEMO_MERCHANTS = [
  {
    appid: 'wx5c3a1e0f7b2d4861',
    kind: 'miniprogram',
    nick_name: '竹影茶馆 Bamboo Tea 🍵',
    principal_name: '杭州竹影餐饮有限公司',
  },
  { appid: 'wx8d2f4b6a9c0e1735', kind: 'miniprogram', nick_name: '小鹿图书 Fawn Books', principal_name: '南京小鹿文化有限公司' },
  { appid: 'wxe17a9d3c5b8f2046', kind: 'mp', nick_name: '海风早报 Sea Breeze Daily', principal_name: '青岛海风传媒有限公司' },
];
/** Beside the sandbox, receivers of events may run on this machine, without TLS. */
const OWN_SUBSCRIBERS = { SUBSCRIBER_ALLOW_HTTP: 'true', SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.0/8' };
/** As a new installation does; nobody brings the data of a trial back to an older release. */
const SEALED = { SECRETS_WRITE: 'v2' };
const SECRETS_FILE = join(LOCAL, 'dev-secrets.json');
/** Generated files and process ids of this run. */
const RUN = join(LOCAL, 'run');
/** What the command line, and a shell, need to work with this run; there only while it is up. */
const ENV_FILE = join(RUN, 'env');
const PORTS_FILE = join(LOCAL, 'ports.json');
const DEVELOPER_SCOPES = [
  'component-token',
  ...RELEASE_APP_SCOPES,
  'proxy',
  'releases:read',
  'releases:write',
  'events:read',
  'subscriptions:write',
  'admin',
];
const CLIENT_SCOPES = [...RELEASE_APP_SCOPES, ...DEVELOPER_SCOPES].join(' ');

/** A failure that was told already. */
class ToldError extends Error {}

let services: LocalServices | undefined;
let runner: SuiteRunner | undefined;
let stopping: Promise<void> | undefined;
const begun = Date.now();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean' },
      'no-walk': { type: 'boolean' },
      'two-person': { type: 'boolean' },
      verbose: { type: 'boolean', short: 'v' },
    },
  });
  const holder = tryLock(join(LOCAL, 'start.lock'), 'npm start');
  if (holder) {
    print(
      `${red('✗')} npm start is already running in this checkout (process ${holder.pid}); its addresses: ${shownPath(ENV_FILE)}`,
    );
    throw new ToldError();
  }
  rmSync(ENV_FILE, { force: true });
  const real = realComponents();
  const { databaseUrl, redisUrl } = await startServers();
  await compile();
  const secrets = loadDevSecrets(SECRETS_FILE);
  await clearLeftovers();
  const wanted = await choosePorts({ ...USUAL_PORTS, ...readJson<Ports>(PORTS_FILE) });
  for (const app of APPS) rmSync(join(LOGS, `${app}.log`), { force: true });
  runner = new SuiteRunner({
    databaseUrl,
    accounts: databaseAccounts(secrets),
    redisUrl,
    ports: wanted,
    secrets,
    folder: RUN,
    logs: LOGS,
    baseEnv: {
      RELEASE_SCAN_POLL_MS: '1100',
      RELEASE_SWEEP_MS: '150',
      ...(real ? {} : { ...OWN_SUBSCRIBERS, ...SEALED, DOCS_AUTHORIZER_APPID: walkMerchant(LOCAL) }),
      MANAGEMENT_ADMIN_KEY: secrets.management_admin_key,
      ...process.env,
    },
    ...(values['two-person'] ? { component: { two_person: 'required' } } : {}),
    console: true,
    sandboxState: join(LOCAL, 'sandbox.world'),
    sandboxConfig: { merchants: DEMO_MERCHANTS, settings: { privacy_scan_s: 1 } },
    ...(real ? { realComponents: real } : {}),
  });
  await migrate(runner);
  await startApps(runner, secrets, real !== undefined, values.verbose ?? false);
  const { ports } = runner.settings;
  writeFileSync(PORTS_FILE, `${JSON.stringify(ports, null, 2)}\n`);

  writeEnvironment(runner, real);
  // Nobody is there to agree to what the walk publishes.
  const walks = !real && !values['no-walk'] && !values['two-person'];
  if (walks) {
    print();
    const failed = await walk({ ports, secrets, databaseUrl, redisUrl, folder: LOCAL });
    if (failed) {
      print(`\n${red('✗')} ${bold(`Step "${failed.step}" failed:`)} ${failed.message}`);
      print(`  Logs: ${APPS.map((app) => shownPath(join(LOGS, `${app}.log`))).join('  ')}`);
      if (values.once) throw new ToldError();
    }
    writeEnvironment(runner, real);
  }
  if (values.once) return;
  await addresses(runner, secrets, real !== undefined);
  await new Promise<never>(() => {});
}

/** Found by the command line; complete or not there at all. */
function writeEnvironment(suite: SuiteRunner, real: ServiceEnv | undefined): void {
  const component = real ? componentsIn(real)[0] : undefined;
  const merchant = readText(join(LOCAL, 'walk-merchant'));
  const text = suite.environment(real ? { COMPONENT_APPID: component } : { AUTHORIZER_APPID: merchant });
  writeFileSync(`${ENV_FILE}.new`, `# Of the running npm start. In a shell: . ${shownPath(ENV_FILE)}\n${text}`, { mode: 0o600 });
  renameSync(`${ENV_FILE}.new`, ENV_FILE);
}

/** The appids of the components that are configured; the apps have checked the document. */
function componentsIn({ WXPLANE_COMPONENTS_FILE: file, WXPLANE_COMPONENTS: text }: ServiceEnv): string[] {
  const { components } = JSON.parse(file ? readFileSync(file, 'utf8') : (text ?? '{}')) as {
    components: { component_appid: string }[];
  };
  return components.map(({ component_appid }) => component_appid);
}

/** Components of WeChat's own, unless WeChat's address says that something else plays it. */
function realComponents(): ServiceEnv | undefined {
  const { WXPLANE_COMPONENTS_FILE, WXPLANE_COMPONENTS, WECHAT_API_BASE_URL } = process.env;
  if (WECHAT_API_BASE_URL || !(WXPLANE_COMPONENTS_FILE || WXPLANE_COMPONENTS)) return undefined;
  return { WXPLANE_COMPONENTS_FILE, WXPLANE_COMPONENTS };
}

async function startServers(): Promise<LocalServices> {
  const line = step('MariaDB and Redis');
  try {
    services = await startLocalServices({
      folder: LOCAL,
      databaseUrl: process.env['DATABASE_URL'],
      redisUrl: process.env['REDIS_URL'],
      report: (text) => line.note(text),
    });
  } catch (error) {
    line.fail();
    throw error;
  }
  line.done(services.database === services.redis ? services.database : `${services.database} · ${services.redis}`);
  return services;
}

/** On a server of yours those that you name; without names all apps share your account. */
function databaseAccounts(secrets: DevSecrets): DatabaseAccounts | undefined {
  const { DATABASE_ACCOUNTS, DATABASE_URL } = process.env;
  if (DATABASE_ACCOUNTS) return accountsOf(DATABASE_ACCOUNTS);
  return DATABASE_URL ? undefined : secrets.database_accounts;
}

/** After a run that was killed, its processes still hold their ports. */
async function clearLeftovers(): Promise<void> {
  const line = step('Leftovers');
  const stopped = await stopLeftovers(RUN);
  if (stopped.length > 0) line.done(`${stopped.join(', ')} of a killed run stopped`);
  else line.clear();
}

async function compile(): Promise<void> {
  const line = step('Build');
  try {
    const { built, files } = await build((text) => line.note(text));
    line.done(built ? `${files} files compiled` : 'up to date');
  } catch (error) {
    line.fail();
    throw error;
  }
}

async function migrate(suite: SuiteRunner): Promise<void> {
  const line = step('Database schema');
  try {
    const applied = (await suite.migrate()).filter((text) => text.startsWith('migrated ')).length;
    line.done(applied > 0 ? `${applied} migrations applied` : 'up to date');
  } catch (error) {
    line.fail();
    throw error;
  }
}

async function startApps(suite: SuiteRunner, secrets: DevSecrets, real: boolean, verbose: boolean): Promise<void> {
  const line = step('Apps');
  let ready: string[] = [];
  let begunAt = Date.now();
  const onReady = (app: AppName, child: Child) => {
    ready = [...ready.filter((text) => !text.startsWith(`${app} `)), `${app} ${dim(duration(Date.now() - begunAt))}`];
    line.note(`${ready.length} of ${real ? 4 : 5} ready`);
    if (verbose) child.onLine((text) => print(`${dim(`${app} │`)} ${text}`));
    void child.exited.then(() => endedByItself(suite, child));
  };
  try {
    if (!secrets.client_keys['suite']) await makeClientKeys(suite, secrets);
    await suite.startAll(real ? APPS.filter((app) => app !== 'sandbox') : APPS, onReady);
    // Kept keys are of another database when DATABASE_URL has changed since.
    if (!(await keyHolds(suite.settings.ports, secrets))) {
      await makeClientKeys(suite, secrets);
      const former = suite.children.get('release');
      suite.children.delete('release');
      await former?.stop();
      begunAt = Date.now();
      onReady('release', await suite.start('release'));
    } else if (secrets.client_scopes !== CLIENT_SCOPES) await widenClients(suite.settings.ports, secrets);
    line.done(ready.join(' · '));
  } catch (error) {
    line.fail();
    throw error;
  }
}

/** Like Promise.all, but nothing is still starting when it fails. */
async function all(work: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

async function makeClientKeys(suite: SuiteRunner, secrets: DevSecrets): Promise<void> {
  const make = async (name: string, scopes: readonly string[]) => {
    secrets.client_keys[name] = await suite.createClient(`local ${name}`, scopes);
  };
  await all([make('suite', RELEASE_APP_SCOPES), make('developer', DEVELOPER_SCOPES)]);
  secrets.client_scopes = CLIENT_SCOPES;
  saveDevSecrets(SECRETS_FILE, secrets);
}

/** Kept keys of an earlier release may do less than is needed now. */
async function widenClients(ports: Ports, secrets: DevSecrets): Promise<void> {
  const { suite: release, developer } = secrets.client_keys;
  const headers = { authorization: `Bearer ${developer}`, 'content-type': 'application/json' };
  for (const [key, scopes] of [
    [release, RELEASE_APP_SCOPES],
    [developer, DEVELOPER_SCOPES],
  ] as const) {
    const url = `${baseUrl(ports, 'broker')}/v1/clients/${key?.split('_')[1]}`;
    const body = JSON.stringify({ scopes });
    const answer = await fetch(url, { method: 'PATCH', headers, body, signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`the scopes of a kept key could not be widened: ${await answer.text()}`);
  }
  secrets.client_scopes = CLIENT_SCOPES;
  saveDevSecrets(SECRETS_FILE, secrets);
}

/** True when the broker knows the kept keys. */
async function keyHolds(ports: Ports, secrets: DevSecrets): Promise<boolean> {
  const url = `${baseUrl(ports, 'broker')}/v1/components/${secrets.component.component_appid}/authorizers?limit=1`;
  for (const key of [secrets.client_keys['suite'], secrets.client_keys['developer']]) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    if (response.status === 401) return false;
  }
  return true;
}

function endedByItself(suite: SuiteRunner, child: Child): void {
  if (stopping !== undefined || suite.children.get(child.name as AppName) !== child) return;
  print(
    `\n${red('✗')} ${child.name} ended by itself (${child.exit ? describeExit(child.exit) : 'unknown'}); log: ${shownPath(child.logFile ?? '')}`,
  );
  print(dim(child.tail(10)));
  void stopAll().finally(() => process.exit(1));
}

async function addresses(suite: SuiteRunner, secrets: DevSecrets, real: boolean): Promise<void> {
  const { ports } = suite.settings;
  print(`\n${green('●')} ${bold('wxplane is up')} ${dim(`after ${duration(Date.now() - begun)}`)}\n`);
  print(
    `  ${bold('Console')}, where this link signs you in, once, within an hour ${dim('(again: npm run wxplane -- console link)')}:`,
  );
  print(`    ${cyan(suite.consoleLink('Demo', 'demo-admins'))}\n`);
  const launch = real ? undefined : await launchPage(ports, secrets);
  table([
    ...(real ? [] : [['sandbox', cyan(`${baseUrl(ports, 'sandbox')}/`), dim('WeChat, played: its state, merchants, audits')]]),
    ...SERVICES.map((app) => [app, cyan(`${baseUrl(ports, app)}/docs`), dim(DESCRIPTIONS[app])]),
    ['console', cyan(`${baseUrl(ports, 'console')}/`), dim('pages: what needs a person, merchants, rollouts, approvals')],
    ...SERVICES.map((app) => ['', dim(`${managementUrl(ports, app)}/health/ready`), dim(`health of ${app}; /metrics beside it`)]),
    [
      'queues',
      cyan(`${managementUrl(ports, 'broker')}/queues`),
      dim(`user admin, password MANAGEMENT_ADMIN_KEY of ${shownPath(ENV_FILE)}`),
    ],
    ['logs', shownPath(LOGS), dim('one file per app')],
  ]);
  if (launch) print(`\n  Authorize as a merchant, in a browser:\n    ${cyan(launch)}`);
  print('\n  In another terminal, in this folder:');
  table(
    [
      ['npm run wxplane -- status', dim(`the suite at a glance; doctor, authorizers, rollout, …: ${pageFor('docs/cli')}`)],
      ...(real ? [] : [[pageFor('docs/first-rollout'), dim('what to do next')]]),
      [`. ${shownPath(ENV_FILE)}`, dim('addresses, appids and a client key as variables of the shell, and then')],
    ].map(([command, what]) => [cyan(command as string), what as string]),
    '    ',
  );
  print(`    ${cyan('curl -H "Authorization: Bearer $WXPLANE_CLIENT_KEY" $BROKER_URL/v1/components/$COMPONENT_APPID/token')}`);
  if (real && runner) {
    print(`\n  ${bold('To be typed into WeChat’s platform')} (开放平台 → 管理中心 → 第三方平台 → 详情 → 开发资料):\n`);
    print((await runner.consoleSettings()).trimEnd().replace(/^/gm, '    '));
    print(
      `\n  ${yellow('!')} WeChat must reach ingestion and /authorize from outside: WeChat’s pushes go to ${baseUrl(ports, 'ingestion')}, merchants’ browsers to ${baseUrl(ports, 'broker')}/authorize.`,
    );
    if (!process.env['PUBLIC_BASE_URL'])
      print(
        `  ${yellow('!')} wx.example.com stands for your authorization domain: set PUBLIC_BASE_URL. Again: npm run wxplane -- console-settings`,
      );
  }
  print(`\n  ${interactive ? 'Ctrl-C' : 'SIGTERM or SIGINT'} stops everything; the data stays in ${shownPath(LOCAL)}.`);
}

/** A link for a person to try the authorization with. */
async function launchPage(ports: Ports, secrets: DevSecrets): Promise<string | undefined> {
  const response = await fetch(
    `${baseUrl(ports, 'broker')}/v1/components/${secrets.component.component_appid}/authorization-links`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets.client_keys['developer']}`, 'content-type': 'application/json' },
      body: JSON.stringify({ auth_type: 3, max_uses: 1000 }),
      signal: AbortSignal.timeout(10_000),
    },
  );
  const text = await response.text();
  return response.ok ? (JSON.parse(text) as { url: string }).url : undefined;
}

const DESCRIPTIONS = {
  ingestion: 'API: inbox, forwarding',
  broker: 'API: tokens, authorizations, authorizers',
  release: 'API: templates, releases, rollouts',
};

/** Apps first, then what they stand on; once, however many ask. */
function stopAll(): Promise<void> {
  stopping ??= (async () => {
    if (!runner && !services) return;
    const line = step('Stopping');
    rmSync(ENV_FILE, { force: true });
    await runner?.stop();
    await services?.stop();
    line.done('everything is stopped');
  })();
  return stopping;
}

function shownPath(path: string): string {
  return relative(ROOT, path);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

// npm passes a terminal's Ctrl-C on, so that it can arrive twice; only a signal that comes later means "at once".
let signalledAt = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (signalledAt > 0 && Date.now() - signalledAt > 1_500) {
      for (const child of runner?.children.values() ?? []) child.signal('SIGKILL');
      return;
    }
    if (signalledAt > 0) return;
    signalledAt = Date.now();
    if (interactive) print();
    void stopAll().finally(() => process.exit(signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 129));
  });
}

let exitCode = 0;
try {
  await main();
} catch (error) {
  // A part that was stopped while it started is no failure of its own.
  if (signalledAt === 0) {
    exitCode = 1;
    if (!(error instanceof ToldError)) print(`\n${red('✗')} ${error instanceof Error ? error.message : String(error)}`);
  }
}
if (signalledAt === 0) {
  await stopAll();
  process.exit(exitCode);
}
