import { randomInt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newAppid } from '../../../../scripts/lib/secrets.ts';
import { eventually } from '../../../../test/support/eventually.js';
import { RegistrationWorld } from '../../testing/registration-world.js';
import type { RegistrationView } from './registrations.dto.js';

/* Each way of registration.md against the sandbox over HTTP. Its control API acts as the persons do. */

let world: RegistrationWorld;

beforeAll(async () => {
  world = await RegistrationWorld.start();
});
afterAll(() => world?.stop());
beforeEach(() => {
  world.pushes.length = 0;
});
afterEach(async () => {
  world.delivers = true;
  await world.control.delete('/faults');
  await world.control.patch('/settings', { registration_push: 'auth_code', conversion_url: true });
  await world.control.patch(`/components/${world.component.component_appid}`, { personal: false, published: true });
});

const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');
const company = <More extends object = object>(more?: More) => {
  const code = `91440101${digits(10)}`;
  return { way: 'enterprise', name: `广州${code.slice(8)}贸易有限公司`, code, component_phone: '02000000000', ...(more as More) };
};
const person = () => ({ way: 'personal', wxuser: `wxid_${digits(10)}`, component_phone: '02000000000' });
const trial = () => ({ way: 'trial', name: `小麦烤鸡${digits(6)}`, openid: `o${digits(27)}` });

const fault = (path: string, more: object) => world.control.post('/faults', { path, ...more });
const FINISH = async (id: string) => world.act(await world.task(id), 'finish');

/** A trial whose tokens are here. */
async function madeTrial(): Promise<string> {
  const { registration_id: id } = await world.register(trial());
  await world.act(await world.task(id), 'agree');
  const { authorizer_appid } = await world.comesTo(id, 'done');
  return authorizer_appid!;
}

