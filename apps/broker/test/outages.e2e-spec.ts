import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINDINGS } from '#persistence';
import { Child } from '../../../scripts/lib/child.ts';
import { bareEnv } from '../../../scripts/lib/suite.ts';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';

const merchant = 'wx00000000000000aa';
const REPLICAS = 3;
let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start({
    brokers: REPLICAS,
    ownDatabase: true,
    component: { former_token_grace_s: 0 },
    env: { TOKEN_CLAIM_MS: '2000', DATABASE_START_TIMEOUT_S: '30' },
  });
  await rig.merchant(merchant);
  await rig.authorize(merchant);
});
afterAll(() => rig?.stop());

const everywhere = <T>(each: number, run: (broker: number) => Promise<T>) =>
  Promise.all(Array.from({ length: each * REPLICAS }, (_, index) => run(index % REPLICAS)));
const ready = async (broker: number) => {
  const response = await fetch(`${rig.brokers[broker]!.management}/health/ready`);
  return ((await response.json()) as { status: string }).status;
};
/** Stops (or lets go on) a server as a network partition would: connections stay, nothing answers; or ends it. */
const servers = () => rig.servers();

describe('Redis stopped', () => {
  it('reads go on, one refresh at a time still, degraded; nothing stale comes back with it', async () => {
    const before = (await rig.token(merchant)).body.access_token;
    const { redis } = servers();
    await redis.stop();
    await eventually('degraded', async () => (await ready(0)) === 'degraded' && (await ready(2)) === 'degraded');
    const answers = await everywhere(50, (broker) => rig.token(merchant, { broker }));
    expect(
      answers
        .map(({ status, body }) => [status, body.access_token])
        .filter(([status, token]) => status !== 200 || token !== before),
    ).toEqual([]);

    await rig.forgetCalls();
    await rig.database.query(
      'UPDATE f_wechat_accesstoken SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, generation = generation + 1',
    );
    const fresh = await everywhere(200, (broker) => rig.token(merchant, { broker }));
    expect(fresh.filter(({ status }) => status !== 200).map(({ status, body }) => [status, body.type])).toEqual([]);
    expect(new Set(fresh.map(({ body }) => body.access_token)).size).toBe(1);
    expect(await rig.calls('api_authorizer_token')).toBe(1);
    expect(await rig.calls('api_component_token')).toBe(1);
    expect(await rig.liveness(fresh[0]!.body.access_token)).toBe('live');

    await redis.start();
    await eventually(
      'trust again',
      async () => (await ready(0)) === 'up' && (await ready(1)) === 'up' && (await ready(2)) === 'up',
    );
    const after = await everywhere(20, (broker) => rig.token(merchant, { broker }));
    expect(new Set(after.map(({ body }) => body.access_token))).toEqual(new Set([fresh[0]!.body.access_token]));
  });

  it('a replica that lost the channel does not trust its own copy', async () => {
    await everywhere(1, (broker) => rig.token(merchant, { broker }));
    const { redis } = servers();
    await redis.stop();
    // Nobody can be told of this: whoever still used a copy would give out the former token.
    await rig.database.query(
      'UPDATE f_wechat_accesstoken SET access_token = ?, generation = generation + 1 WHERE authorizer_appid = ?',
      [
        rig.box.seal('the-token-after', BINDINGS.accessToken(rig.components[0]!.component_appid, merchant, 'authorizer', 0)),
        merchant,
      ],
    );
    await eventually('all to read again', async () => {
      const answers = await everywhere(1, (broker) => rig.token(merchant, { broker }));
      return answers.every(({ body }) => body.access_token === 'the-token-after');
    });
    await redis.start();
    await eventually('trust again', async () => (await ready(0)) === 'up' && (await ready(2)) === 'up');
    const after = await everywhere(3, (broker) => rig.token(merchant, { broker }));
    expect(new Set(after.map(({ body }) => body.access_token))).toEqual(new Set(['the-token-after']));
    await rig.report('the-token-after', merchant);
  });
});

