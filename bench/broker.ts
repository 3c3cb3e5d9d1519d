import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate, parseEncryptionKeys, SecretBox } from '#persistence';
import { ClientStore } from '#service';
import { answersOk, Child } from '../scripts/lib/child.ts';
import { startLocalServices } from '../scripts/lib/local-services.ts';
import { freePort } from '../scripts/lib/ports.ts';
import { findProgram } from '../scripts/lib/programs.ts';
import { newDevSecrets } from '../scripts/lib/secrets.ts';
import { bareEnv } from '../scripts/lib/suite.ts';
import type { LoadPlan, LoadResult } from './lib/load.ts';

const HELP = `npm run bench -- broker [--seconds 5] [--repeats 5] [--sizes 100,10000,100000]

Warm reads of the broker against a bare node:http server with the same key check and JSON: taken in turns, each on one core,
the load on another one. Prints the ratio of the medians, latencies, memory, and what the reads asked of Redis and MySQL.`;

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..');
const CONNECTIONS = 32;
const component = 'wx00000000000000c0';
const authorizer = (index: number) => `wx${index.toString(16).padStart(16, '0')}`;
const path = (index: number) => `/v1/components/${component}/authorizers/${authorizer(index)}/token`;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const number = (value: number) => Math.round(value).toLocaleString('en');

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    repeats: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '100,10000,100000' },
    help: { type: 'boolean', default: false },
  },
});

/** The server on core 0, the load on core 1, where the machine lets us choose. */
function pinned(core: number, args: readonly string[]): { command: string; args: string[] } {
  const taskset = findProgram('taskset');
  return taskset
    ? { command: taskset, args: ['-c', String(core), process.execPath, ...args] }
    : { command: process.execPath, args: [...args] };
}

async function load(plan: LoadPlan): Promise<LoadResult> {
  const { spawn } = await import('node:child_process');
  const { command, args } = pinned(1, [join(HERE, 'lib/load.ts')]);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(plan));
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return JSON.parse(text) as LoadResult;
}

/** Seconds of processor time a process has used: what a read costs, however busy the machine is with other things. */
function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A load, and how many requests were answered per second of the server's processor time. */
async function measured(server: Child, plan: LoadPlan): Promise<LoadResult & { perCpuSecond: number }> {
  const before = cpuSeconds(server.pid);
  const result = await load(plan);
  return { ...result, perCpuSecond: result.requests / (cpuSeconds(server.pid) - before) };
}

async function seed(database: DataSource, box: SecretBox, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, to - start) }, (_, offset) => {
      const appid = authorizer(start + offset);
      return [component, appid, 'authorizer', box.seal(`${appid}${'T'.repeat(139)}`, 'accesstoken')];
    });
    await database.query(
      `INSERT INTO f_wechat_accesstoken (component_appid, authorizer_appid, kind, access_token, refreshed_at, expires_at, generation)
       VALUES ${rows.map(() => '(?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 2 HOUR, 1)').join(', ')}`,
      rows.flat(),
    );
  }
}

interface Work {
  readonly redisReads: number;
  readonly mysqlSelects: number;
}

/** Reading commands so far: what heartbeats and the audit log write is not counted. */
async function work(database: DataSource, redis: Redis): Promise<Work> {
  const stats = await redis.info('commandstats');
  const redisReads = [...stats.matchAll(/cmdstat_(get|hmget|hget|pttl|mget):calls=(\d+)/g)].reduce(
    (sum, match) => sum + Number(match[2]),
    0,
  );
  const [row] = await database.query("SHOW GLOBAL STATUS LIKE 'Com_select'");
  return { redisReads, mysqlSelects: Number(row.Value) };
}