describe('a company', () => {
  it('is registered: a person is told where to act, and the new mini program has tokens at once', async () => {
    const asked = company({ reference: `order-${digits(6)}` });
    const made = await world.register(asked);
    expect(made, JSON.stringify(made)).toMatchObject({
      way: 'enterprise',
      state: 'waiting',
      label: asked.name,
      reference: asked.reference,
      authorizer_appid: null,
      page_url: `http://127.0.0.1/register/${made.registration_id}`,
      who_acts: { en: 'the legal person of the company' },
      wechat_status: 1,
    });
    expect(Date.parse(made.expires_at!) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    await FINISH(made.registration_id);
    const done = await world.comesTo(made.registration_id, 'done');
    expect(await world.tokenOf(done.authorizer_appid!)).not.toBe('');
    expect(done.request).toEqual({ name: asked.name, code: asked.code, component_phone: asked.component_phone });
    expect(done.history.map(({ from, to }) => [from, to])).toEqual([
      [null, 'preparing'],
      ['preparing', 'waiting'],
      ['waiting', 'created'],
      ['created', 'done'],
    ]);
    expect(await world.announced(made.registration_id)).toEqual(['waiting', 'created', 'done']);
  });

  it('is asked for once: the same request answers the one that is open, other data are a conflict', async () => {
    const asked = company();
    const first = await world.register(asked);
    const second = await world.register(asked);
    expect(second.registration_id).toBe(first.registration_id);
    const other = await world.api('POST', '/registrations', { ...asked, name: '另一家有限公司' });
    expect(other).toMatchObject({
      status: 409,
      body: { registration_id: first.registration_id, remedy: { zh: expect.any(String) } },
    });
  });

  it('whose push says nothing of whom it is about is found by what WeChat answers', async () => {
    world.delivers = false;
    const { registration_id: id } = await world.register(company());
    await FINISH(id);
    const push = await world.pushed('notify_third_fasteregister');
    expect(await world.deliver({ ...push, xml: push.xml.replace(/<info>.*<\/info>/s, '') })).toMatchObject({ state: 'done' });
    expect(await world.get(id)).toMatchObject({ state: 'done', authorizer_appid: expect.stringMatching(/^wx/) });
  });

  it('is settled once by a push that comes twice, and by one that comes after the query', async () => {
    world.delivers = false;
    const { registration_id: id } = await world.register(company());
    await FINISH(id);
    const push = await world.pushed('notify_third_fasteregister');
    // The query says that it is made, and not which one it is.
    await world.look(id);
    expect(await world.get(id)).toMatchObject({ state: 'created', authorizer_appid: null });
    await Promise.all([world.deliver(push), world.deliver(push)]);
    const { history } = await world.comesTo(id, 'done');
    expect(history.filter(({ to }) => to === 'done')).toHaveLength(1);
    expect(await world.calls('/cgi-bin/component/api_query_auth')).toBeGreaterThan(0);
    await world.deliver(push);
    expect((await world.get(id)).state).toBe('done');
  });

  it('is found among the authorizers when WeChat tells it by the plain authorized', async () => {
    await world.control.patch('/settings', { registration_push: 'authorized' });
    const { registration_id: id } = await world.register(company());
    await FINISH(id);
    const { authorizer_appid } = await world.comesTo(id, 'done');
    expect(await world.tokenOf(authorizer_appid!)).not.toBe('');
  });

  it('is found in WeChat’s list when no push comes at all', async () => {
    await world.control.patch('/settings', { registration_push: 'none' });
    const asked = company();
    const { registration_id: id } = await world.register(asked);
    await FINISH(id);
    const made = await world.comesTo(id, 'created');
    expect(made.authorizer_appid).toBeNull();
    await world.dataSource.query(
      'UPDATE f_wechat_registrationhistory h JOIN f_wechat_registration r ON r.row_id = h.registration_row SET h.at = h.at - INTERVAL 5 MINUTE WHERE r.registration_id = ?',
      [id],
    );
    const appid = await eventually('its appid', async () => {
      await world.look(id);
      return (await world.get(id)).authorizer_appid ?? undefined;
    });
    // Its code is gone: only the merchant can give another one.
    expect(await world.get(id)).toMatchObject({ state: 'created', reason: expect.stringContaining('authorization link') });
    await world.control.post('/authorizations', {
      component_appid: world.component.component_appid,
      merchant_appid: appid,
      always_push: true,
    });
    expect((await world.comesTo(id, 'done')).authorizer_appid).toBe(appid);
  });

  it('may be pushed before the answer of the call that began it is stored', async () => {
    const asked = company();
    await fault('/wxa/component/fastregisterenterpriseweapp', { action: 'hang', after: true });
    const made = await world.register(asked);
    expect(made).toMatchObject({ state: 'preparing', reason: expect.stringContaining('no answer') });
    const { registrations } = await world.control.get<{ registrations: { id: string; subject: string }[] }>('/registrations');
    await world.act(registrations.find(({ subject }) => subject === asked.code)!.id, 'finish');
    const done = await world.comesTo(made.registration_id, 'done');
    expect(done.authorizer_appid).toMatch(/^wx/);
  });

  it('is begun again when the answer was lost, once nothing can be under way; WeChat’s own task is waited for', async () => {
    const asked = company();
    await fault('/wxa/component/fastregisterenterpriseweapp', { action: 'cut', after: true });
    const { registration_id: id } = await world.register(asked);
    await world.look(id);
    expect((await world.row(id)).attempts).toBe(1);
    await world.age(id, 61);
    await world.look(id);
    // The task that nobody was shown is still open.
    expect(await world.get(id)).toMatchObject({ state: 'preparing', errcode: 89249 });
    const { registrations } = await world.control.get<{ registrations: { id: string; subject: string }[] }>('/registrations');
    await world.act(registrations.find(({ subject }) => subject === asked.code)!.id, 'time-out');
    const waiting = await world.comesTo(id, 'waiting');
    expect(waiting.errcode).toBeNull();
  });

  it.each([
    ['face-fail', 'waiting', 6],
    ['phone-fail', 'waiting', 9],
  ])('goes on after %s', async (act, state, status) => {
    const { registration_id: id } = await world.register(company());
    await world.act(await world.task(id), act);
    await world.look(id);
    expect(await world.get(id)).toMatchObject({ state, wechat_status: status });
  });

  it.each([
    ['refuse', /100001|status/],
    ['time-out', /24 hours/],
    ['fail', /could not/],
  ])('ends by %s, and can be renewed', async (act, reason) => {
    const { registration_id: id } = await world.register(company());
    await world.act(await world.task(id), act);
    const failed = await world.comesTo(id, 'failed');
    expect(failed.reason).toMatch(reason);
    const renewed = await world.api<RegistrationView>('POST', `/registrations/${id}/renew`);
    expect(renewed).toMatchObject({ status: 200, body: { state: 'waiting', round: 2, registration_id: id, reason: null } });
    await FINISH(id);
    await world.comesTo(id, 'done');
  });

  it.each([1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008])('ends by limit %i, told by push or query', async (code) => {
    world.delivers = code % 2 === 0;
    const { registration_id: id } = await world.register(company());
    await world.control.post(`/registrations/${await world.task(id)}/limit`, { code });
    expect(await world.comesTo(id, 'failed')).toMatchObject({
      wechat_status: code,
      reason: expect.stringContaining(String(code)),
    });
  });

  it('is not ended by the late push of a task before the present one', async () => {
    world.delivers = false;
    const { registration_id: id } = await world.register(company());
    await world.act(await world.task(id), 'time-out');
    const late = await world.pushed('notify_third_fasteregister');
    await world.age(id, 25 * 3_600);
    await world.comesTo(id, 'expired');
    await world.api('POST', `/registrations/${id}/renew`);
    expect(await world.deliver(late)).toMatchObject({ state: 'skipped', note: expect.stringContaining('goes on') });
    expect((await world.get(id)).state).toBe('waiting');
  });

  it('ends after its 24 hours; an app that was made all the same is no loss', async () => {
    world.delivers = false;
    const { registration_id: id } = await world.register(company());
    await fault('/wxa/component/fastregisterenterpriseweapp', {
      action: 'body',
      body: JSON.stringify({ errcode: 0, taskid: 'x', status: 4 }),
      times: 0,
    });
    await world.age(id, 23 * 3_600);
    await world.look(id);
    expect((await world.get(id)).state).toBe('waiting');
    await world.age(id, 2 * 3_600);
    expect(await world.comesTo(id, 'expired')).toMatchObject({ reason: expect.stringContaining('Renew') });
    expect(await world.announced(id)).toEqual(['waiting', 'expired']);
    await FINISH(id);
    await world.deliver(await world.pushed('notify_third_fasteregister'));
    expect((await world.get(id)).state).toBe('done');
  });
});

describe('what WeChat refuses', () => {
  /** registration.md §7, for the calls that begin something. */
  const REFUSED: [string, () => object, number[]][] = [
    [
      'fastregisterenterpriseweapp',
      company,
      [86021, 86022, 86030, 86040, 89248, 89254, 89255, 89256, 89295, 61028, 61029, 89253],
    ],
    ['fastregisterpersonalweapp', person, [86004, 86030, 86031, 86032, 86033, 86034, 86036, 86040]],
    ['fastregisterbetaweapp', trial, [61071, 61072, 86011, 86012, 86017]],
  ];
  it.each(REFUSED.flatMap(([api, make, codes]) => codes.map((code) => [code, api, make] as const)))(
    '%i of %s is the answer, with its remedy, and can be mended and renewed',
    async (errcode, api, make) => {
      await fault(`/wxa/component/${api}`, { action: 'errcode', errcode });
      const asked = make();
      const { status, body } = await world.api('POST', '/registrations', asked);
      expect({ status, body }).toMatchObject({
        status: 502,
        body: {
          wechat: { errcode },
          remedy: { zh: expect.any(String), en: expect.any(String) },
          registration_id: expect.any(String),
        },
      });
      const id = body.registration_id!;
      expect(await world.get(id)).toMatchObject({ state: 'failed', errcode, remedy: { zh: expect.stringMatching(/./) } });
      expect((await world.page(id)).body).toContain(body.remedy!.zh);
      expect((await world.api('POST', `/registrations/${id}/renew`)).status).toBe(200);
    },
  );

  it.each([
    [89249, 'fastregisterenterpriseweapp', company],
    [89251, 'fastregisterenterpriseweapp', company],
    [89252, 'fastregisterenterpriseweapp', company],
    [45009, 'fastregisterenterpriseweapp', company],
    [45011, 'fastregisterenterpriseweapp', company],
    [86005, 'fastregisterpersonalweapp', person],
    [91030, 'fastregisterpersonalweapp', person],
  ] as const)('%i of %s passes: it waits, and goes on by itself', async (errcode, api, make) => {
    await fault(`/wxa/component/${api}`, { action: 'errcode', errcode });
    const made = await world.register(make());
    expect(made).toMatchObject({ state: 'preparing', errcode });
    expect(Date.parse(made.next_look_at!)).toBeGreaterThan(Date.now());
    await world.comesTo(made.registration_id, 'waiting');
  });

  it('89247, an inner error, is tried once more, then it is the data', async () => {
    await fault('/wxa/component/fastregisterenterpriseweapp', { action: 'errcode', errcode: 89247, times: 2 });
    const made = await world.register(company());
    expect(made.state).toBe('preparing');
    expect(await world.comesTo(made.registration_id, 'failed')).toMatchObject({ errcode: 89247 });
  });

  it('as a sixth call of a day for one person waits for the next day', async () => {
    const asked = person();
    for (let count = 0; count < 5; count += 1) {
      const { registration_id: id } = await world.register(asked);
      await world.act(await world.task(id), 'refuse');
      await world.comesTo(id, 'failed');
    }
    const sixth = await world.register(asked);
    expect(sixth).toMatchObject({ state: 'preparing', errcode: 91030 });
  });

  it('to a platform of a private person is told', async () => {
    await world.control.patch(`/components/${world.component.component_appid}`, { personal: true });
    expect(await world.api('POST', '/registrations', company())).toMatchObject({
      status: 502,
      body: { wechat: { errcode: 89295 } },
    });
  });

  it('is not asked when the request lacks something, or has what belongs to another way', async () => {
    const before = await world.calls('/wxa/component/fastregisterenterpriseweapp');
    const { code: _, ...rest } = company();
    expect(await world.api('POST', '/registrations', rest)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'code' }] },
    });
    expect((await world.api('POST', '/registrations', { ...company(), wxuser: 'a' })).status).toBe(400);
    expect(await world.calls('/wxa/component/fastregisterenterpriseweapp')).toBe(before);
  });
});

