import { accessSync, constants, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Child } from './lib/child.ts';
import { LOCAL, ROOT } from './lib/paths.ts';
import { freePort } from './lib/ports.ts';
import { RECIPES, type Recipe } from './lib/recipes.ts';
import type { DevSecrets } from './lib/secrets.ts';
import { baseUrl, type Ports } from './lib/suite.ts';
import { bold, dim, duration, green, print, red, step, yellow } from './lib/terminal.mjs';

/** Accounts of the sandbox that only the recipes use. */
const MINI_PROGRAM = 'wx0e5a3b1c5d7f9001';
const OFFICIAL_ACCOUNT = 'wx0e5a3b1c5d7f9002';
const COMMAND_MS = 15 * 60_000;
const READY_MS = 5 * 60_000;

type Outcome = { readonly state: 'ran' | 'failed' | 'skipped'; readonly text: string };

class Suite {
  readonly ports = readJson<Ports>('ports.json');
  readonly secrets = readJson<DevSecrets>('dev-secrets.json');
  readonly component = this.secrets.component.component_appid;
  readonly url = (app: 'sandbox' | 'broker' | 'ingestion') => baseUrl(this.ports, app);

  async call<T>(app: 'sandbox' | 'broker' | 'ingestion', method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url(app)}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.secrets.client_keys['developer']}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

const { values, positionals } = parseArgs({ options: { verbose: { type: 'boolean', short: 'v' } }, allowPositionals: true });
const names = [...RECIPES.map(({ name }) => name), 'replier'];
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  print(`${red('✗')} There is no recipe ${unknown.join(', ')}; there are: ${names.join(', ')}`);
  process.exit(1);
}
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);

let started: Child | undefined;
const folders: string[] = [];
const running = new Set<Child>();
let failed = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void leave(130));
try {
  if (!(await isRunning())) await startSuite();
  failed = await runAll(new Suite());
} catch (error) {
  print(`${red('✗')} ${(error as Error).message}`);
  failed = true;
}
await leave(failed ? 1 : 0);

async function leave(code: number): Promise<never> {
  await Promise.all([...running].map((child) => child.stop(5_000)));
  if (started) {
    const line = step('Stopping the suite');
    await started.stop(60_000);
    line.done();
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

async function runAll(suite: Suite): Promise<boolean> {
  const { key, client_id } = await suite.call<{ key: string; client_id: string }>('broker', 'POST', '/v1/clients', {
    name: 'recipes of docs/examples',
    scopes: ['component-token', 'authorizer-token'],
  });
  const outcomes: [string, Outcome][] = [];
  try {
    const line = step('A mini program and an official account authorize');
    await authorize(suite, MINI_PROGRAM, 'miniprogram');
    await authorize(suite, OFFICIAL_ACCOUNT, 'mp');
    line.done();
    const env = {
      ...process.env,
      BROKER_URL: suite.url('broker'),
      BROKER_CLIENT_KEY: key,
      COMPONENT_APPID: suite.component,
      MINI_PROGRAM_APPID: MINI_PROGRAM,
      OFFICIAL_ACCOUNT_APPID: OFFICIAL_ACCOUNT,
      WECHAT_URL: suite.url('sandbox'),
    };
    for (const recipe of RECIPES.filter(({ name }) => wanted(name)))
      outcomes.push([recipe.name, await tell(`${recipe.name}: ${recipe.sdk}`, () => run(recipe, env))]);
    if (wanted('replier')) outcomes.push(['replier', await tell('replier: docs/examples/node/receiver.mjs', () => reply(suite))]);
  } finally {
    await suite.call('broker', 'DELETE', `/v1/clients/${client_id}`);
  }
  const count = (state: Outcome['state']) => outcomes.filter(([, outcome]) => outcome.state === state).length;
  print(`\n${bold(`${count('ran')} ran, ${count('failed')} failed, ${count('skipped')} skipped`)}`);
  return count('failed') > 0;
}

async function tell(title: string, work: () => Promise<Outcome>): Promise<Outcome> {
  const begun = Date.now();
  const outcome = await work().catch((error: Error): Outcome => ({ state: 'failed', text: error.message }));
  const mark = { ran: green('✓'), failed: red('✗'), skipped: yellow('–') }[outcome.state];
  print(`${mark} ${bold(title)} ${dim(outcome.state === 'skipped' ? 'skipped' : duration(Date.now() - begun))}`);
  for (const text of outcome.text.trim().split('\n')) print(`    ${text}`);
  return outcome;
}

async function run(recipe: Recipe, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const missing = recipe.needs.filter((program) => !onPath(program));
  if (missing.length > 0) return { state: 'skipped', text: `not on this machine: ${missing.join(', ')}` };
  const folder = mkdtempSync(join(tmpdir(), `wxplane-example-${recipe.name}-`));
  folders.push(folder);
  cpSync(join(ROOT, 'docs', 'examples', recipe.folder), folder, { recursive: true });
  for (const command of recipe.install) {
    const { code, output } = await shell(command, folder, process.env);
    if (code !== 0) return { state: 'skipped', text: `\`${command}\` did not succeed: ${firstLines(output, 3)}` };
  }
  const { code, output } = await shell(recipe.run, folder, env);
  return { state: code === 0 ? 'ran' : 'failed', text: lastLines(output, 30) };
}

/** A message of a user comes back with what the receiver answers to it. */
async function reply(suite: Suite): Promise<Outcome> {
  const port = await freePort();
  const { subscription_id, secret } = await suite.call<{ subscription_id: string; secret: string }>(
    'ingestion',
    'POST',
    '/v1/subscriptions',
    {
      name: 'replier of docs/examples',
      url: `http://127.0.0.1:${port}/`,
      component_appid: suite.component,
      authorizers: [OFFICIAL_ACCOUNT],
      kinds: ['message.*'],
      replier: true,
    },
  );
  const receiver = new Child({
    name: 'receiver',
    command: process.execPath,
    args: [join(ROOT, 'docs', 'examples', 'node', 'receiver.mjs')],
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) },
  });
  running.add(receiver);
  try {
    await receiver.waitUntil(() => Promise.resolve(receiver.output().includes('listening on')), 30_000);
    // Other copies of the service learn of a subscription within seconds.
    for (let attempt = 0; attempt < 10; attempt++) {
      const message = { component_appid: suite.component, content: '你好' };
      const path = `/_control/merchants/${OFFICIAL_ACCOUNT}/messages`;
      const { reply: xml } = await suite.call<{ reply: string | null }>('sandbox', 'POST', path, message);
      const content = /<Content><!\[CDATA\[(.*?)\]\]>/.exec(xml ?? '')?.[1];
      if (content) return { state: 'ran', text: `a user writes: 你好\nWeChat shows: ${content}` };
      await sleep(500);
    }
    return { state: 'failed', text: `no passive reply; the receiver printed: ${lastLines(receiver.output(), 5)}` };
  } finally {
    running.delete(receiver);
    await receiver.stop(5_000);
    await suite.call('ingestion', 'DELETE', `/v1/subscriptions/${subscription_id}`);
  }
}

