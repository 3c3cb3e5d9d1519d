import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PeerPlan, PeerResult } from '../peers/worker.ts';
import { type Broker, type BrokerRig, load, tokenPath } from './rig.ts';

const PEERS = join(import.meta.dirname, '../peers');
/** Each has a component to itself: whoever asks for a component token ends everybody else's. */
export const PEER_COMPONENTS = { 'node-easywechat': 'wx00000000000000c1', 'nest-wechat': 'wx00000000000000c2' } as const;
const PROCESSES = 3;
/** What WeChat takes for an answer, about. */
const WECHAT_MS = 50;

/** Installs what the broker is measured beside, apart from the product. @returns why that is not possible */
function installPeers(): string | undefined {
  const wanted = JSON.parse(readFileSync(join(PEERS, 'package.json'), 'utf8')).dependencies as Record<string, string>;
  const installed = (name: string) => {
    const file = join(PEERS, 'node_modules', name, 'package.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : undefined;
  };
  if (Object.entries(wanted).every(([name, version]) => installed(name) === version)) return undefined;
  process.stdout.write('installing the peers into bench/peers/node_modules\n');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, stderr, error } = spawnSync('npm', ['ci', ...options], { cwd: PEERS, encoding: 'utf8', timeout: 120_000 });
  if (status === 0) return undefined;
  return (error?.message ?? stderr).trim().split('\n').at(-1) ?? 'npm failed';
}

/** Processes that use an SDK, all started before the first one asks for the authorizer's token. */
async function peers(rig: BrokerRig, plan: PeerPlan): Promise<PeerResult[]> {
  const file = join(rig.folder, 'peer.json');
  writeFileSync(file, JSON.stringify(plan), { mode: 0o600 });
  const start = () => {
    const child = spawn(process.execPath, [join(PEERS, 'worker.ts'), file], { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
  };
  const workers = [start()];
  const lineOf = async ({ lines }: ReturnType<typeof start>) => {
    const { value } = await lines.next();
    if (typeof value !== 'string') throw new Error(`${plan.sdk} ended early`);
    return value;
  };
  try {
    // The first one alone: it gets the component token, and the others find it in the cache.
    await lineOf(workers[0]!);
    while (workers.length < PROCESSES) workers.push(start());
    await Promise.all(workers.slice(1).map(lineOf));
    await rig.control('/calls', undefined, 'DELETE');
    for (const { child } of workers) child.stdin.write('go\n');
    return await Promise.all(workers.map(async (worker) => JSON.parse(await lineOf(worker)) as PeerResult));
  } finally {
    for (const { child } of workers) child.kill();
  }
}

async function brokers(rig: BrokerRig, servers: readonly Broker[], appid: string, readers: number): Promise<PeerResult[]> {
  return Promise.all(
    servers.map(async ({ url }) => {
      const tokens: Record<string, number> = {};
      const errors: Record<string, number> = {};
      const headers = { authorization: `Bearer ${rig.key}` };
      const one = async () => {
        const response = await fetch(`${url}${tokenPath(appid)}`, { headers });
        const body = (await response.json()) as { access_token?: string; code?: string };
        const [counts, what] = body.access_token ? [tokens, body.access_token] : [errors, body.code ?? String(response.status)];
        counts[what] = (counts[what] ?? 0) + 1;
      };
      await Promise.all(Array.from({ length: readers }, one));
      return { tokens, errors };
    }),
  );
}

/** One line of the table; every token that was handed out is tried with a call. */
async function line(rig: BrokerRig, name: string, readers: number, run: () => Promise<PeerResult[]>): Promise<void> {
  await rig.control('/calls', undefined, 'DELETE');
  const results = await run();
  const calls = await rig.calls();
  const handed = new Map<string, number>();
  for (const { tokens } of results)
    for (const [token, count] of Object.entries(tokens)) handed.set(token, (handed.get(token) ?? 0) + count);
  let [dead, given] = [0, 0];
  for (const [token, count] of handed) {
    given += count;
    const response = await fetch(`${rig.sandbox}/cgi-bin/get_api_domain_ip?access_token=${encodeURIComponent(token)}`);
    if (((await response.json()) as { errcode?: number }).errcode) dead += count;
  }
  const failed = results.flatMap(({ errors }) => Object.entries(errors).map(([what, count]) => `${count} × ${what}`));
  const asked = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const share = given === 0 ? '–' : `${Math.round((dead / given) * 100)} %`;
  process.stdout.write(
    `  ${name.padEnd(18)}${String(readers * PROCESSES).padStart(7)}${String(asked).padStart(9)}${String(handed.size).padStart(9)}${share.padStart(8)}  ${failed.join(', ') || 'none'}\n`,
  );
}

/** Nobody has the token of a merchant, and three processes want it many times at once. WeChat forgets a replaced token at once here. */
export async function stampede(rig: BrokerRig, readers: readonly number[]): Promise<void> {
  const missing = installPeers();
  if (missing) process.stdout.write(`node-easywechat and nest-wechat are left out: they cannot be installed (${missing})\n`);
  const servers = await Promise.all(Array.from({ length: PROCESSES }, () => rig.startBroker()));
  const slow = { path: '/cgi-bin/component/*', action: 'delay', delay_ms: WECHAT_MS, times: 0 };
  const { id } = await rig.control<{ id: string | number }>('/faults', slow);
  process.stdout.write(
    `cold stampede: ${PROCESSES} processes each; WeChat answers after ${WECHAT_MS} ms\n  ${''.padEnd(18)}readers    calls   tokens    dead  errors\n`,
  );
  const { component } = rig.secrets;
  for (const [round, count] of readers.entries()) {
    const [warm = '', mine = ''] = await rig.merchants(2, `wxs${round}x`);
    for (const { port } of servers) await load({ ...rig.plan(port, [tokenPath(warm)], 10), rounds: 1, connections: 1 });
    await line(rig, 'wxplane', count, () => brokers(rig, servers, mine, count));
    if (missing) continue;
    for (const [sdk, componentAppid] of Object.entries(PEER_COMPONENTS) as [PeerPlan['sdk'], string][]) {
      const [[authorizerAppid = '', refreshToken = ''] = []] = Object.entries(
        await rig.authorized(1, `wx${sdk.slice(0, 4)}${round}x`, componentAppid),
      );
      const plan: PeerPlan = {
        sdk,
        readers: count,
        wechat: rig.sandbox ?? '',
        redisUrl: rig.services.redisUrl,
        componentAppid,
        secret: component.component_appsecret,
        pushToken: component.push_token,
        aesKey: component.encoding_aes_key,
        ticket: await rig.ticket(componentAppid),
        authorizerAppid,
        refreshToken,
      };
      await line(rig, sdk, count, () => peers(rig, plan));
    }
  }
  await rig.control(`/faults/${id}`, undefined, 'DELETE');
}
