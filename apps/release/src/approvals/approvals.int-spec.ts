import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BINDINGS, SecretBox } from '#persistence';
import { ClientStore } from '#service';
import { Merchants } from '../../testing/onboarding-merchants.js';
import { ReleaseWorld } from '../../testing/release-world.js';
import { RolloutsOf } from '../../testing/rollouts.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { ApprovalPage, ApprovalView } from './approval.dto.js';

// Some of these publish three times, and everything that is waited for comes by itself.
vi.setConfig({ testTimeout: 180_000 });

const AUTO = { submit: 'auto', publish: 'auto' };

/** What the maker asks for is kept, and is made when somebody else has agreed to exactly that. */
describe('a change that needs two persons', () => {
  let world: ReleaseWorld;
  let app: string;
  let second: string;

  beforeAll(async () => {
    world = await ReleaseWorld.start({}, { two_person: 'required' });
    second = await world.client(['releases:write']);
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    [app] = (await world.authorize(1)) as [string];
  });

  const at = (path: string) => world.component(`/authorizers/${app}${path}`);
  const ask = (path: string, body: unknown, method = 'POST') => world.call<ApprovalView>(at(path), body, { method });
  const decide = (id: string, decision: string, key = second, more: object = {}) =>
    world.call<ApprovalView>(`/v1/approvals/${id}`, { decision, ...more }, { key });
  const calls = (path: string) => world.sandbox.calls(path, app);

  it.each([
    ['/prefetch-domains', { domains: ['a.example.com'] }, 'PUT', '/wxa/set_prefetchdnsdomain'],
    ['/base-library', { version: '3.0.0' }, 'PUT', '/cgi-bin/wxopen/setweappsupportversion'],
    ['/signature', { signature: '每天现泡的手工茶' }, 'PUT', '/cgi-bin/account/modifysignature'],
    ['/search-status', { searchable: true }, 'PUT', '/wxa/changewxasearchstatus'],
    ['/plugins', { plugin_appid: 'wx00000000000000dd' }, 'POST', '/wxa/plugin'],
  ])('is kept, and made once somebody else agrees: %s', async (path, body, method, wechat) => {
    const before = await calls(wechat);
    const asked = await ask(path, body, method);
    expect(asked).toMatchObject({ status: 202, body: { state: 'open', authorizer_appid: app, what: { request: [{}, body] } } });
    const { approval_id, digest } = asked.body;
    expect(await calls(wechat)).toBe(before);
    expect((await world.call(`/v1/approvals/${approval_id}`, { decision: 'approve' })).status, 'the maker').toBe(403);
    expect((await decide(approval_id, 'approve', second, { digest: '0'.repeat(64) })).status, 'of something else').toBe(409);
    expect(await calls(wechat)).toBe(before);
    const made = await decide(approval_id, 'approve', second, { digest });
    expect(made, JSON.stringify(made.body)).toMatchObject({ status: 200, body: { state: 'done', problem: null } });
    expect(await calls(wechat)).toBeGreaterThan(before);
    const after = await calls(wechat);
    expect((await decide(approval_id, 'approve')).status, 'a second time').toBe(409);
    expect(await calls(wechat)).toBe(after);
  });

  it('stops something alone, at once', async () => {
    // It was never online, which WeChat says.
    expect((await ask('/visit-status', { action: 'close' })).body).toMatchObject({ wechat: { errcode: 85021 } });
    expect(await calls('/wxa/change_visitstatus')).toBe(1);
    expect(await ask('/search-status', { searchable: false }, 'PUT')).toMatchObject({ status: 200, body: { searchable: false } });
  });

  it('of the component itself waits as well: its domains, and its templates', async () => {
    const template = await world.template();
    const gone = await world.call<ApprovalView>(world.component(`/templates/${template}`), undefined, { method: 'DELETE' });
    expect(gone).toMatchObject({ status: 202, body: { effect: 'templates', authorizer_appid: null } });
    const domains = await world.call<ApprovalView>(world.component('/server-domains'), {
      action: 'add',
      domains: ['a.example.com'],
    });
    expect(domains).toMatchObject({ status: 202, body: { effect: 'component-settings' } });
    const ids = async () =>
      (await world.ok<{ items: { template_id: number }[] }>(world.component('/templates'))).items.map((t) => t.template_id);
    expect(await ids()).toContain(template);
    const limited = await world.client(['releases:write'], [app]);
    expect((await decide(gone.body.approval_id, 'approve', limited)).status, 'a client with a list').toBe(404);
    expect((await decide(gone.body.approval_id, 'approve')).body).toMatchObject({ state: 'done', problem: null });
    expect(await ids()).not.toContain(template);
  });

  it('is not made after it was refused, or taken back by its maker', async () => {
    const body = { action: 'set', requestdomain: ['https://b.example.com'] };
    const [one, other] = [await ask('/domains', body), await ask('/domains', body)];
    expect((await decide(one.body.approval_id, 'refuse')).body.state).toBe('refused');
    expect((await world.call<ApprovalView>(`/v1/approvals/${other.body.approval_id}`, { decision: 'withdraw' })).body.state).toBe(
      'withdrawn',
    );
    for (const { body: asked } of [one, other]) expect((await decide(asked.approval_id, 'approve')).status).toBe(409);
    expect(await calls('/wxa/modify_domain')).toBe(0);
  });

  it('is not made for a maker who may not ask for it any more', async () => {
    const key = await world.client(['releases:write']);
    const asked = await world.call<ApprovalView>(at('/visit-status'), { action: 'open' }, { key });
    await new ClientStore(world.database.dataSource).change(key.split('_')[1] as string, { revokedAt: new Date(0) });
    expect((await decide(asked.body.approval_id, 'approve')).body).toMatchObject({
      state: 'failed',
      problem: { code: 'forbidden' },
    });
    expect(await calls('/wxa/change_visitstatus')).toBe(0);
  });

  it('of an order for a merchant is agreed to by nobody who shaped the order, whoever let it go on last', async () => {
    const [mallory, nora, olga] = await Promise.all([1, 2, 3].map(() => world.client(['admin'])));
    const orders = world.component('/onboardings');
    const release = `http://127.0.0.1:${world.service.httpPort}`;
    const suite = { component: { component_appid: COMPONENT }, urls: { release }, clientKey: mallory };
    const merchants = new Merchants(suite as never);
    const { registration: _, ...request } = merchants.request(1);
    const body = { ...request, goal: 'filed', authorizer_appid: app };
    const ordered = await world.call<{ onboarding_id: string }>(orders, body, { key: mallory! });
    expect(ordered.status, JSON.stringify(ordered.body)).toBe(201);
    await merchants.papers(ordered.body.onboarding_id);
    const open = async () => {
      const page = await world.ok<ApprovalPage>(world.component('/approvals?state=open&limit=50'));
      return page.items.filter(({ authorizer_appid }) => authorizer_appid === app);
    };
    await expect.poll(async () => (await open()).length, { timeout: 60_000 }).toBeGreaterThan(0);
    const [first] = await open();
    for (const { approval_id } of await open()) await decide(approval_id, 'refuse', nora);
    const order = `${orders}/${ordered.body.onboarding_id}`;
    await expect
      .poll(async () => (await world.call<{ state: string }>(order, undefined, { key: nora! })).body.state, { timeout: 60_000 })
      .toBe('failed');
    const retried = await world.call(`${order}/retry`, {}, { key: nora! });
    expect(retried.status, JSON.stringify(retried.body)).toBeLessThan(300);
    await expect.poll(async () => (await open()).length, { timeout: 60_000 }).toBeGreaterThan(0);
    const [again] = await open();
    expect(again!.approval_id).not.toBe(first!.approval_id);
    expect((await decide(again!.approval_id, 'approve', mallory)).status, 'who ordered it').toBe(403);
    expect((await decide(again!.approval_id, 'approve', nora)).status, 'who let it go on').toBe(403);
    expect((await decide(again!.approval_id, 'approve', olga)).status).toBe(200);
  });

  it('that WeChat refuses says so, and is not tried again', async () => {
    await world.sandbox.control('/faults', {
      path: '/wxa/change_visitstatus',
      appid: app,
      action: 'errcode',
      errcode: 85021,
      times: 1,
    });
    const asked = await ask('/visit-status', { action: 'open' });
    const made = await decide(asked.body.approval_id, 'approve');
    expect(made.body).toMatchObject({ state: 'failed', problem: { code: 'wechat-refused' } });
    expect((await decide(asked.body.approval_id, 'approve')).status).toBe(409);
  });

  it('asked for twice with one idempotency key is one', async () => {
    const headers = { 'idempotency-key': `k${app}` };
    const post = () => world.call<ApprovalView>(at('/visit-status'), { action: 'open' }, { headers });
    const [first, again] = [await post(), await post()];
    expect([first.status, again.status, again.body.approval_id]).toEqual([202, 202, first.body.approval_id]);
  });

  it('is listed, newest first, and only to those who may act for its mini program', async () => {
    const asked = await ask('/visit-status', { action: 'open' });
    const list = async (query: string, key?: string) =>
      (await world.call<ApprovalPage>(world.component(`/approvals${query}`), undefined, key ? { key } : {})).body;
    expect((await list('?state=open&limit=1')).items[0]).toMatchObject({ approval_id: asked.body.approval_id });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: ApprovalPage = await list(`?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ approval_id }) => approval_id));
      cursor = page.next_cursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(5);
    const mine = await list('', await world.client(['releases:read'], [app]));
    expect(mine.items.map(({ authorizer_appid }) => authorizer_appid)).toEqual([app]);
  });

  it('may go back alone to a version that others agreed to once, and to no other', async () => {
    const template = await world.template();
    const publish = async (version: string, more: object = {}) => {
      const { release_id } = await world.create(app, template, {
        user_version: version,
        user_desc: version,
        policy: AUTO,
        ...more,
      });
      await world.until(release_id, (release) => release.waiting?.['for'] === 'approval');
      expect((await world.call(`/v1/releases/${release_id}/approve`, {}, { key: second })).status).toBe(200);
      await world.until(release_id, (release) => release.state === 'released');
    };
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 }, 'PATCH');
    await publish('1.0.0');
    await publish('2.0.0');
    expect(await world.call(at('/rollback'), {}), 'agreed to once').toMatchObject({
      status: 200,
      body: { online: { version: '1.0.0' } },
    });
    await publish('3.0.0');
    // What was agreed to is forgotten: as of a version from before.
    await world.database.dataSource.query(`DELETE FROM f_wechat_approval WHERE authorizer_appid = ? AND approval_id LIKE 'r%'`, [
      app,
    ]);
    const sent = await calls('/wxa/revertcoderelease');
    expect((await world.call(at('/rollback'), {})).status).toBe(202);
    expect(await world.ok<{ online: unknown }>(at('/versions'))).toMatchObject({ online: { version: '3.0.0' } });
    expect(await calls('/wxa/revertcoderelease')).toBeGreaterThanOrEqual(sent);
  });
});

describe('an approval', () => {
  let world: ReleaseWorld;
  let rollouts: RolloutsOf;
  let template: number;
  let app: string;
  let second: string;

  beforeAll(async () => {
    world = await ReleaseWorld.start(
      {},
      { two_person: { approval_hours: 5, large_rollouts: { over_targets: 3, approvers: 2 } } },
    );
    rollouts = new RolloutsOf(world);
    template = await world.template({ user_version: '1.0.0' });
    second = await world.client(['releases:write']);
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    [app] = (await world.authorize(1)) as [string];
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 }, 'PATCH');
  });

  const released = () => world.sandbox.calls('/wxa/release', app);
  const secrets = () => world.service.app.get(SecretBox);
  const query = (sql: string, values: unknown[]) => world.database.dataSource.query(sql, values);
  const approvalOf = (id: string) => world.ok<ApprovalView>(`/v1/approvals/${id}`);
  const decide = (id: string, decision: string, key = second) =>
    world.call<ApprovalView>(`/v1/approvals/${id}`, { decision }, { key });
  const publish = (id: number) => world.call(`/v1/releases/${id}/publish`, {});
  const approve = (id: number, digest: string) =>
    world.call<ApprovalView>(`/v1/approvals/r${id}`, { decision: 'approve', digest }, { key: second });
  /** Approved by reviewers; nothing of it happens by itself. */
  const waiting = async (key?: string) => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const made = await world.call(
      world.component('/releases'),
      {
        authorizer_appid: app,
        template_id: template,
        user_version: '1.0.0',
        user_desc: 'x',
        policy: { submit: 'auto', publish: 'manual' },
      },
      key ? { key } : {},
    );
    const id = made.body.release_id;
    await world.until(id, (release) => release.state === 'auditing');
    await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    await world.until(id, (release) => release.state === 'approved');
    return id;
  };

  it('holds for as long as the component says, and not a moment longer', async () => {
    const id = await waiting();
    expect((await decide(`r${id}`, 'approve')).status).toBe(200);
    const { approvals } = await approvalOf(`r${id}`);
    expect(Date.parse(approvals[0]!.until) - Date.parse(approvals[0]!.at)).toBe(5 * 3_600_000);
    const past = new Date(Date.now() - 1_000).toISOString();
    await rewrite(`r${id}`, (record) => {
      for (const agreement of record['agreements'] as { until: string }[]) agreement.until = past;
    });
    expect(await publish(id)).toMatchObject({ status: 409, body: { type: 'urn:wxplane:problem:approval-needed' } });
    expect(await released()).toBe(0);
  });

  it('that was taken back does not count', async () => {
    const id = await waiting();
    await decide(`r${id}`, 'approve');
    expect((await decide(`r${id}`, 'withdraw')).body.approvals).toEqual([]);
    expect((await decide(`r${id}`, 'withdraw')).status, 'nothing to take back').toBe(409);
    expect((await publish(id)).status).toBe(409);
    expect(await released()).toBe(0);
  });

  it.each([
    ['ext_json', `ext_json = '{"extAppid":"x","ext":{"host":"https://evil.example.com"}}'`, 'ext_json_sha256'],
    ['the body of the submission', `submit_request = '{"version_desc":"another"}'`, 'audit_sha256'],
    ['the version', `user_version = '9.9.9'`, 'user_version'],
    ['the template', 'template_id = 99', 'template_id'],
    ['the policy', `policy = '{"submit":"auto","publish":"manual","allow_older":true}'`, 'policy'],
  ])('is for exactly what would be sent, and says what differs: %s', async (_, set, named) => {
    const id = await waiting();
    await decide(`r${id}`, 'approve');
    await query(`UPDATE f_wechat_submitaudit SET ${set} WHERE submitaudit_id = ?`, [id]);
    expect(await publish(id)).toMatchObject({ status: 409, body: { changed: [named] } });
    expect(await released()).toBe(0);
  });

  it('is for what was looked at: what is shown is what would be sent, and another submission since is told', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const { release_id: id } = await world.ready(app, template, { policy: { submit: 'manual', publish: 'manual' } });
    const before = await approvalOf(`r${id}`);
    expect((await world.call(`/v1/releases/${id}/submit`, { version_desc: 'harmless' })).status).toBe(200);
    expect(await approve(id, before.digest), 'of before the submission').toMatchObject({ status: 409 });
    const shown = await approvalOf(`r${id}`);
    expect(shown.what).toMatchObject({ release_id: id, submitted_at: expect.any(String) });
    const listed = (await world.ok<ApprovalPage>(world.component('/approvals'))).items;
    expect(listed.find(({ approval_id }) => approval_id === `r${id}`)).toMatchObject({ digest: shown.digest });
    // Between the look and the word the maker has something else submitted.
    await world.ok(`/v1/releases/${id}/withdraw`, {});
    await world.ok(`/v1/releases/${id}/recommit`, {});
    await world.until(id, (release) => release.state === 'ready');
    expect((await world.call(`/v1/releases/${id}/submit`, { version_desc: 'another' })).status).toBe(200);
    const refused = await approve(id, shown.digest);
    expect(refused.status).toBe(409);
    const now = await approvalOf(`r${id}`);
    expect(now.approvals).toEqual([]);
    expect(refused.body).toMatchObject({ digest: now.digest });
    const agreed = await approve(id, now.digest);
    expect(agreed, JSON.stringify(agreed.body)).toMatchObject({
      status: 200,
      body: { digest: now.digest, approvals: [{ of_this: true }] },
    });
  });

  it('of what is published as it is does not cover that it replaces something newer', async () => {
    const id = await waiting();
    await decide(`r${id}`, 'approve');
    expect(await world.call(`/v1/releases/${id}/publish`, { allow_older: true })).toMatchObject({
      status: 409,
      body: { changed: ['policy'] },
    });
    expect((await publish(id)).status).toBe(200);
  });

  it('is given by nobody who had a part in it: who wrote the settings, the profile, or submitted it', async () => {
    const [writer, submitter, other] = [await world.client(['releases:write']), await world.client(['releases:write']), second];
    const put = (path: string, body: object) => world.call(path, body, { method: 'PUT', key: writer });
    expect((await put(world.component(`/authorizers/${app}/ext-settings`), { variables: {} })).status).toBe(200);
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const { release_id: id } = await world.ready(app, template, { policy: { submit: 'manual' } });
    expect((await world.call(`/v1/releases/${id}/submit`, { version_desc: 'x' }, { key: submitter })).status).toBe(200);
    await world.sandbox.control(`/merchants/${app}/audit/approve`, {});
    await world.until(id, (release) => release.state === 'approved');
    for (const key of [writer, submitter]) expect((await decide(`r${id}`, 'approve', key)).status).toBe(403);
    expect((await decide(`r${id}`, 'approve', other)).status).toBe(200);
    expect((await publish(id)).status).toBe(200);
  });

  it('is given by nobody who wrote a layer of settings or a profile, whatever name the database says', async () => {
    const [writer, profiler] = [await world.client(['releases:write']), await world.client(['releases:write'])];
    const put = (path: string, body: object, key: string) => world.call(path, body, { method: 'PUT', key });
    const layer = { variables: { host: 'https://a.example.com' }, ext_json: { ext: { host: '{{host}}' } } };
    expect((await put(world.component(`/authorizers/${app}/ext-settings`), layer, writer)).status).toBe(200);
    expect((await put(world.component('/audit-profiles/usual'), { audit: { version_desc: 'x' } }, profiler)).status).toBe(200);
    for (const table of ['f_wechat_extsettings', 'f_wechat_auditprofile'])
      await query(`UPDATE ${table} SET written_by = ?`, ['x']);
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const { release_id: id } = await world.ready(app, template, { profile: 'usual', policy: { submit: 'manual' } });
    expect(await world.release(id)).toMatchObject({ ext_json: { ext: { host: 'https://a.example.com' } } });
    expect((await world.call(`/v1/releases/${id}/submit`, {})).status).toBe(200);
    expect(JSON.stringify(await world.release(id))).not.toContain(' writer');
    const { makers } = await approvalOf(`r${id}`);
    expect(makers).toEqual(expect.arrayContaining([writer, profiler].map((key) => key.split('_')[1])));
    for (const key of [writer, profiler]) expect((await decide(`r${id}`, 'approve', key)).status).toBe(403);
    // And nobody is shown, or sends back, what stands beside.
    const shown = await world.ok<object>(world.component(`/authorizers/${app}/ext-settings`));
    expect(shown).toEqual({ ...layer, secret_variables: [] });
    await query('DELETE FROM f_wechat_extsettings', []);
  });

  it('in the database that is not ours opens nothing', async () => {
    const [id, other] = [await waiting(), 0];
    const maker = (await approvalOf(`r${id}`)).makers[0]!;
    const clientId = second.split('_')[1]!;
    const now = new Date();
    // The table of the last release: its rows do not count where two persons are required.
    await query('INSERT INTO f_wechat_releaseapproval (release_id, client_id, at) VALUES (?, ?, ?)', [id, clientId, now]);
    expect((await publish(id)).status).toBe(409);
    // Another maker in the release's own row.
    await query('UPDATE f_wechat_submitaudit SET client_id = ? WHERE submitaudit_id = ?', [clientId, id]);
    expect((await world.call(`/v1/releases/${id}/approve`, {})).status, maker).toBe(403);
    // One that somebody without our key wrote: in plain text, under a key of theirs, of another release, cut short.
    const [row] = await query('SELECT payload FROM f_wechat_approval WHERE approval_id = ?', [`r${id}`]);
    const record = { ...JSON.parse(secrets().open(row.payload, BINDINGS.approval(`r${id}`))), makers: [] };
    const agreement = {
      who: clientId,
      clientId,
      digest: record.digest,
      at: now,
      until: new Date(now.getTime() + 1e9),
      note: null,
    };
    const forged = JSON.stringify({ ...record, agreements: [agreement] });
    const theirs = new SecretBox([{ id: secrets().currentKeyId('approvals')!, key: Buffer.alloc(32, 7) }]);
    const texts = [
      forged,
      theirs.seal(forged, BINDINGS.approval(`r${id}`)),
      secrets().seal(forged, BINDINGS.approval(`r${other}`)),
      row.payload.slice(0, -4),
    ];
    for (const text of texts) {
      await query('UPDATE f_wechat_approval SET payload = ? WHERE approval_id = ?', [text, `r${id}`]);
      expect((await publish(id)).status).toBe(409);
      expect((await decide(`r${id}`, 'approve')).status).toBe(404);
    }
    // No row at all: nothing says who made it, so that nobody can agree to it.
    await query('DELETE FROM f_wechat_approval WHERE approval_id = ?', [`r${id}`]);
    expect((await world.call(`/v1/releases/${id}/approve`, {}, { key: second })).status).toBe(409);
    expect((await publish(id)).status).toBe(409);
    expect(await released()).toBe(0);
  });

  it('of a rollout ends when the settings change that it is made of: nothing is committed, it waits, and says why', async () => {
    const list = await world.authorize(3);
    await world.ok(world.component('/ext-settings'), { variables: { host: 'https://a.example.com' } }, { method: 'PUT' });
    await world.sandbox.control('/settings', { audit_mode: 'manual' }, 'PATCH');
    const spec = {
      name: 'frozen',
      template_id: template,
      user_version: '1.0.0',
      user_desc: 'x',
      ext_json: { ext: { host: '{{host}}' } },
      targets: { list },
      options: { canary_size: 1, per_minute: 100_000 },
    };
    const { rollout_id: id } = await rollouts.start(spec);
    const commits = async () =>
      (await Promise.all(list.map((appid) => world.sandbox.calls('/wxa/commit', appid)))).reduce((sum, n) => sum + n, 0);
    const canary = async () => (await rollouts.targets(id))[0]!.release_state;
    await expect.poll(canary, { timeout: 60_000 }).toBe('auditing');
    expect((await decide(`o${id}`, 'approve')).status).toBe(200);
    const before = await approvalOf(`o${id}`);
    expect(before.approvals).toMatchObject([{ of_this: true }]);
    await world.ok(world.component('/ext-settings'), { variables: { host: 'https://evil.example.com' } }, { method: 'PUT' });
    await world.sandbox.control(`/merchants/${list[0]}/audit/approve`, {});
    const waits = await rollouts.until(id, (rollout) => rollout.state === 'waiting');
    expect(waits).toMatchObject({
      needs_attention: true,
      reason: { code: 'changed-since-approval', detail: expect.stringMatching(/the platform’s settings, by \w+ at /) },
    });
    expect((await approvalOf(`o${id}`)).approvals).toEqual([]);
    expect(await commits()).toBe(1);
    // What the canary was sent is what they agreed to.
    expect(await canary()).toBe('released');
    // Somebody lets it go on as it is now: all of it is asked for anew.
    await world.sandbox.control('/settings', { audit_mode: 'auto' }, 'PATCH');
    const third = await world.client(['releases:write']);
    expect((await world.call(`/v1/rollouts/${id}/resume`, {}, { key: third })).status).toBe(200);
    expect((await decide(`o${id}`, 'approve', third)).status, 'who let it go on').toBe(403);
    const after = await approvalOf(`o${id}`);
    expect(after.digest).not.toBe(before.digest);
    await expect.poll(commits, { timeout: 60_000 }).toBe(3);
    expect((await decide(`o${id}`, 'approve')).status).toBe(200);
    expect((await rollouts.until(id, (rollout) => rollout.state === 'completed')).counts.succeeded).toBe(3);
    await world.ok(world.component('/ext-settings'), { variables: {} }, { method: 'PUT' });
  });

  it('of a large rollout needs as many as the component says', async () => {
    const list = await world.authorize(4);
    const { rollout_id: id } = await rollouts.start({
      ...{ name: 'large', template_id: template, user_version: '1.0.0', user_desc: 'x' },
      ...{ targets: { list }, options: { per_minute: 100_000 } },
    });
    const agree = async () =>
      (await world.call(`/v1/rollouts/${id}/approve`, {}, { key: await world.client(['releases:write']) })).status;
    const states = async () => new Set((await rollouts.targets(id)).map((target) => target.release_state));
    expect(await agree()).toBe(200);
    await expect.poll(states).toEqual(new Set(['approved']));
    const { release_id } = (await rollouts.targets(id))[0]!;
    expect((await world.call(`/v1/releases/${release_id}/publish`, {})).status).toBe(409);
    expect(await agree()).toBe(200);
    expect((await rollouts.until(id, (rollout) => rollout.state === 'completed')).counts.succeeded).toBe(4);
  });

  it('is asked for by an event to subscribers, once for what there is', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'auto' }, 'PATCH');
    const { release_id: id } = await world.create(app, template, { policy: AUTO });
    await world.until(id, (release) => release.waiting?.['for'] === 'approval');
    await world.hurry(id);
    const told = () =>
      query(
        `SELECT kind, component_appid AS component FROM f_wechat_event WHERE authorizer_appid = ? AND kind LIKE 'wxplane.approval%'`,
        [app],
      );
    await expect.poll(told).toEqual([{ kind: 'wxplane.approval_requested', component: COMPONENT }]);
  });

  async function rewrite(id: string, change: (record: Record<string, unknown>) => void): Promise<void> {
    const [row] = await query('SELECT payload FROM f_wechat_approval WHERE approval_id = ?', [id]);
    const record = JSON.parse(secrets().open(row.payload, BINDINGS.approval(id)));
    change(record);
    await query('UPDATE f_wechat_approval SET payload = ? WHERE approval_id = ?', [
      secrets().seal(JSON.stringify(record), BINDINGS.approval(id)),
      id,
    ]);
  }
});
