import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../scripts/lib/child.ts';
import { ROOT } from '../scripts/lib/paths.ts';
import { freePort } from '../scripts/lib/ports.ts';
import { newDevSecrets } from '../scripts/lib/secrets.ts';
import { bareEnv } from '../scripts/lib/suite.ts';
import { imageEnv } from './lib/image.ts';
import type { LoadPlan, LoadResult } from './lib/load.ts';
import { cpuSeconds, pinned, runLoad, SERVER_CORE } from './lib/processes.ts';
import type { PushPlan, PushResult } from './lib/push-load.ts';
import { builtCheckout, commitOf } from './pairs/checkout.ts';
import { type PairsOptions, pairsOptions } from './pairs/options.ts';
import { authorized, type Side, startSide, type Undo } from './pairs/side.ts';
import { MEASURES, ratios, type Sample, spreadOf, together, told, turns } from './pairs/statistics.ts';

const AUTHORIZERS = 100;
/** Connections that each keep one request under way. */
const CONNECTIONS = { warm: 32, push: 64 } as const;
/** Made before the clock starts: more than the product acknowledges on a core. The bare server is through with them a little sooner. */
const PUSHES_PER_SECOND = 20_000;
const NAMES = ['former', 'present', 'bare'] as const;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

type Name = (typeof NAMES)[number];
/** One load of each server. */
type Loads = Readonly<Record<Name, (seconds: number) => Promise<Sample>>>;

/** @param work what the load is, and what must be over before the next server's turn */
async function sampled(
  pid: number | undefined,
  databasePid: number | undefined,
  work: () => Promise<Pick<Sample, 'requests' | 'failures' | 'seconds'>>,
): Promise<Sample> {
  const used = () => [cpuSeconds(pid), databasePid === undefined ? undefined : cpuSeconds(databasePid)] as const;
  const [cpuBefore, databaseBefore] = used();
  const done = await work();
  const [cpu, database] = used();
  return {
    ...done,
    cpuSeconds: cpu - cpuBefore,
    ...(database === undefined || databaseBefore === undefined ? {} : { databaseCpuSeconds: database - databaseBefore }),
  };
}

async function startBare(file: string, args: readonly string[], env: Readonly<Record<string, string>>, undo: Undo) {
  const port = await freePort();
  const child = new Child({
    name: 'bare server',
    ...pinned(SERVER_CORE, [join(import.meta.dirname, 'lib', file), String(port), ...args]),
    cwd: ROOT,
    env: { ...bareEnv(), ...env },
  });
  undo.push(() => child.stop());
  await child.waitUntil(async () => child.output().includes('ready'), 20_000);
  return { port, pid: child.pid };
}

async function warmLoads(former: Side, present: Side, undo: Undo): Promise<Loads> {
  const bare = await startBare('bare-server.ts', [present.key], {}, undo);
  const of = (port: number, pid: number | undefined, key: string, paths: readonly string[]) => (seconds: number) =>
    sampled(pid, undefined, async () => {
      const authorization = `Bearer ${key}`;
      const plan: LoadPlan = { port, connections: CONNECTIONS.warm, seconds, paths, authorization, order: 'random' };
      const { answers, failures, seconds: lasted } = await runLoad<LoadResult>('load.ts', plan);
      return { requests: answers, failures, seconds: lasted };
    });
  const ofSide = async (side: Side) =>
    of(side.suite.settings.ports.broker, side.suite.children.get('broker')?.pid, side.key, await authorized(side, AUTHORIZERS));
  return {
    former: await ofSide(former),
    present: await ofSide(present),
    bare: of(bare.port, bare.pid, present.key, ['/']),
  };
}

