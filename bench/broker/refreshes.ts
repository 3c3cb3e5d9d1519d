import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, type BrokerRig, load, measured, number, tokenPath } from './rig.ts';

const READ = 100;
const OTHERS = 400;
const PER_SECOND = 50;

/** "WeChat refused this token", so many times a second; each is a refresh. */
async function replaceSteadily(rig: BrokerRig, { url }: Broker, appids: readonly string[], until: AbortSignal) {
  const headers = { authorization: `Bearer ${rig.key}`, 'content-type': 'application/json' };
  const running = new Set<Promise<void>>();
  let [replaced, failed] = [0, 0];
  const one = async (path: string) => {
    const held = (await (await fetch(`${url}${path}`, { headers })).json()) as { access_token: string };
    const body = JSON.stringify({ token: held.access_token });
    const response = await fetch(`${url}${path}/report-invalid`, { method: 'POST', headers, body });
    const { refreshed } = (await response.json()) as { refreshed?: boolean };
    if (refreshed) replaced += 1;
    else failed += 1;
  };
  const startedAt = performance.now();
  for (let sent = 0; !until.aborted; sent += 1) {
    const run: Promise<void> = one(tokenPath(appids[sent % appids.length] ?? ''))
      .catch(() => {
        failed += 1;
      })
      .finally(() => running.delete(run));
    running.add(run);
    await sleep(Math.max(0, startedAt + (sent + 1) * (1_000 / PER_SECOND) - performance.now()));
  }
  await Promise.all(running);
  return { replaced, failed, perSecond: replaced / ((performance.now() - startedAt) / 1_000) };
}

/** Warm reads of one broker while tokens are replaced beside them, and while those that are read are replaced. */
export async function refreshes(rig: BrokerRig, seconds: number): Promise<void> {
  // A reported token is replaced at once, however young it is.
  const broker = await rig.startBroker({ TOKEN_TRUST_MS: '0' });
  const appids = await rig.merchants(READ + OTHERS, 'wxr');
  const [read, others] = [appids.slice(0, READ), appids.slice(READ)];
  const first = await load({ ...rig.plan(broker.port, appids.map(tokenPath), 60), rounds: 1, order: 'each' });
  const paths = read.map(tokenPath);
  await load(rig.plan(broker.port, paths, 2));
  process.stdout.write(`reads of ${READ} authorizers while tokens are replaced\n`);
  for (const [what, replaced] of [
    ['nothing replaced', []],
    ['tokens of others', others],
    ['the tokens read', read],
  ] as const) {
    await rig.control('/calls', undefined, 'DELETE');
    const over = new AbortController();
    const stream = replaced.length > 0 ? replaceSteadily(rig, broker, replaced, over.signal) : undefined;
    const reads = await measured(broker, rig.plan(broker.port, paths, seconds));
    over.abort();
    const done = await stream;
    const calls = (await rig.calls())['api_authorizer_token'] ?? 0;
    process.stdout.write(
      `  ${what.padEnd(18)}${number(reads.perSecond)}/s (${number(reads.perCpuSecond)} per second of processor time), p50 ${reads.p50Ms.toFixed(2)} ms, p99 ${reads.p99Ms.toFixed(2)} ms, failures ${reads.failures}` +
        `${done ? `; ${done.perSecond.toFixed(0)} refreshes/s, ${calls} calls of WeChat for ${done.replaced} refreshes, ${done.failed} not refreshed` : ''}\n`,
    );
  }
  if (first.failures > 0) process.stdout.write(`  failures of first reads: ${first.failures}\n`);
  await broker.child.stop();
}