describe('a person', () => {
  it('is registered, and read by the personal numbers', async () => {
    const made = await world.register(person());
    expect(made).toMatchObject({ state: 'waiting', wechat_status: 0, label: expect.stringContaining('***') });
    await world.act(await world.task(made.registration_id), 'agree');
    await world.look(made.registration_id);
    expect(await world.get(made.registration_id)).toMatchObject({
      wechat_status: 3,
      wechat_status_text: { zh: expect.stringContaining('同意') },
    });
    await FINISH(made.registration_id);
    await world.comesTo(made.registration_id, 'done');
  });

  it('refuses by a number that is "timed out" for a company', async () => {
    world.delivers = false;
    const { registration_id: id } = await world.register(person());
    await world.act(await world.task(id), 'refuse');
    expect(await world.comesTo(id, 'failed')).toMatchObject({ wechat_status: 2, reason: expect.stringContaining('refused') });
  });
});

describe('a trial', () => {
  it('is made, whichever of its two pushes comes first', async () => {
    for (const order of [
      ['notify_third_fastregisterbetaapp', '<![CDATA[authorized]]>'],
      ['<![CDATA[authorized]]>', 'notify_third_fastregisterbetaapp'],
    ] as const) {
      world.delivers = false;
      world.pushes.length = 0;
      const { registration_id: id } = await world.register(trial());
      await world.act(await world.task(id), 'agree');
      const pushes = [await world.pushed(order[0]), await world.pushed(order[1])] as const;
      for (const push of pushes) await world.deliver(push);
      const done = await world.comesTo(id, 'done');
      expect(await world.tokenOf(done.authorizer_appid!)).not.toBe('');
    }
  });

  it('whose own push is lost is found by its name', async () => {
    world.delivers = false;
    const { registration_id: id } = await world.register(trial());
    await world.act(await world.task(id), 'agree');
    await world.deliver(await world.pushed('<![CDATA[authorized]]>'));
    expect((await world.comesTo(id, 'done')).authorizer_appid).toMatch(/^wx/);
  });

  it('gets another address by a renewal, and counts when the first one was used after all', async () => {
    world.delivers = false;
    const { registration_id: id } = await world.register(trial());
    const first = await world.task(id);
    const renewed = await world.api<RegistrationView>('POST', `/registrations/${id}/renew`);
    expect(renewed.body).toMatchObject({ state: 'waiting', round: 2 });
    expect(await world.task(id)).not.toBe(first);
    await world.act(first, 'agree');
    await world.deliver(await world.pushed('notify_third_fastregisterbetaapp'));
    await world.deliver(await world.pushed('<![CDATA[authorized]]>'));
    await world.comesTo(id, 'done');
  });

  it.each([true, false])('is converted for a company; an address in the answer: %s', async (conversion_url) => {
    const appid = await madeTrial();
    await world.control.patch('/settings', { conversion_url });
    const { code, name, component_phone } = company();
    const { registration_id: id } = await world.register({
      way: 'trial-to-enterprise',
      authorizer_appid: appid,
      name,
      code,
      component_phone,
    });
    const { body } = await world.page(id);
    expect(body.includes('<svg viewBox')).toBe(conversion_url);
    const { registrations } = await world.control.get<{ registrations: { id: string; subject: string }[] }>('/registrations');
    await world.act(registrations.find(({ subject }) => subject === appid)!.id, 'finish');
    expect(await world.comesTo(id, 'done')).toMatchObject({ authorizer_appid: appid, source_appid: appid });
    const { body: authorizer } = await world.api<{ principal_name: string }>('GET', `/authorizers/${appid}`);
    expect(authorizer.principal_name).toBe(name);
    expect(
      await world.api('POST', '/registrations', { way: 'trial-to-personal', authorizer_appid: appid, component_phone }),
    ).toMatchObject({
      status: 502,
      body: { wechat: { errcode: 91021 } },
    });
  });

  it('is converted although no push comes: its profile says so', async () => {
    const appid = await madeTrial();
    await world.control.patch('/settings', { registration_push: 'none' });
    const { code, name, component_phone } = company();
    const { registration_id: id } = await world.register({
      way: 'trial-to-enterprise',
      authorizer_appid: appid,
      name,
      code,
      component_phone,
    });
    await FINISH(id);
    await world.comesTo(id, 'done');
  });

  it('is told when its conversion is refused, and asked again after an answer that was lost', async () => {
    const appid = await madeTrial();
    const { code, name, component_phone } = company();
    await fault('/wxa/verifybetaweapp', { action: 'cut', after: true });
    const { registration_id: id } = await world.register({
      way: 'trial-to-enterprise',
      authorizer_appid: appid,
      name,
      code,
      component_phone,
    });
    await world.age(id, 61);
    // 89251: the legal person was asked by the call that had no answer.
    expect(await world.comesTo(id, 'waiting')).toMatchObject({ errcode: null });
    const { registrations } = await world.control.get<{ registrations: { id: string; subject: string }[] }>('/registrations');
    await world.act(registrations.find(({ subject }) => subject === appid)!.id, 'fail');
    expect(await world.comesTo(id, 'failed')).toMatchObject({ wechat_status: 1_000 });
  });

  it('is converted for a person, whose query is the only word of it', async () => {
    const appid = await madeTrial();
    const { registration_id: id } = await world.register({
      way: 'trial-to-personal',
      authorizer_appid: appid,
      component_phone: '02000000000',
    });
    await FINISH(id);
    await world.comesTo(id, 'done');
  });

  it('takes over the entity of an official account when both administrators agree', async () => {
    const [appid, account] = [await madeTrial(), newAppid()];
    await world.control.post('/merchants', { appid: account, kind: 'mp', principal_name: '公众号主体' });
    const made = await world.register({ way: 'trial-to-account', authorizer_appid: appid, mp_appid: account });
    expect(made.who_acts?.zh).toBe('公众号管理员');
    await decide(await world.authorizeUrl(made.registration_id), 'agree');
    await eventually('the second person', async () => (await world.get(made.registration_id)).who_acts?.zh === '小程序管理员');
    await decide(await world.authorizeUrl(made.registration_id), 'agree');
    await world.comesTo(made.registration_id, 'done');
    expect(await world.announced(made.registration_id)).toEqual(['waiting', 'waiting', 'done']);
  });

  it('does not when the first of them refuses', async () => {
    const [appid, account] = [await madeTrial(), newAppid()];
    await world.control.post('/merchants', { appid: account, kind: 'mp' });
    const { registration_id: id } = await world.register({ way: 'trial-to-account', authorizer_appid: appid, mp_appid: account });
    await decide(await world.authorizeUrl(id), 'refuse');
    await world.comesTo(id, 'failed');
  });

  it('is not asked for of an account that has not authorized, or lacks the permission set', async () => {
    const body = { way: 'trial-to-personal', component_phone: '02000000000' };
    expect((await world.api('POST', '/registrations', { ...body, authorizer_appid: newAppid() })).status).toBe(404);
    const appid = await madeTrial();
    await eventually('its sets', async () => {
      const { body: known } = await world.api<{ profile_at: string | null }>('GET', `/authorizers/${appid}`);
      return known.profile_at !== null;
    });
    await world.dataSource.query('DELETE FROM f_wechat_authorizerpermission WHERE authorizer_appid = ? AND funcscope_id = 81', [
      appid,
    ]);
    expect(await world.api('POST', '/registrations', { ...body, authorizer_appid: appid })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('81'), remedy: { zh: expect.any(String) } },
    });
  });
});

