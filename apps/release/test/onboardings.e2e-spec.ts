import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { type Suite, startSuite } from '../../../test/support/suite.js';
import { Merchants, type Order } from '../testing/onboarding-merchants.js';

let suite: Suite;
let merchants: Merchants;
let template: number;
let path: string;
let database: Connection;

beforeAll(async () => {
  suite = await startSuite({
    name: 'onboardings',
    env: { release: { RELEASE_SWEEP_MS: '200', RELEASE_SCAN_POLL_MS: '200' } },
    // 27 and 81 are for accounts that lend their entity, and for trials.
    sandboxComponent: { permission_sets: [1, 2, 3, 17, 18, 25, 27, 30, 31, 40, 76, 81, 85] },
    // Names and releases take a second person.
    componentsFile: { two_person: { effects: ['names', 'release'] } },
    sandboxConfig: {
      settings: {
        ...{ privacy_scan_s: 0, fast_register_s: 0, write_ms: 0, audit_mode: 'auto', audit_after_s: 0 },
        ...{ filing_mode: 'auto', filing_after_s: 0 },
      },
    },
  });
  merchants = new Merchants(suite, await suite.createClient('second person', ['releases:write', 'releases:read']));
  path = merchants.path;
  database = await createConnection({ uri: suite.databaseUrl, timezone: 'Z' });
  template = await merchants.template();
});
afterAll(async () => {
  await database?.end();
  await suite?.stop();
});

interface History {
  readonly items: { readonly what: string; readonly step: string; readonly detail: { readonly code?: string } | null }[];
}
const order = (body: object, key?: string) => suite.api<Order & { errors?: unknown }>('release', 'POST', path, body, key);
const ended = ({ state }: Order) => state === 'done' || state === 'failed';

describe('a merchant without an account', () => {
  it('goes from the licence to a version that is online; each person is asked once', async () => {
    const request = merchants.request(template);
    const { status, body: made } = await order(request);
    expect([status, made.state, made.step]).toEqual([201, 'running', 'account']);
    expect((await order(request)).body.onboarding_id).toBe(made.onboarding_id);
    expect((await order({ ...request, goal: 'registered' })).status).toBe(409);
    const lacking = await merchants.until(made.onboarding_id, ({ task, step }) => step === 'identity' && task !== null);
    expect(lacking.task).toMatchObject({ code: 'give-papers', who: 'operator', missing: ['licence', 'logo'] });
    await merchants.papers(made.onboarding_id);
    const done = await merchants.until(made.onboarding_id, ended);
    expect(done).toMatchObject({ state: 'done', step: 'release', task: null, problem: null, papers: [] });

    const merchant = await suite.control.get<{ slots: { online: { user_version: string } | null } }>(
      `/merchants/${done.authorizer_appid}`,
    );
    expect(merchant.slots.online).toMatchObject({ user_version: '1.0.0' });
    const filing = await suite.control.get<{ status: number; tasks: unknown[] }>(`/merchants/${done.authorizer_appid}/filing`);
    expect([filing.status, filing.tasks.length]).toEqual([6, 1]);
    const { body: history } = await suite.api<History>('release', 'GET', `${path}/${made.onboarding_id}/history?limit=200`);
    const tasks = history.items.filter(({ what }) => what === 'task').map(({ detail }) => detail?.code);
    expect(tasks).toEqual(
      expect.arrayContaining(['register', 'give-papers', 'agree', 'certification-awaiting-administrator', 'face-check']),
    );
    const begun = new Set(history.items.filter(({ what }) => what === 'begun').map(({ step }) => step));
    const steps = ['account', 'identity', 'category', 'privacy', 'certification', 'face-check', 'filing', 'release'];
    expect([...begun]).toEqual(steps);
    expect(JSON.stringify(history)).not.toContain('张三');
    const [told] = await database.query<RowDataPacket[]>(
      "SELECT DISTINCT kind FROM f_wechat_event WHERE kind LIKE 'wxplane.onboarding%'",
    );
    expect(told.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['wxplane.onboarding_task', 'wxplane.onboarding_done']));
  }, 240_000);
});

