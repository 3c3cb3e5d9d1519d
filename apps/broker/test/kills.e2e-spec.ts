import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';

/** More than a build server has time for: `WXPLANE_KILLS=100`. */
const KILLS = Number(process.env['WXPLANE_KILLS'] ?? 8);
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
    env: { TOKEN_CLAIM_MS: '2000', TRUST_PROXY: 'loopback' },
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
  eventually(what, () => ask(any(REPLICAS)), 120_000);

/** The merchant opens the launch page and consents; browser and push arrive at about the same time, wherever somebody is alive. */
async function grant(merchant: string): Promise<string> {
  const headers = { 'x-forwarded-for': `10.${any(250)}.${any(250)}.${any(250)}`, 'user-agent': 'Chrome' };
  const link = await persist('a link', async (broker) => {
    const made = await rig.api<{ url: string }>(`${rig.path()}/authorization-links`, { method: 'POST', body: {}, broker });
    return made.status === 201 && new URL(made.body.url).pathname;
  });
  const go = await persist('the launch page', async (broker) => {
    const page = await rig.api<string>(link, { key: null, headers, broker });
    const href = /id="go" href="([^"]+)"/.exec(page.body)?.[1];
    if (!href) throw new Error(`${broker} ${page.status} ${page.body.replace(/<style.*?<[/]style>/s, '').slice(0, 3000)}`);
    return href;
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
  const xml = await rig.lastPush(component_appid, info_type, merchant);
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

/** What is given out is alive; if it is not, that comes to light here. */
const living = (merchant: string) =>
  eventually(
    `a living token of ${merchant}`,
    async () => {
      const { status, body } = await rig.token(merchant, { broker: any(REPLICAS) });
      const state = status === 200 ? await rig.liveness(body.access_token) : JSON.stringify(body);
      if (state === 'live' || state === 'former') return true;
      const [row] = await rig.database.query('SELECT * FROM f_wechat_accesstoken WHERE authorizer_appid = ?', [merchant]);
      const [known] = await rig.database.query('SELECT * FROM f_wechat_authorizer WHERE authorizer_appid = ?', [merchant]);
      throw new Error(`${status} ${state} ${JSON.stringify({ ...row, access_token: 0 })} ${JSON.stringify(known)}`);
    },
    60_000,
  );

describe('kill -9 at random moments', () => {
  it(`${KILLS} times, while tokens are refreshed and codes exchanged: no authorizer needs a human`, async () => {
    const granted = new Set(regranted);
    const events: string[] = [];
    let kills = 0;
    let up = REPLICAS;
    let running = true;

    const killing = async (victim: number) => {
      while (kills < KILLS) {
        kills += 1;
        await sleep(200 + any(800));
        // Somebody has to do the work that is to be killed, also where starting takes long.
        while (up < 2) await sleep(50);
        up -= 1;
        await rig.brokers[victim]!.child.kill();
        expect(await needy()).toEqual([]);
        await rig.brokers[victim]!.start();
        up += 1;
      }
    };
    const refreshing = async (merchant: string, check: boolean) => {
      while (running) {
        // That UPDATE may meet a transaction of a broker: then it is the one to give way.
        await rig.age(-1, merchant).catch(() => {});
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
      await living(merchant);
      // And the refresh token that is stored works, or is found again.
      await rig.age(-1, merchant);
      await living(merchant);
    }
    expect(await rig.database.query(`SELECT * FROM f_wechat_authorizer WHERE state <> 'active'`)).toEqual([]);
  }, 1_200_000);
});
