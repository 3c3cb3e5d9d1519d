import { mkdirSync } from 'node:fs';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Problem, TokenView as Token } from '#openapi/broker';
import type { ReleaseView as Release } from '#openapi/release';
import { consentInBrowser, startBrowser } from './support/browser.js';
import { eventually } from './support/eventually.js';
import { secretsOfRun } from './support/secrets.js';
import { type Suite, startSuite } from './support/suite.js';

const merchant = 'wx00000000000000aa';
const nickName = '山茶花小店 🌺';
let suite: Suite;
let browser: Browser;
let page: Page;
let database: Connection;

beforeAll(async () => {
  suite = await startSuite({ name: 'main-job', sandboxConfig: { settings: { privacy_scan_s: 1 } } });
  browser = await startBrowser();
  page = await browser.newPage();
  database = await createConnection({ uri: suite.databaseUrl, timezone: 'Z' });
  await suite.control.post('/merchants', {
    appid: merchant,
    kind: 'miniprogram',
    nick_name: nickName,
    user_name: 'gh_00000000000a',
  });
});

afterAll(async () => {
  await database?.end();
  await browser?.close();
  await suite?.stop();
});

/** Everything secret of this run: the sandbox forgets dead tokens, so it is asked after each test. */
const secrets = new Set<string>();
afterEach(async () => {
  for (const secret of await secretsOfRun(suite)) secrets.add(secret);
});

const c = () => `/v1/components/${suite.component.component_appid}`;
const rows = async <T = Record<string, unknown>>(sql: string, values: unknown[] = []) => {
  const [found] = await database.query<RowDataPacket[]>(sql, values);
  return found as T[];
};
const link = async (body: unknown = { auth_type: 3 }) => {
  const made = await suite.api<{ link_id: string; url: string }>('broker', 'POST', `${c()}/authorization-links`, body);
  expect(made.status).toBe(201);
  return made.body;
};
const tokenOf = (appid: string) => suite.api<Token & Problem>('broker', 'GET', `${c()}/authorizers/${appid}/token`);
const liveness = async (token: string) => (await suite.control.post<{ state: string }>('/tokens/check', { token })).state;

async function createRelease(version: string, appid = merchant): Promise<Release> {
  const { template_id } = await suite.control.post<{ template_id: number }>(
    `/components/${suite.component.component_appid}/templates`,
    {
      user_version: version,
    },
  );
  const made = await suite.api<Release>('release', 'POST', `${c()}/releases`, {
    authorizer_appid: appid,
    template_id,
    user_version: version,
    user_desc: `Autumn menu ${version} 🍁`,
    ext_json: { extAppid: appid, ext: { tenant: '42' } },
  });
  expect(made.status).toBe(201);
  return reaches(made.body.release_id, 'ready');
}

function reaches(id: number, state: string): Promise<Release> {
  return eventually(`release ${id} to be ${state}`, async () => {
    const { body } = await suite.api<Release>('release', 'GET', `/v1/releases/${id}`);
    return body.state === state ? body : undefined;
  });
}

async function submitted(version: string): Promise<Release> {
  const release = await createRelease(version);
  expect((await suite.api('release', 'POST', `/v1/releases/${release.release_id}/submit`, {})).status).toBeLessThan(300);
  return reaches(release.release_id, 'auditing');
}

