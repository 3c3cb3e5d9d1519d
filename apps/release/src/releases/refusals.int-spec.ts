import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';

type Body = Record<string, unknown>;

describe('what WeChat refuses, changes or gives back', () => {
  let world: ReleaseWorld;
  let app: string;
  let template: number;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    template = await world.template({ user_version: '1.0.0' });
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    [app] = (await world.authorize(1)) as [string];
  });

  const fault = (path: string, body: Body) =>
    world.sandbox.control('/faults', { path, appid: app, action: 'body', body: JSON.stringify(body), times: 1 });
  const domains = (body: Body) => world.call<Body>(world.component(`/authorizers/${app}/domains`), body);

  it('85017 is an error that names the domains which are not set', async () => {
    await fault('/wxa/modify_domain', { errcode: 85017, errmsg: 'no domain to modify after filtered' });
    const answer = await domains({ action: 'add', requestdomain: ['https://elsewhere.example.com'] });
    expect(answer).toMatchObject({
      status: 502,
      body: { refused: ['https://elsewhere.example.com'], wechat: { errcode: 85017 } },
    });
  });

  it('the lists of 85301 reach the caller', async () => {
    await fault('/wxa/modify_domain', { errcode: 85301, errmsg: 'bad', invalid_requestdomain: ['https://bad.example.com'] });
    const { body } = await domains({ action: 'add', requestdomain: ['https://bad.example.com'] });
    expect(body).toMatchObject({ wechat: { details: { invalid_requestdomain: ['https://bad.example.com'] } } });
  });

  it('an integer that would lose digits is refused with its path', async () => {
    const text = `{"authorizer_appid":"${app}","template_id":${template},"user_version":"1.0.0","user_desc":"x","ext_json":{"ext":{"shop_id":9007199254740993}}}`;
    const response = await fetch(`http://127.0.0.1:${world.service.httpPort}${world.component('/releases')}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await world.client(['releases:write'])}`, 'content-type': 'application/json' },
      body: text,
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('ext_json.ext.shop_id');
  });

  it('an extAppid of another mini program is refused unless it is confirmed', async () => {
    const made = { authorizer_appid: app, template_id: template, user_version: '1.0.0', user_desc: 'x' };
    const ext_json = { extEnable: true, extAppid: 'wx00000000000000ff', ext: {} };
    expect((await world.call(world.component('/releases'), { ...made, ext_json })).status).toBe(400);
    const within = { ext: { shop: { appid: 'wx00000000000000ff' } } };
    const refused = await world.call<{ detail?: string }>(world.component('/releases'), { ...made, ext_json: within });
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('ext_json.ext.shop.appid') } });
    const policy = { skip_checks: ['ext-appid'] };
    const permission = { 'scope.userLocation': { desc: 'x' } };
    const release = await world.ok<{ release_id: string }>(world.component('/releases'), {
      ...made,
      ext_json: { ...ext_json, permission },
      policy,
    });
    // What was confirmed, and members that no page names, are warnings of the preflight: nothing that hinders.
    const { checks } = await world.ok<{ checks: { check: string }[] }>(`/v1/releases/${release.release_id}/preflight`);
    expect(checks.filter(({ check }) => check === 'ext-appid' || check === 'ext-json')).toEqual([
      { check: 'ext-json', result: 'warning', detail: expect.stringContaining('permission is not named') },
      { check: 'ext-appid', result: 'warning', detail: expect.stringContaining('wx00000000000000ff') },
    ]);
  });

  it('another upload of the same version and words is not submitted', async () => {
    const { release_id } = await world.ready(app, template);
    const trial = { exp_time: Math.floor(Date.now() / 1_000) + 60, exp_version: '1.0.0', exp_desc: 'first 🙂' };
    await fault('/wxa/getversioninfo', { errcode: 0, errmsg: 'ok', exp_info: trial });
    expect((await world.call(`/v1/releases/${release_id}/submit`, {})).status).toBe(409);
    expect(await world.sandbox.calls('/wxa/submit_audit', app)).toBe(0);
  });
});
