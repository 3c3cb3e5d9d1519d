import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';

/** More than a build server has time for: `WXPLANE_KILLS=100`. */
const KILLS = Number(process.env['WXPLANE_KILLS'] ?? 18);
const REPLICAS = 3;
const appid = (group: string, index: number) => `wx${group}${String(index).padStart(14 - group.length + 2, '0')}`;
/** Their tokens are refreshed all the time, and nothing else happens to them. */
const refreshed = [0, 1, 2].map((index) => appid('aa', index));
/** They authorize again all the time, while their tokens are refreshed. */
const regranted = [0, 1, 2].map((index) => appid('bb', index));
let rig: Rig;

beforeAll(async () => {
  // Redirect and push carry different codes, and every refresh gives another refresh token: an answer that is lost counts.
  rig = await Rig.start({
    brokers: REPLICAS,
    env: { TOKEN_CLAIM_MS: '2000', TRUST_PROXY: 'true' },
    component: { refresh_mode: 'rotate', former_token_grace_s: 300 },
    settings: { same_code: false },
  });
  for (const merchant of [...refreshed, ...regranted]) {
    await rig.merchant(merchant);
    await rig.authorize(merchant);
  }
  // WeChat has done it, and its answer is on the way: that is when a kill hurts.
  for (const api of ['api_authorizer_token', 'api_query_auth'])
    await rig.control.post('/faults', {
      path: `/cgi-bin/component/${api}`,
      action: 'delay',
      after: true,
      delay_ms: 150,
      times: 0,
    });
});
afterAll(() => rig?.stop());

const any = (count: number) => Math.floor(Math.random() * count);
/** What a killed replica does not answer is asked of another one. */
const persist = <T>(what: string, ask: (broker: number) => Promise<T | undefined | false>) =>
  eventually(what, () => ask(any(REPLICAS)).catch(() => undefined), 60_000);

/** The merchant opens the launch page and consents; browser and push arrive at about the same time, wherever somebody is alive. */
async function grant(merchant: string): Promise<string> {
  const headers = { 'x-forwarded-for': `10.${any(250)}.${any(250)}.${any(250)}`, 'user-agent': 'Chrome' };
  const link = await persist('a link', async (broker) => {
    const made = await rig.api<{ url: string }>(`${rig.path()}/authorization-links`, { method: 'POST', body: {}, broker });
    return made.status === 201 && new URL(made.body.url).pathname;
  });
  const go = await persist('the launch page', async (broker) => {
    const page = await rig.api<string>(link, { key: null, headers, broker });
    return /id="go" href="([^"]+)"/.exec(page.body)?.[1];
  });
  const query = new URL(go.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).searchParams;
  const component_appid = rig.components[0]!.component_appid;
  const { info_type, redirect_url } = await rig.control.post<{ info_type: string; redirect_url: string }>('/authorizations', {
    component_appid,
    merchant_appid: merchant,
    pre_auth_code: query.get('pre_auth_code'),
    redirect_uri: query.get('redirect_uri'),
    redirect: 'none',
    always_push: true,
  });
  const xml = await rig.lastPush(component_appid, info_type);
  const { pathname, search } = new URL(redirect_url);
  const browser = async () => {
    await sleep(any(200));
    // Whoever sees an error page closes it.
    await rig.api(`${pathname}${search}`, { key: null, headers, broker: any(REPLICAS) }).catch(() => {});
  };
  const push = async () => {
    await sleep(any(200));
    return rig.deliver(xml);
  };
  const [event] = await Promise.all([push(), browser()]);
  return event;
}

const needy = () =>
  rig.database.query(
    `SELECT authorizer_appid, state, state_reason FROM f_wechat_authorizer WHERE state NOT IN ('active', 'degraded')`,
  );

describe('kill -9 at random moments', () => {
  it(`${KILLS} times, while tokens are refreshed and codes exchanged: no authorizer needs a human`, async () => {
    const granted = new Set(regranted);
    const events: string[] = [];
    let kills = 0;
    let running = true;

    const killing = async (victim: number) => {
      while (kills < KILLS) {
        kills += 1;
        await sleep(200 + any(800));
        await rig.brokers[victim]!.child.kill();
        expect(await needy()).toEqual([]);
        await rig.brokers[victim]!.start();
      }
    };
    const refreshing = async (merchant: string, check: boolean) => {
      while (running) {
        await rig.age(-1, merchant);
        const answers = await Promise.all(
          Array.from({ length: REPLICAS * 2 }, (_, index) =>
            rig.token(merchant, { broker: index % REPLICAS }).catch(() => undefined),
          ),
        );
        for (const answer of check ? answers : [])
          if (answer?.status === 200) expect(['live', 'former']).toContain(await rig.liveness(answer.body.access_token));
        await sleep(any(300));
      }
    };
    const granting = async (lane: number) => {
      for (let round = 0; running; round += 1) {
        let merchant = regranted[(lane + round) % regranted.length]!;
        if (round % 2 === 1) {
          merchant = appid(`cc${lane}`, round);
          await rig.merchant(merchant);
        }
        granted.add(merchant);
        events.push(await grant(merchant));
      }
    };
    const work = Promise.all([
      ...refreshed.map((merchant) => refreshing(merchant, true)),
      ...regranted.map((merchant) => refreshing(merchant, false)),
      granting(0),
      granting(1),
    ]);
    await Promise.race([Promise.all(rig.brokers.map((_, victim) => killing(victim))), work]).finally(() => {
      running = false;
    });
    await work;
    await rig.control.delete('/faults');

    // A code whose exchange was killed is taken over by the push, which comes again by itself.
    for (const event of events) {
      const effect = await eventually(
        `event ${event} to have its effect`,
        async () => {
          const [row] = await rig.database.query('SELECT state, note FROM f_wechat_eventeffect WHERE event_id = ?', [event]);
          return row;
        },
        150_000,
      );
      expect(effect).toMatchObject({ state: expect.stringMatching(/done|skipped/) });
    }
    expect(await needy()).toEqual([]);
    for (const merchant of [...refreshed, ...granted]) {
      const alive = await persist(`a living token of ${merchant}`, async (broker) => {
        const { status, body } = await rig.token(merchant, { broker });
        return status === 200 && ['live', 'former'].includes(await rig.liveness(body.access_token));
      });
      expect(alive).toBe(true);
      // And the refresh token that is stored works, or is found again.
      await rig.age(-1, merchant);
      const again = await persist(`a fresh token of ${merchant}`, async (broker) => {
        const { status, body } = await rig.token(merchant, { broker });
        return status === 200 && body.access_token;
      });
      expect(await rig.liveness(again)).toBe('live');
    }
    expect(await rig.database.query(`SELECT * FROM f_wechat_authorizer WHERE state <> 'active'`)).toEqual([]);
  }, 1_200_000);
});