describe('MySQL stopped', () => {
  it('warm reads go on, known clients too; everything is there again when it is back', async () => {
    const before = (await everywhere(5, (broker) => rig.token(merchant, { broker })))[0]!.body.access_token;
    const { mariadb } = servers();
    // The test's MariaDB writes its log once a second only; what is lost with it is not what this is about.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await mariadb.stop();
    const until = Date.now() + 12_000;
    while (Date.now() < until) {
      const answers = await everywhere(5, (broker) => rig.token(merchant, { broker }));
      expect(answers.map(({ status, body }) => [status, body.access_token])).toEqual(answers.map(() => [200, before]));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const unknown = await rig.token('wx00000000000000bb');
    expect(unknown.status).toBe(503);
    await mariadb.start();
    await rig.control.post('/tokens/expire', { component_appid: rig.components[0]!.component_appid, authorizer_appid: merchant });
    await eventually('a refresh', async () => {
      const { status, body } = await rig.report(before, merchant);
      return status === 200 && (await rig.liveness(body.access_token)) === 'live';
    });
  });
});

describe('a follower', () => {
  it('gives out the leader’s tokens, never asks WeChat for one, and passes reports on', async () => {
    const key = await rig.client({ scopes: ['component-token', 'authorizer-token'] });
    await rig.addBroker({
      BROKER_FOLLOW_URL: rig.brokers[0]!.url,
      BROKER_FOLLOW_KEY: key,
      DATABASE_URL: await rig.anotherSchema(),
      REDIS_URL: `${rig.redisUrl}/1`,
    });
    const follower = rig.brokers.length - 1;
    const own = await rig.clientIn(follower, { scopes: ['component-token', 'authorizer-token'] });
    await rig.token(merchant);
    await rig.forgetCalls();
    const [leading, following] = [await rig.token(merchant), await rig.token(merchant, { broker: follower, key: own })];
    expect(following.body.access_token).toBe(leading.body.access_token);
    expect(following.body.cache_seconds).toBeLessThanOrEqual(240);
    expect((await rig.token(undefined, { broker: follower, key: own })).body.access_token).toBe(
      (await rig.token()).body.access_token,
    );
    expect(await rig.calls('api_authorizer_token')).toBe(0);
    expect((await rig.api<{ ticket: string }>(`${rig.path()}/ticket`, { broker: follower, key: own })).body.ticket).toMatch(
      /^ticket@@@/,
    );

    await rig.control.post('/tokens/expire', { component_appid: rig.components[0]!.component_appid, authorizer_appid: merchant });
    const reported = await rig.report(leading.body.access_token, merchant, { broker: follower, key: own });
    expect(reported.body.access_token).not.toBe(leading.body.access_token);
    expect(reported.body.access_token).toBe((await rig.token(merchant)).body.access_token);
    expect(await rig.calls('api_authorizer_token')).toBe(1);
  });

  it('keeps nothing of an appid that somebody made up', async () => {
    const follower = rig.brokers.length - 1;
    const own = await rig.clientIn(follower, { scopes: ['authorizer-token'] });
    const made = `${rig.path('wx00000000000000ff')}/jsapi-ticket`;
    for (const refused of [
      await rig.token('wx00000000000000ff', { broker: follower, key: own }),
      await rig.report('nonsense', 'wx00000000000000ff', { broker: follower, key: own }),
      await rig.api<{ type: string }>(made, { broker: follower, key: own }),
    ])
      expect(refused.body.type).toBe('urn:wxplane:problem:authorizer-unknown');
    const rows = await rig.askOther<{ appid: string }>('SELECT DISTINCT authorizer_appid AS appid FROM f_wechat_accesstoken');
    expect(rows.map(({ appid }) => appid).sort()).toEqual(['', merchant]);
  });
});

describe('the sidecar', () => {
  it('serves wxcomponent’s inner routes on the loopback interface', async () => {
    const key = await rig.client({ scopes: ['component-token', 'authorizer-token'] });
    const sidecar = new Child({
      name: 'sidecar',
      command: process.execPath,
      args: ['dist/apps/broker/src/sidecar/main.js'],
      cwd: new URL('../../../', import.meta.url).pathname,
      env: {
        ...bareEnv(),
        BROKER_URL: rig.brokers[0]!.url,
        BROKER_CLIENT_KEY: key,
        COMPONENT_APPID: rig.components[0]!.component_appid,
        SIDECAR_PORT: '0',
        SIDECAR_COMPONENT_SECRETS: 'true',
      },
    });
    try {
      const port = await eventually('the sidecar', async () => /"port":(\d+)/.exec(sidecar.output())?.[1]);
      const inner = async (path: string, headers: Record<string, string> = {}) => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
        return response.ok
          ? ((await response.json()) as { code: number; errorMsg: string; data: Record<string, string> })
          : response.status;
      };
      expect(await inner('/inner/component-access-token')).toEqual({
        code: 0,
        errorMsg: '',
        data: { token: (await rig.token()).body.access_token },
      });
      expect(await inner(`/inner/authorizer-access-token?appid=${merchant}`)).toMatchObject({
        code: 0,
        data: { token: (await rig.token(merchant)).body.access_token },
      });
      expect(await inner('/inner/ticket')).toMatchObject({ code: 0, data: { ticket: expect.stringMatching(/^ticket@@@/) } });
      expect(await inner('/inner/authorizer-access-token?appid=wx00000000000000ff')).toMatchObject({
        code: 1002,
        errorMsg: expect.any(String),
      });
      expect(await inner('/inner/component-access-token', { origin: 'https://evil.example' })).toBe(403);
      expect(await inner('/other')).toBe(404);
      await rig.database.query('UPDATE f_wechat_verifyticket SET pushed_at = UTC_TIMESTAMP() - INTERVAL 13 HOUR');
      expect(await inner('/inner/ticket')).toMatchObject({ code: 1007 });
    } finally {
      await sidecar.stop();
    }
  });
});