async function pushLoads(former: Side, present: Side, undo: Undo): Promise<Loads> {
  const {
    component_appid: componentAppid,
    push_token: pushToken,
    encoding_aes_key: encodingAesKey,
  } = present.suite.settings.secrets.component;
  const options = [componentAppid, pushToken, encodingAesKey];
  const bare = await startBare('bare-push-server.ts', options, imageEnv('ingestion'), undo);
  const of = (port: number, pid: number | undefined, side?: Side) => (seconds: number) =>
    sampled(pid, side?.databasePid, async () => {
      const pushes = seconds * PUSHES_PER_SECOND;
      const plan: PushPlan = { port, connections: CONNECTIONS.push, seconds, pushes, componentAppid, pushToken, encodingAesKey };
      const { acknowledged, failures, seconds: lasted } = await runLoad<PushResult>('push-load.ts', plan);
      await side?.handedOver();
      return { requests: acknowledged, failures, seconds: lasted };
    });
  const ofSide = async (side: Side) => {
    // Whoever takes the events is not what is measured.
    for (const app of ['broker', 'sandbox'] as const) await side.suite.children.get(app)?.stop();
    return of(side.suite.settings.ports.ingestion, side.suite.children.get('ingestion')?.pid, side);
  };
  return { former: await ofSide(former), present: await ofSide(present), bare: of(bare.port, bare.pid) };
}

/** @returns whether every request was answered as it should */
async function compare(title: string, loads: Loads, { rounds, seconds }: PairsOptions): Promise<boolean> {
  print(`${title}, ${rounds} rounds of 2 × ${seconds} s of each`);
  for (const name of NAMES) await loads[name](Math.min(2, seconds));
  const samples: Record<Name, Sample[]> = { former: [], present: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    const halves: Record<Name, Sample[]> = { former: [], present: [], bare: [] };
    for (const name of turns(round % 2 === 0 ? NAMES : (['present', 'former', 'bare'] as const)))
      halves[name].push(await loads[name](seconds));
    for (const name of NAMES) samples[name].push(together(halves[name]));
    const [cpu] = ratios(samples.present.slice(-1), samples.former.slice(-1), MEASURES.cpu);
    print(`  round ${round + 1}: present / former ${cpu?.toFixed(3)} by processor time`);
  }
  for (const [name, what, digits] of [
    ['cpu', 'µs of processor time per request', 1],
    ['database', 'µs of MariaDB per request', 1],
    ['rate', 'requests per second', 0],
  ] as const) {
    const measure = MEASURES[name];
    const unit = name === 'rate' ? 1 : 1e6;
    const medians = NAMES.flatMap((server) => {
      const values = samples[server].map(measure).filter((value) => value !== undefined);
      return values.length === 0 ? [] : [`${server} ${(spreadOf(values).median * unit).toFixed(digits)}`];
    });
    if (medians.length === 0) continue;
    print(`  ${what}: ${medians.join(', ')}`);
    for (const [a, b] of [
      ['present', 'former'],
      ['present', 'bare'],
      ['former', 'bare'],
    ] as const) {
      const values = ratios(samples[a], samples[b], measure);
      if (values.length > 0) print(`    ${`${a} / ${b}`.padEnd(17)}${told(spreadOf(values))}`);
    }
  }
  const failures = together(NAMES.flatMap((name) => samples[name])).failures;
  print(`  failures: ${failures}\n`);
  return failures === 0;
}

async function main(options: PairsOptions): Promise<void> {
  const commit = commitOf(options.against);
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-bench-'));
  const undo: Undo = [() => rmSync(folder, { recursive: true, force: true })];
  const clear = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  // The servers are process groups of their own: nothing else ends them.
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      interrupted = true;
      void clear().finally(() => process.exit(1));
    });
  try {
    const checkout = await builtCheckout(commit, (line) => print(`former: ${line}`));
    // One for everything: the former side may know no other form.
    const secrets = { ...newDevSecrets(), encryption_keys: `k1:${randomBytes(32).toString('base64')}` };
    const former = await startSide(checkout, join(folder, 'former'), secrets, undo);
    const present = await startSide(ROOT, join(folder, 'present'), secrets, undo);
    print(`former: ${commit}; present: this checkout. Ratios: median of the rounds (quartiles).\n`);
    const good: boolean[] = [];
    if (options.parts.includes('warm'))
      good.push(await compare(`Warm reads of ${AUTHORIZERS} authorizers`, await warmLoads(former, present, undo), options));
    if (options.parts.includes('push'))
      good.push(await compare('Durable pushes, hand-over included', await pushLoads(former, present, undo), options));
    if (good.includes(false)) {
      print('Requests failed: the ratios mean nothing.');
      process.exitCode = 1;
    }
  } catch (error) {
    // A load fails when its server is stopped under it.
    if (!interrupted) throw error;
  } finally {
    await clear();
  }
}

let options: PairsOptions | undefined;
try {
  options = pairsOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`bench pairs: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
if (options) await main(options);