async function authorize(suite: Suite, appid: string, kind: 'miniprogram' | 'mp'): Promise<void> {
  const merchants = await suite.call<{ total: number }>('sandbox', 'GET', `/_control/merchants?q=${appid}`);
  if (merchants.total === 0) {
    const name = kind === 'mp' ? '示例公众号 Recipes' : '示例小程序 Recipes';
    await suite.call('sandbox', 'POST', '/_control/merchants', { appid, kind, nick_name: name });
  }
  const order = { component_appid: suite.component, merchant_appid: appid, always_push: true };
  await suite.call('sandbox', 'POST', '/_control/authorizations', order);
  const token = `/v1/components/${suite.component}/authorizers/${appid}/token`;
  for (const until = Date.now() + 60_000; ; await sleep(250)) {
    const problem = await suite.call('broker', 'GET', token).then(
      () => undefined,
      (error: Error) => error,
    );
    if (!problem) return;
    if (Date.now() > until) throw problem;
  }
}

async function startSuite(): Promise<void> {
  const line = step('A suite of its own');
  started = new Child({ name: 'npm start', command: process.execPath, args: [join(ROOT, 'scripts', 'start.mjs'), '--no-walk'] });
  await started.waitUntil(() => Promise.resolve(started?.output().includes('wxplane is up') ?? false), READY_MS);
  line.done('npm start -- --no-walk; stopped at the end');
}

/** Whether `npm start` runs in this checkout, with its sandbox. */
async function isRunning(): Promise<boolean> {
  if (!existsSync(join(LOCAL, 'ports.json')) || !existsSync(join(LOCAL, 'dev-secrets.json'))) return false;
  const { ports, component } = new Suite();
  const answer = await fetch(`${baseUrl(ports, 'sandbox')}/_control/components/${component}`).catch(() => undefined);
  return answer?.ok ?? false;
}

async function shell(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  const child = new Child({ name: command, command: 'sh', args: ['-c', command], cwd, env });
  running.add(child);
  if (values.verbose) child.onLine((text) => print(dim(`    ${text}`)));
  const timer = setTimeout(() => void child.stop(5_000), COMMAND_MS);
  const { code } = await child.exited;
  clearTimeout(timer);
  running.delete(child);
  return { code: code ?? 1, output: child.output() };
}

/** Package managers say first what went wrong, and then how they are used. */
function firstLines(text: string, count: number): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter(Boolean).slice(0, count).join('\n');
}

function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(join(LOCAL, file), 'utf8')) as T;
}