describe('the main job', () => {
  it('a ticket is pushed, stored encrypted, and becomes a component token', async () => {
    const token = await eventually('a component token', async () => {
      const answer = await suite.api<Token>('broker', 'GET', `${c()}/token`);
      return answer.status === 200 ? answer.body : undefined;
    });
    expect(token.expires_in).toBeGreaterThan(6_000);
    expect(token.cache_seconds).toBeGreaterThan(0);
    expect(token.cache_seconds).toBeLessThan(token.expires_in);
    expect(await liveness(token.access_token)).toBe('live');
    const [ticket] = await rows<{ component_verify_ticket: string; component_appid: string }>(
      'SELECT * FROM f_wechat_verifyticket',
    );
    expect(ticket?.component_appid).toBe(suite.component.component_appid);
    expect(ticket?.component_verify_ticket).toMatch(/^enc:v1:/);
  });

  it('no client, no token; too small a scope, no token', async () => {
    expect((await suite.api('broker', 'GET', `${c()}/token`, undefined, null)).status).toBe(401);
    const small = await suite.createClient('small', ['releases:read']);
    expect((await suite.api('broker', 'GET', `${c()}/token`, undefined, small)).status).toBe(403);
    expect((await suite.api('release', 'GET', `${c()}/releases`, undefined, null)).status).toBe(401);
    expect((await suite.api('ingestion', 'GET', '/v1/events', undefined, null)).status).toBe(401);
  });

  it('a merchant opens the launch page, consents at WeChat, and comes back authorized', async () => {
    const { url } = await link();
    const shots = process.env['WXPLANE_SCREENSHOTS'];
    if (shots) {
      mkdirSync(shots, { recursive: true });
      await page.goto(url);
      await page.screenshot({ path: `${shots}/launch.png`, fullPage: true });
    }
    await consentInBrowser(page, url, merchant);
    if (shots) await page.screenshot({ path: `${shots}/done.png`, fullPage: true });
    expect(page.url()).toContain('/authorize/callback');

    const token = await tokenOf(merchant);
    expect(token.status).toBe(200);
    expect(await liveness(token.body.access_token)).toBe('live');
    const profile = await eventually('the profile', async () => {
      const { body } = await suite.api<{
        nick_name: string | null;
        user_name: string;
        state: string;
        permission_sets: unknown[];
      }>('broker', 'GET', `${c()}/authorizers/${merchant}`);
      return body.nick_name ? body : undefined;
    });
    expect(profile).toMatchObject({ nick_name: nickName, user_name: 'gh_00000000000a', state: 'active' });
    expect(profile.permission_sets.length).toBeGreaterThan(0);
    const live = await rows(
      'SELECT authorizer_refresh_token FROM f_wechat_refreshtoken WHERE authorizer_appid = ? AND is_cancel = 0',
      [merchant],
    );
    expect(live).toEqual([{ authorizer_refresh_token: expect.stringMatching(/^enc:v1:/) }]);
  });

  it('callback and push of one grant exchanged the code once', async () => {
    await eventually('the authorized push to be consumed', async () => {
      const [event] = await rows<{ n: string }>(
        `SELECT COUNT(*) AS n FROM f_wechat_event JOIN f_wechat_eventeffect USING (event_id) WHERE kind = 'authorized' AND consumer = 'broker'`,
      );
      return Number(event?.n) === 1;
    });
    const { counts } = await suite.control.get<{ counts: Record<string, number> }>(
      '/calls/counts?path=/cgi-bin/component/api_query_auth',
    );
    expect(counts).toEqual({ '/cgi-bin/component/api_query_auth': 1 });
  });

  it('many readers at once cause no call at all, and after expiry exactly one', async () => {
    await suite.control.delete('/calls');
    const calls = async () =>
      (await suite.control.get<{ counts: Record<string, number> }>('/calls/counts')).counts[
        '/cgi-bin/component/api_authorizer_token'
      ] ?? 0;
    const first = await Promise.all(Array.from({ length: 50 }, () => tokenOf(merchant)));
    expect(new Set(first.map(({ body }) => body.access_token)).size).toBe(1);
    expect(await calls()).toBe(0);

    await suite.control.post('/tokens/expire', { component_appid: suite.component.component_appid, authorizer_appid: merchant });
    const dead = first[0]!.body.access_token;
    const reports = await Promise.all(
      Array.from({ length: 50 }, () =>
        suite.api<Token>('broker', 'POST', `${c()}/authorizers/${merchant}/token/report-invalid`, { token: dead }),
      ),
    );
    expect(new Set(reports.map(({ body }) => body.access_token)).size).toBe(1);
    expect(await calls()).toBe(1);
    expect(await liveness(reports[0]!.body.access_token)).toBe('live');
    expect((await tokenOf(merchant)).body.access_token).toBe(reports[0]!.body.access_token);
  });

  it('a draft becomes a template, is committed, audited, approved and published', async () => {
    await suite.control.post(`/components/${suite.component.component_appid}/drafts`, {
      user_version: '1.0.0',
      user_desc: 'by 开发者 🌺',
    });
    const drafts = await suite.api<{ items: { draft_id: number }[] }>('release', 'GET', `${c()}/template-drafts`);
    const template = await suite.api<{ template_id: number }>('release', 'POST', `${c()}/templates`, {
      draft_id: drafts.body.items[0]!.draft_id,
    });
    expect(template.status).toBe(201);
    const templates = await suite.api<{ items: { template_id: number }[] }>('release', 'GET', `${c()}/templates`);
    expect(templates.body.items.map((item) => item.template_id)).toContain(template.body.template_id);

    const release = await submitted('1.0.0');
    expect(release.audit).toMatchObject({ status: 2, auditid: expect.stringMatching(/^\d+$/) });
    await suite.control.post(`/merchants/${merchant}/audit/approve`);
    await reaches(release.release_id, 'approved');
    await suite.api('release', 'POST', `/v1/releases/${release.release_id}/publish`, {});
    await reaches(release.release_id, 'released');
    const [row] = await rows(
      'SELECT status, is_release, release_time, auditresult_time, user_desc FROM f_wechat_submitaudit WHERE submitaudit_id = ?',
      [release.release_id],
    );
    expect(row).toMatchObject({ status: 0, is_release: 1, release_time: expect.any(Date), auditresult_time: expect.any(Date) });
    expect(row?.['user_desc']).toContain('🍁');
    const { release_info } = await suite.control.get<{ release_info?: { release_version: string } }>(`/merchants/${merchant}`);
    if (release_info) expect(release_info.release_version).toBe('1.0.0');
  });
});

