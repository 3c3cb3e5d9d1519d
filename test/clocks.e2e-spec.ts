import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Rig } from '../apps/broker/testing/rig.js';
import { eventually } from './support/eventually.js';
import { clockWrongBy } from './support/skewed-clock.js';
import { type Suite, startSuite } from './support/suite.js';

/*
 * Clocks of replicas differ by seconds in every cluster, and by minutes where time synchronisation broke. Minutes are tried here:
 * what survives them survives seconds.
 */
const merchant = 'wx00000000000000aa';
const SKEWS_S = [-120, 0, 120];

describe('three brokers, one two minutes behind and one two minutes ahead', () => {
  let rig: Rig;

  beforeAll(async () => {
    // WeChat forgets a replaced token at once: whoever still has the former one has a dead token in hand.
    rig = await Rig.start({ brokers: 0, component: { former_token_grace_s: 0 } });
    for (const skew of SKEWS_S) await rig.addBroker(clockWrongBy(skew));
    await rig.merchant(merchant);
    await rig.authorize(merchant);
  });
  afterAll(() => rig?.stop());
  beforeEach(() => rig.forgetCalls());

  const everywhere = <T>(each: number, run: (broker: number) => Promise<T>) =>
    Promise.all(Array.from({ length: each * SKEWS_S.length }, (_, index) => run(index % SKEWS_S.length)));
  /** Asserts that all of them hold one token, which lives. */
  const oneLivingToken = async (answers: readonly { status: number; body: { access_token: string } }[]) => {
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const [token, ...others] = new Set(answers.map(({ body }) => body.access_token));
    expect(others).toEqual([]);
    expect(await rig.liveness(token!)).toBe('live');
    return token!;
  };

  it('the clocks are wrong indeed', async () => {
    const times = rig.brokers.map(({ child }) => Date.parse(JSON.parse(child.output().split('\n')[0]!).time as string));
    expect(times[2]! - times[0]!).toBeGreaterThan(180_000);
  });

  it('each that is wrong says so, by how much, and what to do', async () => {
    const said = await Promise.all(
      rig.brokers.map(async ({ management }) => {
        const { checks } = (await (await fetch(`${management}/health/ready`)).json()) as {
          checks: { clock: { status: string; behind_database_s: number }; progress: { stands_still?: { what: string }[] } };
        };
        const stands = checks.progress.stands_still?.some(({ what }) => what === 'clock of broker') ?? false;
        return [checks.clock.status, Math.round(checks.clock.behind_database_s / 10) * 10 || 0, stands];
      }),
    );
    expect(said).toEqual([
      ['degraded', 120, true],
      ['up', 0, false],
      ['degraded', -120, true],
    ]);
  });

  it.each([
    ['an authorizer', merchant, 'api_authorizer_token'],
    ['the component', '', 'api_component_token'],
  ])('at expiry all readers get one living token of %s, by one call', async (_, appid, api) => {
    await rig.age(-1, appid);
    await oneLivingToken(await everywhere(50, (broker) => rig.token(appid, { broker })));
    expect(await rig.calls(api)).toBe(1);
  });

  it('a token with a minute to live is given out by none as if it had three', async () => {
    await rig.control.post('/faults', { path: '/cgi-bin/component/api_authorizer_token', action: 'errcode', errcode: -1 });
    await rig.age(60, merchant);
    const answers = await everywhere(1, (broker) => rig.token(merchant, { broker }));
    for (const { body } of answers) expect(body.expires_in).toBeLessThanOrEqual(60);
    for (const { body } of answers) expect(body.expires_in).toBeGreaterThan(30);
    await rig.control.delete('/faults');
    await eventually('a fresh token everywhere', async () => {
      const fresh = await everywhere(1, (broker) => rig.token(merchant, { broker }));
      return fresh.every(({ body }) => body.expires_in > 7_000);
    });
  });

  it('a refused token leaves all three, by one refresh', async () => {
    const dead = await oneLivingToken(await everywhere(1, (broker) => rig.token(merchant, { broker })));
    const { component_appid } = rig.components[0]!;
    await rig.control.post('/tokens/expire', { component_appid, authorizer_appid: merchant });
    expect(await oneLivingToken(await everywhere(20, (broker) => rig.report(dead, merchant, { broker })))).not.toBe(dead);
    expect(await rig.calls('api_authorizer_token')).toBe(1);
  });
});

describe('a suite whose apps do not agree on the time', () => {
  let suite: Suite;
  beforeAll(async () => {
    suite = await startSuite({
      name: 'clocks',
      env: { ingestion: clockWrongBy(-40), broker: clockWrongBy(40), release: clockWrongBy(-20) },
      sandboxConfig: { settings: { privacy_scan_s: 1 } },
    });
    await suite.control.post('/merchants', { appid: merchant, kind: 'miniprogram', nick_name: '时钟铺 🕰️' });
  });
  afterAll(() => suite?.stop());

  const account = () => ({ component_appid: suite.component.component_appid, merchant_appid: merchant });
  const token = () =>
    suite.api<{ access_token: string }>(
      'broker',
      'GET',
      `/v1/components/${suite.component.component_appid}/authorizers/${merchant}/token`,
    );
  const living = () =>
    eventually('a living token', async () => {
      const { status, body } = await token();
      if (status !== 200) return undefined;
      return (await suite.control.post<{ state: string }>('/tokens/check', { token: body.access_token })).state === 'live';
    });

  it('takes a merchant’s coming, going and coming again in the order in which they were', async () => {
    await suite.control.post('/authorizations', { ...account(), always_push: true });
    await living();
    await suite.control.post('/authorizations/cancel', account());
    await eventually('the end of the authorization', async () => (await token()).status === 409);
    await suite.control.post('/authorizations', { ...account(), always_push: true });
    await living();
  });

  it('takes a release to the merchants', async () => {
    const c = `/v1/components/${suite.component.component_appid}`;
    const { template_id } = await suite.control.post<{ template_id: number }>(`${c.replace('/v1', '')}/templates`, {
      user_version: '1.0',
    });
    const made = await suite.api<{ release_id: number }>('release', 'POST', `${c}/releases`, {
      authorizer_appid: merchant,
      template_id,
      user_version: '1.0',
      user_desc: 'with a wrong clock',
      policy: { submit: 'auto', publish: 'auto' },
    });
    expect(made.status).toBe(201);
    const reached = (state: string) =>
      eventually(`the release to be ${state}`, async () => {
        const { body } = await suite.api<{ state: string }>('release', 'GET', `/v1/releases/${made.body.release_id}`);
        return body.state === state;
      });
    await reached('auditing');
    const { audits } = await suite.control.get<{ audits: { auditid: string }[] }>(`/audits?appid=${merchant}`);
    await suite.control.post(`/audits/${audits[0]?.auditid}/approve`);
    await reached('released');
  });
});