/** An administrator before WeChat's page. */
async function decide(url: string, decision: string): Promise<void> {
  const parsed = new URL(url);
  await fetch(`${parsed.origin}/_consent/mpadminauth/${parsed.searchParams.get('token')}`, {
    method: 'POST',
    body: new URLSearchParams({ decision }),
  });
}

describe('an official account', () => {
  let account: string;

  beforeEach(async () => {
    account = newAppid();
    await world.authorized(account, { kind: 'mp', verify_type: 0, principal_name: `公众号主体${digits(8)}` });
  });

  const made = () => world.register({ way: 'account', mp_appid: account });

  /** The administrator agrees on WeChat's page. @returns where WeChat sends the browser */
  async function agreed(id: string, decision = 'agree'): Promise<string> {
    const { body } = await world.page(id);
    const href = /id="go" href="([^"]+)"/
      .exec(body)![1]!
      .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    const query = Object.fromEntries(new URL(href).searchParams);
    const response = await fetch(`${new URL(href).origin}/_consent/fastregisterauth`, {
      method: 'POST',
      body: new URLSearchParams({ ...query, decision }),
      redirect: 'manual',
    });
    return new URL(response.headers.get('location')!).search;
  }

  it('lends its entity: from WeChat’s page back to ours, and the new mini program has tokens', async () => {
    const { registration_id: id, who_acts } = await made();
    expect(who_acts?.zh).toBe('公众号管理员');
    const { body } = await world.page('callback', undefined, await agreed(id));
    expect(body).toContain('小程序已就绪');
    const done = await world.get(id);
    expect(done).toMatchObject({ state: 'done', source_appid: account });
    expect(await world.tokenOf(done.authorizer_appid!)).not.toBe('');
  });

  it('whose administrator cancels may agree later', async () => {
    const { registration_id: id } = await made();
    expect((await world.page('callback', undefined, await agreed(id, 'refuse'))).body).toContain('尚未确认');
    await world.page('callback', undefined, await agreed(id));
    await world.comesTo(id, 'done');
  });

  it.each([true, false])('is found when the answer of the one call was lost; its push comes: %s', async (delivers) => {
    const { registration_id: id } = await made();
    world.delivers = delivers;
    await fault('/cgi-bin/account/fastregister', { action: 'cut', after: true });
    await world.page('callback', undefined, await agreed(id));
    expect((await world.get(id)).state).toBe('submitting');
    await world.age(id, 61);
    if (delivers) {
      await world.comesTo(id, 'done');
      expect(await world.calls('/cgi-bin/account/fastregister')).toBeGreaterThan(0);
      return;
    }
    await world.look(id);
    expect((await world.row(id)).attempts).toBe(1);
    await world.age(id, 400);
    await world.look(id);
    // 61058 although the app was made: nothing more is sent.
    expect(await world.row(id)).toMatchObject({ state: 'submitting', attempts: 3 });
    await world.deliver(await world.pushed('<![CDATA[authorized]]>'));
    await world.age(id, 61);
    await world.comesTo(id, 'done');
  });

  it('is asked once more after a ticket that WeChat does not take', async () => {
    const { registration_id: id } = await made();
    await world.page('callback', undefined, `?registration=${id}&ticket=forged`);
    expect(await world.get(id)).toMatchObject({ state: 'waiting', errcode: 61058 });
    await world.page('callback', undefined, await agreed(id));
    await world.comesTo(id, 'done');
  });

  it.each([61051, 61052, 61053, 61054, 61055, 61056, 61060, 61061, 61063, 61064, 61065, 61066, 61067, 61068, 61069, 61070])(
    'is refused by %i, and the page says what to do',
    async (errcode) => {
      const { registration_id: id } = await made();
      await fault('/cgi-bin/account/fastregister', { action: 'errcode', errcode });
      const { status, body } = await world.page('callback', undefined, await agreed(id));
      const failed = await world.get(id);
      expect(failed).toMatchObject({ state: 'failed', errcode });
      expect(status).toBe(410);
      expect(body).toContain(failed.remedy!.zh);
      expect((await world.api<RegistrationView>('POST', `/registrations/${id}/renew`)).body.state).toBe('waiting');
    },
  );

  it('that has another one under way waits (61057)', async () => {
    const { registration_id: id } = await made();
    await fault('/cgi-bin/account/fastregister', { action: 'errcode', errcode: 61057 });
    await world.page('callback', undefined, await agreed(id));
    expect(await world.get(id)).toMatchObject({ state: 'submitting', errcode: 61057 });
    await world.comesTo(id, 'done');
  });

  it('that is no official account is refused before anything is stored', async () => {
    const appid = newAppid();
    await world.authorized(appid, { kind: 'miniprogram' });
    expect((await world.api('POST', '/registrations', { way: 'account', mp_appid: appid })).status).toBe(400);
  });
});

describe('a list of registrations', () => {
  it('is narrowed by state, way and reference, newest first, in pages', async () => {
    const reference = `batch-${digits(8)}`;
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.unshift((await world.register(company({ reference }))).registration_id);
    type Page = { items: RegistrationView[]; next_cursor: string | null };
    const first = await world.api<Page>('GET', `/registrations?reference=${reference}&limit=2&state=waiting&way=enterprise`);
    expect(first.body.items.map(({ registration_id }) => registration_id)).toEqual(ids.slice(0, 2));
    const second = await world.api<Page>('GET', `/registrations?reference=${reference}&limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ items: [{ registration_id: ids[2] }], next_cursor: null });
  });

  it('is closed to a client with a list of merchants, and to one that may only read tokens', async () => {
    const narrowed = await world.client(['registrations:write'], [newAppid()]);
    for (const key of [narrowed, await world.client(['authorizer-token'])])
      expect((await world.api('GET', '/registrations', undefined, { key })).status).toBe(403);
    const reader = await world.client(['registrations:read']);
    expect((await world.api('GET', '/registrations', undefined, { key: reader })).status).toBe(200);
    expect((await world.api('POST', '/registrations', company(), { key: reader })).status).toBe(403);
  });
});