describe('what does not go straight', () => {
  it('a rejection keeps its whole reason, HTML and emoji included', async () => {
    const release = await submitted('1.1.0');
    const reason = `1:小程序内容不符合规则:<br>(1):请参考 <a href="https://developers.weixin.qq.com/">规则</a> 😀<br>${'界面内容与类目不符。'.repeat(120)}`;
    await suite.control.post(`/merchants/${merchant}/audit/reject`, { reason, screenshots: 2 });
    const rejected = await reaches(release.release_id, 'rejected');
    expect(rejected.audit).toMatchObject({ status: 1, reason });
    expect(rejected.audit.reason_text).not.toContain('<');
    const [row] = await rows<{ reason: string; status: number; screenshot: string }>(
      'SELECT * FROM f_wechat_submitaudit WHERE submitaudit_id = ?',
      [release.release_id],
    );
    expect(row).toMatchObject({ reason, status: 1 });
    expect(row?.screenshot.split('|')).toHaveLength(2);
  });

  it('a release in audit can be withdrawn', async () => {
    const release = await submitted('1.2.0');
    expect((await suite.api('release', 'POST', `/v1/releases/${release.release_id}/withdraw`, {})).status).toBeLessThan(300);
    expect(await reaches(release.release_id, 'withdrawn')).toMatchObject({ audit: { status: 3 } });
    const refused = await suite.api<Problem>('release', 'POST', `/v1/releases/${release.release_id}/publish`, {});
    expect(refused).toMatchObject({ status: 409, body: { type: 'urn:wxplane:problem:conflict' } });
  });

  it('a re-authorization replaces the tokens at once', async () => {
    const former = (await tokenOf(merchant)).body.access_token;
    const { url } = await link();
    await consentInBrowser(page, url, merchant, [19]);
    const token = await eventually('another token', async () => {
      const { body } = await tokenOf(merchant);
      return body.access_token && body.access_token !== former ? body.access_token : undefined;
    });
    expect(await liveness(token)).toBe('live');
    expect(await liveness(former)).not.toBe('live');
    const live = await rows('SELECT refresh_id FROM f_wechat_refreshtoken WHERE authorizer_appid = ? AND is_cancel = 0', [
      merchant,
    ]);
    expect(live).toHaveLength(1);
  });

  it('a cancellation ends token reads, and says so', async () => {
    expect((await tokenOf(merchant)).status).toBe(200);
    await suite.control.post('/authorizations/cancel', {
      component_appid: suite.component.component_appid,
      merchant_appid: merchant,
    });
    const refused = await eventually('token reads to end', async () => {
      const answer = await tokenOf(merchant);
      return answer.status === 200 ? undefined : answer;
    });
    expect(refused).toMatchObject({ status: 409, body: { type: 'urn:wxplane:problem:authorizer-cancelled' } });
    await eventually('the row to become history', async () => {
      const live = await rows('SELECT 1 FROM f_wechat_refreshtoken WHERE authorizer_appid = ? AND is_cancel = 0', [merchant]);
      return live.length === 0;
    });
  });

  it('nothing secret was printed, and no app had an error to report', async () => {
    const output = suite.output();
    expect(secrets.size).toBeGreaterThan(15);
    expect([...secrets].filter((secret) => output.includes(secret))).toEqual([]);
    const errors = output.split('\n').filter((line) => line.includes('"level":"error"') || line.includes('"level":"fatal"'));
    expect(errors).toEqual([]);
    const stored = await rows<{ text: string }>(
      `SELECT payload AS text FROM f_wechat_event UNION ALL SELECT access_token FROM f_wechat_accesstoken WHERE access_token IS NOT NULL
       UNION ALL SELECT authorizer_refresh_token FROM f_wechat_refreshtoken UNION ALL SELECT component_verify_ticket FROM f_wechat_verifyticket`,
    );
    expect(stored.filter(({ text }) => !text.startsWith('enc:v1:'))).toEqual([]);
  });
});