async function main(): Promise<void> {
  if (options.help) return void process.stdout.write(`${HELP}\n`);
  const seconds = Number(options.seconds);
  const repeats = Number(options.repeats);
  const sizes = options.sizes.split(',').map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-bench-'));
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let leaving: Promise<void> | undefined;
  const leave = () => {
    leaving ??= (async () => {
      for (const step of undo.reverse()) await step();
    })();
    return leaving;
  };
  // Servers have process groups of their own: they would outlive an interrupted run.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void leave().finally(() => process.exit(1)));
  try {
    const services = await startLocalServices({ folder, relaxed: true });
    undo.push(() => services.stop());
    const database = await createDataSource({ url: services.databaseUrl }).initialize();
    undo.push(() => database.destroy());
    await migrate(database);
    const redis = new Redis(services.redisUrl);
    undo.push(() => redis.disconnect());
    const secrets = newDevSecrets();
    const box = new SecretBox(parseEncryptionKeys(secrets.encryption_keys));
    const { key } = await new ClientStore(database).create({ name: 'bench', scopes: ['authorizer-token'] });
    const { push_token, encoding_aes_key, component_appsecret } = secrets.component;

    const [port, management, barePort] = [await freePort(), await freePort(), await freePort()];
    const broker = new Child({
      name: 'broker',
      ...pinned(0, ['dist/apps/broker/src/main.js']),
      cwd: ROOT,
      env: {
        ...bareEnv(),
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        DATABASE_URL: services.databaseUrl,
        REDIS_URL: services.redisUrl,
        WXPLANE_ENCRYPTION_KEYS: secrets.encryption_keys,
        WXPLANE_COMPONENTS: JSON.stringify({
          components: [
            { component_appid: component, component_appsecret, push_tokens: [push_token], encoding_aes_keys: [encoding_aes_key] },
          ],
        }),
        // Nobody is to be called: a read that would is a failure of the benchmark.
        WECHAT_API_BASE_URL: 'http://127.0.0.1:9',
        PUBLIC_BASE_URL: 'http://127.0.0.1:9',
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(port),
        MANAGEMENT_HOST: '127.0.0.1',
        MANAGEMENT_PORT: String(management),
      },
    });
    undo.push(() => broker.stop());
    await broker.waitUntil(() => answersOk(`http://127.0.0.1:${management}/health/ready`), 60_000);
    const bare = new Child({
      name: 'bare server',
      ...pinned(0, [join(HERE, 'lib/bare-server.ts'), String(barePort), key]),
      cwd: ROOT,
      env: bareEnv(),
    });
    undo.push(() => bare.stop());
    await bare.waitUntil(async () => bare.output().includes('ready'), 10_000);

    const residentMb = async () => {
      const text = await (await fetch(`http://127.0.0.1:${management}/metrics`)).text();
      return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)?.[1] ?? 0) / 1_048_576;
    };
    const authorization = `Bearer ${key}`;
    const plan = (at: number, paths: readonly string[]): LoadPlan => ({
      port: at,
      connections: CONNECTIONS,
      seconds,
      paths,
      authorization,
      order: 'random',
    });

    let seeded = 0;
    for (const size of sizes) {
      await seed(database, box, seeded, size);
      const cold = await load({
        ...plan(
          port,
          Array.from({ length: size - seeded }, (_, i) => path(seeded + i)),
        ),
        seconds: 600,
        rounds: 1,
        order: 'each',
      });
      seeded = size;
      const paths = Array.from({ length: size }, (_, index) => path(index));
      await load({ ...plan(port, paths), seconds: 2 });
      await load({ ...plan(barePort, paths.slice(0, 100)), seconds: 2 });
      const ours: Awaited<ReturnType<typeof measured>>[] = [];
      const theirs: Awaited<ReturnType<typeof measured>>[] = [];
      const before = await work(database, redis);
      for (let round = 0; round < repeats; round += 1) {
        theirs.push(await measured(bare, plan(barePort, paths.slice(0, 100))));
        ours.push(await measured(broker, plan(port, paths)));
      }
      const after = await work(database, redis);
      const reads = ours.reduce((sum, result) => sum + result.requests, 0);
      const failures = [...ours, ...theirs, cold].reduce((sum, result) => sum + result.failures, 0);
      const [mine, its] = [median(ours.map((r) => r.perSecond)), median(theirs.map((r) => r.perSecond))];
      const [myCpu, itsCpu] = [median(ours.map((r) => r.perCpuSecond)), median(theirs.map((r) => r.perCpuSecond))];
      const [myBest, itsBest] = [Math.max(...ours.map((r) => r.perCpuSecond)), Math.max(...theirs.map((r) => r.perCpuSecond))];
      const ratios = ours.map((result, index) => result.perSecond / (theirs[index]?.perSecond ?? 1));
      process.stdout.write(
        [
          `${number(size)} authorizers`,
          `  warm reads      ${number(mine)}/s, bare ${number(its)}/s: ratio ${(mine / its).toFixed(2)} (rounds ${ratios.map((r) => r.toFixed(2)).join(' ')})`,
          `  per core        ${number(myCpu)} reads per second of processor time, bare ${number(itsCpu)}: ratio ${(myCpu / itsCpu).toFixed(2)}; best rounds ${number(myBest)} and ${number(itsBest)}: ${(myBest / itsBest).toFixed(2)}`,
          `  latency         p50 ${median(ours.map((r) => r.p50Ms)).toFixed(2)} ms, p99 ${median(ours.map((r) => r.p99Ms)).toFixed(2)} ms; bare p50 ${median(theirs.map((r) => r.p50Ms)).toFixed(2)} ms, p99 ${median(theirs.map((r) => r.p99Ms)).toFixed(2)} ms`,
          `  first reads     ${number(cold.perSecond)}/s from MySQL`,
          `  asked per read  Redis ${((after.redisReads - before.redisReads) / reads).toFixed(5)}, MySQL ${((after.mysqlSelects - before.mysqlSelects) / reads).toFixed(5)}`,
          `  memory          ${number(await residentMb())} MB resident`,
          `  failures        ${failures}`,
          '',
        ].join('\n'),
      );
    }
  } finally {
    await leave();
  }
}

await main();
