import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate } from '#persistence';
import { ClientStore } from '#service';
import { answersOk, Child } from '../scripts/lib/child.ts';
import { startLocalServices } from '../scripts/lib/local-services.ts';
import { freePort } from '../scripts/lib/ports.ts';
import { newDevSecrets } from '../scripts/lib/secrets.ts';
import { bareEnv } from '../scripts/lib/suite.ts';
import { imageEnv, imageFiles } from './lib/image.ts';
import { cpuSeconds, LOAD_CORE, pinned, runLoad, SERVER_CORE } from './lib/processes.ts';
import type { PushPlan, PushResult } from './lib/push-load.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..');
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const number = (value: number) => Math.round(value).toLocaleString('en');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    repeats: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    soak: { type: 'string', default: '100000' },
  },
});
const IMAGE_ENV = imageEnv('ingestion');
const SOAK_STEP = 10_000;
const seconds = Number(options.seconds);
const repeats = Number(options.repeats);
const connections = Number(options.connections);

const load = (plan: PushPlan): Promise<PushResult> => runLoad<PushResult>('push-load.ts', plan);

function residentMb(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
}

/** Resident, and what of it is V8's heap in use and buffers outside of it. */
async function memoryOf(pid: number | undefined, managementPort: number): Promise<string> {
  const metrics = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
  const mb = (name: string) =>
    number(Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)`, 'm').exec(metrics)?.[1] ?? Number.NaN) / 1_048_576);
  const [used, outside] = [mb('nodejs_heap_size_used_bytes'), mb('nodejs_external_memory_bytes')];
  return `${number(residentMb(pid))} MB resident, heap ${used} MB, outside of it ${outside} MB`;
}

type Measured = PushResult & { readonly perCpuSecond: number };

async function measured(server: Child, plan: PushPlan): Promise<Measured> {
  const before = cpuSeconds(server.pid);
  const result = await load(plan);
  return { ...result, perCpuSecond: result.acknowledged / (cpuSeconds(server.pid) - before) };
}

/** Takes connections and never says a word. */
async function startHung(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as { port: number }).port };
}

async function handedOver(database: DataSource): Promise<void> {
  for (let waited = 0; waited < 600; waited += 1) {
    const [row] = await database.query(`SELECT COUNT(*) AS n FROM f_wechat_event WHERE state = 'received'`);
    if (Number(row.n) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-bench-'));
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const clear = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  // The servers are process groups of their own: nothing else ends them.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void clear().finally(() => process.exit(1)));
  try {
    // Not relaxed: MySQL flushes at every commit, as in production.
    const services = await startLocalServices({ folder });
    undo.push(() => services.stop());
    const database = await createDataSource({ url: services.databaseUrl }).initialize();
    undo.push(() => database.destroy());
    await migrate(database);
    const secrets = newDevSecrets();
    const { component_appid, component_appsecret, push_token, encoding_aes_key } = secrets.component;
    const hung = await startHung();
    undo.push(() => hung.server.close());

    const [port, management, barePort] = [await freePort(), await freePort(), await freePort()];
    const env = (own: Record<string, string>) => ({
      ...bareEnv(),
      ...IMAGE_ENV,
      NODE_ENV: 'production',
      LOG_LEVEL: 'error',
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
      WXPLANE_ENCRYPTION_KEYS: secrets.encryption_keys,
      WXPLANE_COMPONENTS: JSON.stringify({
        components: [{ component_appid, component_appsecret, push_tokens: [push_token], encoding_aes_keys: [encoding_aes_key] }],
      }),
      HTTP_HOST: '127.0.0.1',
      MANAGEMENT_HOST: '127.0.0.1',
      ...own,
    });
    const ingestion = new Child({
      name: 'ingestion',
      ...pinned(SERVER_CORE, ['dist/apps/ingestion/src/main.js']),
      cwd: await imageFiles('ingestion', folder),
      env: env({
        HTTP_PORT: String(port),
        MANAGEMENT_PORT: String(management),
        SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32',
        SUBSCRIBER_ALLOW_HTTP: 'true',
      }),
    });
    undo.push(() => ingestion.stop());
    await ingestion.waitUntil(() => answersOk(`http://127.0.0.1:${management}/health/live`), 60_000);
    const bare = new Child({
      name: 'bare server',
      ...pinned(SERVER_CORE, [
        join(HERE, 'lib/bare-push-server.ts'),
        String(barePort),
        component_appid,
        push_token,
        encoding_aes_key,
      ]),
      cwd: ROOT,
      env: { ...bareEnv(), ...IMAGE_ENV },
    });
    undo.push(() => bare.stop());
    await bare.waitUntil(async () => bare.output().includes('ready'), 20_000);

    const plan = (at: number, pushes = seconds * 25_000, forSeconds = seconds): PushPlan => ({
      port: at,
      connections,
      seconds: forSeconds,
      pushes,
      componentAppid: component_appid,
      pushToken: push_token,
      encodingAesKey: encoding_aes_key,
    });

    async function compare(title: string): Promise<void> {
      const [ours, theirs]: [Measured[], Measured[]] = [[], []];
      for (let round = 0; round < repeats; round += 1) {
        theirs.push(await measured(bare, plan(barePort)));
        ours.push(await measured(ingestion, plan(port)));
        await handedOver(database);
      }
      const of = (list: readonly Measured[], what: keyof Measured) => median(list.map((result) => result[what]));
      const ratios = ours.map((result, index) => result.perSecond / (theirs[index]?.perSecond ?? 1));
      print(title);
      print(
        `  acknowledged    ${number(of(ours, 'perSecond'))}/s, bare ${number(of(theirs, 'perSecond'))}/s: ratio ${(of(ours, 'perSecond') / of(theirs, 'perSecond')).toFixed(2)} (rounds ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')})`,
      );
      print(
        `  per core        ${number(of(ours, 'perCpuSecond'))} per second of processor time (hand-over included), bare ${number(of(theirs, 'perCpuSecond'))}`,
      );
      print(
        `  latency         p50 ${of(ours, 'p50Ms').toFixed(1)} ms, p99 ${of(ours, 'p99Ms').toFixed(1)} ms, most ${of(ours, 'mostMs').toFixed(0)} ms; bare p50 ${of(theirs, 'p50Ms').toFixed(1)} ms, p99 ${of(theirs, 'p99Ms').toFixed(1)} ms`,
      );
      const failures = [...ours, ...theirs].reduce((sum, result) => sum + result.failures, 0);
      print(`  failures        ${failures}, memory ${number(residentMb(ingestion.pid))} MB resident\n`);
    }

    async function soak(pushes: number): Promise<void> {
      let failures = 0;
      for (let sent = 0; sent < pushes; sent += SOAK_STEP) {
        failures += (await load(plan(port, SOAK_STEP, 600))).failures;
        await handedOver(database);
        print(`  ${number(sent + SOAK_STEP).padStart(9)} pushes   ${await memoryOf(ingestion.pid, management)}`);
      }
      if (pushes > 0) print(`  failures        ${failures}\n`);
    }

    print(`${connections} connections, ${repeats} rounds of ${seconds} s\n`);
    await load(plan(port, 20_000, 2));
    await load(plan(barePort, 20_000, 2));
    await soak(Number(options.soak));
    if (repeats === 0) return;
    await compare('Alone');

    const brokerManagement = await freePort();
    const broker = new Child({
      name: 'broker',
      ...pinned(LOAD_CORE, ['dist/apps/broker/src/main.js']),
      cwd: ROOT,
      env: env({
        HTTP_PORT: String(await freePort()),
        MANAGEMENT_PORT: String(brokerManagement),
        WECHAT_API_BASE_URL: `http://127.0.0.1:${hung.port}`,
        PUBLIC_BASE_URL: 'http://127.0.0.1:9',
      }),
    });
    undo.push(() => broker.stop());
    await broker.waitUntil(() => answersOk(`http://127.0.0.1:${brokerManagement}/health/live`), 60_000);
    await compare("With WeChat's API hung, and the broker taking its events");

    const { key } = await new ClientStore(database).create({ name: 'bench', scopes: ['subscriptions:write'] });
    const answer = await fetch(`http://127.0.0.1:${port}/v1/subscriptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'hung', url: `http://127.0.0.1:${hung.port}/`, kinds: ['*'] }),
    });
    if (!answer.ok) throw new Error(`the subscription was refused: ${await answer.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await compare('And with a subscriber of everything hung as well');

    const [stored] = await database.query('SELECT COUNT(*) AS n FROM f_wechat_event');
    print(`Stored in all: ${number(Number(stored.n))} events`);
  } finally {
    await clear();
  }
}

await main();
