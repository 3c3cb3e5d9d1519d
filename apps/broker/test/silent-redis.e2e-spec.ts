import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FaultProxy } from '../../../test/soak/fault-proxy.ts';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';

const warm = 'wx00000000000000aa';
const cold = Array.from({ length: 20 }, (_, index) => `wx00000000000001${String(index).padStart(2, '0')}`);
/** Of whom nobody has a copy in memory: each is expired in MySQL, and read once. */
const unread = Array.from({ length: 5 }, (_, index) => `wx000000000000020${index}`);
let rig: Rig;
let proxy: FaultProxy;

beforeAll(async () => {
  rig = await Rig.start({ brokers: 0, env: { TOKEN_CLAIM_MS: '2000' } });
  proxy = await FaultProxy.start(Number(new URL(rig.redisUrl).port));
  const through = new URL(rig.redisUrl);
  through.port = String(proxy.port);
  await rig.addBroker({ REDIS_URL: through.href });
  await rig.addBroker({ REDIS_URL: through.href });
  for (const appid of [warm, ...cold, ...unread]) {
    await rig.merchant(appid);
    await authorize(appid);
  }
});
afterAll(async () => {
  await rig?.stop();
  await proxy?.stop();
});

/** Should Redis be slow for a moment, the event is taken from the inbox as well as from the queue: one of them finds it done. */
const authorize = async (appid: string) => {
  const component_appid = rig.components[0]!.component_appid;
  await rig.control.post('/authorizations', { component_appid, merchant_appid: appid, always_push: true });
  const id = await rig.deliver(await rig.lastPush(component_appid, 'authorized', appid));
  await rig.effect(id);
  await eventually('a token', async () => {
    const [row] = await rig.database.query('SELECT state FROM f_wechat_authorizer WHERE authorizer_appid = ?', [appid]);
    return row?.state === 'active';
  });
};
const ready = async (broker: number) => {
  const response = await fetch(`${rig.brokers[broker]!.management}/health/ready`);
  return ((await response.json()) as { status: string }).status;
};
const bothAre = (status: string) =>
  eventually(status, async () => (await ready(0)) === status && (await ready(1)) === status, 60_000);
const everywhere = <T>(each: number, run: (broker: number) => Promise<T>) =>
  Promise.all(Array.from({ length: each * 2 }, (_, index) => run(index % 2)));
const refreshedOnce = async (appid: string) => {
  await rig.forgetCalls();
  await rig.database.query(
    `UPDATE f_wechat_accesstoken SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, generation = generation + 1
      WHERE authorizer_appid = ?`,
    [appid],
  );
  const fresh = await everywhere(50, (broker) => rig.token(appid, { broker }));
  expect(fresh.filter(({ status }) => status !== 200).map(({ body }) => body.type)).toEqual([]);
  expect(new Set(fresh.map(({ body }) => body.access_token)).size).toBe(1);
  expect(await rig.calls('api_authorizer_token')).toBe(1);
  expect(await rig.liveness(fresh[0]!.body.access_token)).toBe('live');
};
/** They end although Redis answers nothing: a cold one (at the first broker) and a warm one (at the second). */
const readsGoOn = async () => {
  const { access_token } = (await rig.token(warm)).body;
  for (const appid of cold) {
    const answers = [await rig.token(appid, { broker: 0 }), await rig.token(warm, { broker: 1 })];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[1]!.body.access_token).toBe(access_token);
  }
};

describe('a Redis that is silent', () => {
  beforeEach(() => bothAre('up'));

  it('stopped (SIGSTOP): warm and cold token reads go on, one refresh at a time still, degraded, and well again after it', async () => {
    const pid = Number(readFileSync(join(rig.redisFolder, 'redis.pid'), 'utf8'));
    process.kill(pid, 'SIGSTOP');
    try {
      await readsGoOn();
      await refreshedOnce(unread[0]!);
      await bothAre('degraded');
      await readsGoOn();
      await refreshedOnce(unread[1]!);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await bothAre('up');
    await refreshedOnce(unread[2]!);
  });

  it('half-open (present connections are silent for good): reads go on, and it is connected anew without a restart', async () => {
    proxy.strand();
    await readsGoOn();
    await refreshedOnce(unread[3]!);
    // Its channel, too: what one broker refreshes, the other one hears of.
    await bothAre('up');
    const [one, two] = await Promise.all([rig.token(warm, { broker: 0 }), rig.token(warm, { broker: 1 })]);
    expect(one.body.access_token).toBe(two.body.access_token);
    await rig.control.post('/tokens/expire', { component_appid: rig.components[0]!.component_appid, authorizer_appid: warm });
    const reported = await rig.report(one.body.access_token, warm, { broker: 0 });
    expect(reported.body.refreshed).toBe(true);
    await eventually(
      'the other broker to hear of it',
      async () => (await rig.token(warm, { broker: 1 })).body.access_token === reported.body.access_token,
    );
    // Its queues as well.
    const event = await rig.deliver(await rig.lastPush(rig.components[0]!.component_appid, 'authorized', unread.at(-1)));
    expect(await rig.effect(event)).toBeDefined();
  });
});
