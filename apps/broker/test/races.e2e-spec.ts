import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';

const merchant = 'wx00000000000000aa';
const REPLICAS = 3;
let rig: Rig;

beforeAll(async () => {
  // WeChat forgets a replaced token at once here: whoever still has the former one has a dead token in hand.
  rig = await Rig.start({
    brokers: REPLICAS,
    components: 2,
    component: { former_token_grace_s: 0 },
    env: { TOKEN_CLAIM_MS: '6000' },
  });
  await rig.merchant(merchant);
  await rig.authorize(merchant, 0);
  await rig.authorize(merchant, 1);
});

afterAll(() => rig?.stop());
beforeEach(() => rig.forgetCalls());

const everywhere = <T>(each: number, run: (broker: number) => Promise<T>) =>
  Promise.all(Array.from({ length: each * REPLICAS }, (_, index) => run(index % REPLICAS)));

describe('readers at expiry', () => {
  it.each([
    ['an authorizer', merchant, 'api_authorizer_token'],
    ['the component', '', 'api_component_token'],
  ])('1,000 readers on each of three replicas cause one call for %s, and hold one living token', async (_, appid, api) => {
    await rig.token(appid);
    await rig.age(-1, appid);
    const answers = await everywhere(1_000, (broker) => rig.token(appid, { broker }));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    const tokens = new Set(answers.map(({ body }) => body.access_token));
    expect(tokens.size).toBe(1);
    expect(await rig.liveness([...tokens][0]!)).toBe('live');
    expect(await rig.calls(api)).toBe(1);
  });

  it('WeChat slower than the life of a claim: still one call, since the claim is extended', async () => {
    await rig.age(-1, merchant);
    await rig.control.post('/faults', { path: '/cgi-bin/component/api_authorizer_token', action: 'delay', delay_ms: 9_000 });
    const answers = await everywhere(30, (broker) => rig.token(merchant, { broker }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(1);
    expect(await rig.calls('api_authorizer_token')).toBe(1);
  });

  it('in the last part of its life readers get the living token, and it is replaced behind them once', async () => {
    await rig.control.post('/tokens/refresh-mode', { component_appid: rig.components[0]!.component_appid, mode: 'same' });
    await rig.age(300, merchant);
    const former = (await rig.token(merchant)).body.access_token;
    const answers = await everywhere(100, (broker) => rig.token(merchant, { broker }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const fresh = await eventually('the replaced token', async () => {
      const { body } = await rig.token(merchant);
      return body.access_token !== former && body.access_token;
    });
    expect(await rig.liveness(fresh)).toBe('live');
    expect(await rig.calls('api_authorizer_token')).toBe(1);
    for (let broker = 0; broker < REPLICAS; broker += 1) {
      expect((await rig.token(merchant, { broker })).body.access_token).toBe(fresh);
    }
  });
});

describe('refused tokens', () => {
  it('500 refusals at once cause one refresh', async () => {
    const dead = (await rig.token(merchant)).body.access_token;
    await rig.control.post('/tokens/expire', { component_appid: rig.components[0]!.component_appid, authorizer_appid: merchant });
    const answers = await everywhere(167, (broker) => rig.report(dead, merchant, { broker }));
    const tokens = new Set(answers.map(({ body }) => body.access_token));
    expect(tokens.size).toBe(1);
    expect(tokens.has(dead)).toBe(false);
    expect(await rig.liveness([...tokens][0]!)).toBe('live');
    expect(await rig.calls('api_authorizer_token')).toBe(1);
  });

  it('nonsense calls nobody, and a living token that is called refused is kept', async () => {
    const { access_token: living } = (await rig.token(merchant)).body;
    expect((await rig.report('nonsense', merchant)).body).toMatchObject({ access_token: living, refreshed: false });
    for (let i = 0; i < 20; i += 1) {
      expect((await rig.report(living, merchant, { broker: i % REPLICAS })).body).toMatchObject({
        access_token: living,
        refreshed: false,
      });
    }
    expect(await rig.calls('api_authorizer_token')).toBe(0);
    expect(await rig.calls('get_api_domain_ip')).toBeLessThanOrEqual(REPLICAS);
  });
});

describe('two components with the same authorizer', () => {
  it('stay apart', async () => {
    const [one, two] = await Promise.all([rig.token(merchant), rig.token(merchant, { component: 1 })]);
    expect(one.body.access_token).not.toBe(two.body.access_token);
    await rig.control.post('/authorizations/cancel', {
      component_appid: rig.components[1]!.component_appid,
      merchant_appid: merchant,
    });
    await rig.effect(await rig.deliver(await rig.lastPush(rig.components[1]!.component_appid, 'unauthorized'), 1));
    expect((await rig.token(merchant, { component: 1 })).status).toBe(409);
    expect((await rig.token(merchant)).body.access_token).toBe(one.body.access_token);
    await rig.authorize(merchant, 1);
  });
});

describe('dead tokens end at once, everywhere', () => {
  it('a re-authorization reaches every replica', async () => {
    const former = (await everywhere(1, (broker) => rig.token(merchant, { broker })))[0]!.body.access_token;
    await rig.authorize(merchant);
    const answers = await everywhere(1, (broker) => rig.token(merchant, { broker }));
    const tokens = new Set(answers.map(({ body }) => body.access_token));
    expect(tokens.size).toBe(1);
    expect(tokens.has(former)).toBe(false);
    expect(await rig.liveness([...tokens][0]!)).toBe('live');
  });

  it('a cancellation ends reads on every replica; a late, old cancellation does not', async () => {
    const component = rig.components[0]!.component_appid;
    await everywhere(1, (broker) => rig.token(merchant, { broker }));
    await rig.control.post('/authorizations/cancel', { component_appid: component, merchant_appid: merchant });
    const cancellation = await rig.lastPush(component, 'unauthorized');
    await rig.effect(await rig.deliver(cancellation));
    const refused = await everywhere(1, (broker) => rig.token(merchant, { broker }));
    expect(refused.map(({ status, body }) => [status, body.type])).toEqual(
      Array.from({ length: REPLICAS }, () => [409, 'urn:wxplane:problem:authorizer-cancelled']),
    );
    await rig.authorize(merchant);
    expect(await rig.effect(await rig.deliver(cancellation.replace(/<CreateTime>\d+/, '<CreateTime>1700000000')))).toMatchObject({
      state: 'skipped',
    });
    expect((await rig.token(merchant)).status).toBe(200);
  });
});

describe('a cancellation whose time lies further ahead than clocks differ', () => {
  const ahead = (xml: string) => xml.replace(/<CreateTime>\d+/, `<CreateTime>${Math.floor(Date.now() / 1_000) + 600}`);

  it('ends nothing that WeChat says stands, and is no reason to doubt a grant that comes after it', async () => {
    const component = rig.components[0]!.component_appid;
    await rig.control.post('/authorizations/cancel', { component_appid: component, merchant_appid: merchant });
    const cancellation = ahead(await rig.lastPush(component, 'unauthorized'));
    expect(await rig.effect(await rig.deliver(cancellation))).toMatchObject({ state: 'done' });
    expect((await rig.token(merchant)).status).toBe(409);
    await rig.authorize(merchant);
    expect((await rig.token(merchant)).status).toBe(200);
    expect(await rig.effect(await rig.deliver(cancellation))).toMatchObject({ state: 'skipped' });
    expect((await rig.token(merchant)).status).toBe(200);
  });
});

describe('a killed replica', () => {
  it('that held the claim in the middle of a call is replaced by another one', async () => {
    await rig.age(-1, merchant);
    await rig.control.post('/faults', { path: '/cgi-bin/component/api_authorizer_token', action: 'hang' });
    const lost = rig.token(merchant, { broker: 0 }).catch(() => undefined);
    await eventually('the call to hang', async () => (await rig.calls('api_authorizer_token')) === 1);
    await rig.brokers[0]!.child.kill();
    const answer = await rig.token(merchant, { broker: 1 });
    expect(answer.status).toBe(200);
    expect(await rig.liveness(answer.body.access_token)).toBe('live');
    await lost;
    await rig.brokers[0]!.start();
    expect((await rig.token(merchant, { broker: 0 })).body.access_token).toBe(answer.body.access_token);
  });

  it('after WeChat replaced the token but before that was stored, leaves no reader with a dead token for long', async () => {
    await rig.age(-1, merchant);
    await rig.control.post('/faults', { path: '/cgi-bin/component/api_authorizer_token', action: 'hang', after: true });
    const lost = rig.token(merchant, { broker: 0 }).catch(() => undefined);
    await eventually('the call to hang', async () => (await rig.calls('api_authorizer_token')) === 1);
    await rig.brokers[0]!.child.kill();
    const answer = await rig.token(merchant, { broker: 2 });
    expect(answer.status).toBe(200);
    expect(await rig.liveness(answer.body.access_token)).toBe('live');
    await lost;
    await rig.brokers[0]!.start();
  });
});