describe('other beginnings', () => {
  it('a mini program that is there authorizes by a link; what it has is seen', async () => {
    const appid = 'wx00000000000000ee';
    await suite.control.post('/merchants', {
      appid,
      kind: 'miniprogram',
      nick_name: '青石书店',
      verify_type: -1,
      icp_status: 1024,
    });
    const { status, body: made } = await order({ reference: 'existing', goal: 'certified', authorizer_appid: appid });
    expect(status).toBe(201);
    const waits = await merchants.until(made.onboarding_id, ({ task }) => task !== null);
    expect(waits.task).toMatchObject({ code: 'authorize', who: 'administrator' });
    expect(waits.task?.url).toContain('/authorize/');
    // Forty days ago it was told, thirty are left.
    await database.query(
      'UPDATE f_wechat_onboarding SET reminded_at = UTC_TIMESTAMP(3) - INTERVAL 40 DAY, next_at = UTC_TIMESTAMP(3) WHERE onboarding_id = ?',
      [made.onboarding_id],
    );
    await eventually('a reminder', async () => {
      const [rows] = await database.query<RowDataPacket[]>(
        "SELECT COUNT(*) AS n FROM f_wechat_event WHERE kind = 'wxplane.onboarding_reminder'",
      );
      return Number(rows[0]?.['n']) === 1;
    });
    await suite.control.post('/authorizations', {
      component_appid: suite.component.component_appid,
      merchant_appid: appid,
    });
    const lacks = await merchants.until(made.onboarding_id, ({ step, task }) => step === 'certification' && task !== null);
    expect(lacks).toMatchObject({ authorizer_appid: appid, task: { code: 'give-data', missing: ['certification'] } });
    const { certification } = merchants.request(template);
    await suite.api('release', 'PATCH', `${path}/${made.onboarding_id}`, { certification });
    await merchants.paper(made.onboarding_id, 'licence');
    expect(await merchants.until(made.onboarding_id, ended)).toMatchObject({ state: 'done' });
  }, 180_000);

  it('a trial becomes a company’s', async () => {
    const registration = { way: 'trial', name: '小麦烤鸡', openid: `o${'7'.repeat(27)}` };
    const { body: trial } = await order({ reference: 'trial', goal: 'registered', registration });
    const first = await merchants.until(trial.onboarding_id, ended, 120_000);
    expect(first.state).toBe('done');
    const conversion = {
      ...{ way: 'trial-to-enterprise', authorizer_appid: first.authorizer_appid },
      ...{ name: '小麦烤鸡有限公司', code: '91440101MA5TRYAL77', component_phone: '02000000000' },
    };
    const { body: made } = await order({ reference: 'converted', goal: 'registered', registration: conversion });
    expect(await merchants.until(made.onboarding_id, ended)).toMatchObject({
      state: 'done',
      authorizer_appid: first.authorizer_appid,
    });
  }, 240_000);
});

describe('an official account', () => {
  it('lends its entity: its administrator agrees on WeChat’s page', async () => {
    const account = 'wx00000000000000ff';
    await suite.control.post('/merchants', { appid: account, kind: 'mp', nick_name: '青石书店', verify_type: 0 });
    await suite.control.post('/authorizations', {
      component_appid: suite.component.component_appid,
      merchant_appid: account,
    });
    const known = `/v1/components/${suite.component.component_appid}/authorizers/${account}`;
    await eventually('the account is known', async () => (await suite.api('broker', 'GET', known)).status === 200);
    const registration = { way: 'account', mp_appid: account };
    const { body: made } = await order({ reference: 'reused', goal: 'registered', registration });
    const waits = await merchants.until(made.onboarding_id, ({ task }) => task !== null, 60_000, false);
    expect(waits.task).toMatchObject({ code: 'register', who: 'merchant' });
    const page = await (await fetch(waits.task?.url ?? '')).text();
    const href = /id="go" href="([^"]+)"/
      .exec(page)![1]!
      .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    const asked = new URL(href);
    const { headers } = await fetch(`${asked.origin}/_consent/fastregisterauth`, {
      method: 'POST',
      body: new URLSearchParams({ ...Object.fromEntries(asked.searchParams), decision: 'agree' }),
      redirect: 'manual',
    });
    const back = new URL(headers.get('location') ?? '');
    await fetch(`${suite.urls.broker}${back.pathname}${back.search}`);
    const done = await merchants.until(made.onboarding_id, ended);
    expect(done.state).toBe('done');
    expect(done.authorizer_appid).not.toBe(account);
  }, 120_000);
});

describe('an order', () => {
  it('says why it has failed, goes on when it is mended, and can be ended', async () => {
    const wrong = { way: 'enterprise', name: '错误有限公司', code: '91440101', component_phone: '02000000000' };
    const { body: made } = await order({ reference: 'wrong', goal: 'registered', registration: wrong });
    const failed = await merchants.until(made.onboarding_id, ended);
    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'wechat-refused', passes: false } });
    const right = { ...wrong, code: '91440101MA5RIGHT77' };
    const { body: changed } = await suite.api<Order>('release', 'PATCH', `${path}/${made.onboarding_id}`, {
      registration: right,
    });
    expect(changed).toMatchObject({ state: 'running', problem: null });
    await merchants.until(made.onboarding_id, ({ task }) => task?.code === 'register', 60_000, false);
    const { body: cancelled } = await suite.api<Order>('release', 'POST', `${path}/${made.onboarding_id}/cancel`);
    expect(cancelled).toMatchObject({ state: 'cancelled', task: null });
    expect((await suite.api('release', 'POST', `${path}/${made.onboarding_id}/retry`)).status).toBe(409);
  }, 120_000);

  it('does nothing that whoever gives it may not do', async () => {
    const body = { reference: 'powerless', goal: 'registered', registration: merchants.request(template).registration };
    const powerless = await suite.createClient('powerless', ['onboardings:write']);
    expect((await order(body, powerless)).status).toBe(403);
    const able = await suite.createClient('able', ['onboardings:write', 'registrations:write']);
    expect((await order(body, able)).status).toBe(201);
  });
});

describe('many', () => {
  it('are looked at first, and none is ordered while one is wrong; CSV with what is common', async () => {
    const { registration: _, reference: __, ...defaults } = merchants.request(template);
    const csv = [
      'reference,registration.way,registration.name,registration.code,registration.component_phone',
      'csv-1,enterprise,甲有限公司,91440101MA5CSV0001,02000000000',
      'csv-2,enterprise,乙有限公司,91440101MA5CSV0002,02000000000',
    ].join('\n');
    const at = `${path}/import`;
    const seen = await suite.api<{ new: number; rows: { papers: string[]; steps: string[] }[] }>(
      'release',
      'POST',
      `${at}/preview`,
      {
        csv,
        defaults,
      },
    );
    expect(seen.body).toMatchObject({ total: 2, new: 2, wrong: 0 });
    expect(seen.body.rows[0]).toMatchObject({ papers: ['card', 'licence', 'logo'] });
    const bad = await suite.api<{ errors: { field: string }[] }>('release', 'POST', at, {
      csv: `${csv}\ncsv-1,nonsense,,,`,
      defaults,
    });
    expect(bad.status).toBe(400);
    expect(bad.body.errors.map(({ field }) => field)).toContain('orders.2.registration.way');
    const made = await suite.api<{ rows: { onboarding_id: string }[] }>('release', 'POST', at, { csv, defaults });
    expect(made.status).toBe(200);
    for (const { onboarding_id } of made.body.rows) await suite.api('release', 'POST', `${path}/${onboarding_id}/cancel`);
    const report = await suite.api<string>('release', 'GET', `${path}/report`);
    expect(report.body).toContain('csv-2');
    const stream = await fetch(`${suite.urls.release}${path}/${made.body.rows[0]!.onboarding_id}/events`, {
      headers: { authorization: `Bearer ${suite.clientKey}` },
    });
    expect(await stream.text()).toMatch(/event: progress\nid: 1\ndata: \{.*"state":"cancelled"/s);
  }, 60_000);
});
