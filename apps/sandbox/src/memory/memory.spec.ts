import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../sandbox.js';
import { App } from '../testing/app.js';
import { AES_KEY, COMPONENT, eventually, Harness, MINI, SECRET, TOKEN } from '../testing/harness.js';

let folder: string;
let file: string;
let harness: Harness;
/** What is closed after the test, newest first. */
let open: (() => Promise<void>)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxplane-world-'));
  file = join(folder, 'sandbox.world');
  harness = await Harness.start({}, file);
  open = [() => harness.close()];
});
afterEach(async () => {
  for (const close of open.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** Another process takes over what a killed one left behind: its file as it is at this moment. @returns asks its control API, or WeChat's. */
async function afterKill() {
  const left = join(folder, `left-${readdirSync(folder).length}`);
  cpSync(file, left);
  const sandbox = await startSandbox({ SANDBOX_HOST: '127.0.0.1', SANDBOX_PORT: 0, SANDBOX_STATE_FILE: left });
  open.push(() => sandbox.close());
  return harness.at(sandbox.url);
}

describe('a sandbox that keeps its world', () => {
  it('takes over the world of the last release', async () => {
    const app = await App.create(harness);
    await app.putOnline('1.2.3');
    await app.post('/wxa/modify_domain', { action: 'get' });
    const { format, world } = deserialize(readFileSync(file)) as {
      format: number;
      world: { world: { components: Map<string, { domains: object }> }; 'app settings': { settings: Map<unknown, object> } };
    };
    expect(format).toBe(2);
    for (const component of world.world.components.values()) component.domains = { server: ['a.example.com'], jump: [] };
    const since = ['direct', 'embedded', 'halfScreen', 'halfScreenAsked', 'namesSet'];
    for (const settings of world['app settings'].settings.values())
      for (const name of since) delete (settings as Record<string, unknown>)[name];
    const former = join(folder, 'former.world');
    writeFileSync(former, serialize({ format: 1, world }));
    const sandbox = await startSandbox({ SANDBOX_HOST: '127.0.0.1', SANDBOX_PORT: 0, SANDBOX_STATE_FILE: former });
    open.push(() => sandbox.close());
    const later = harness.at(sandbox.url);
    expect(await later.post('/wxa/getversioninfo', app.token)).toMatchObject({
      ...{ errcode: 0, release_info: { release_version: '1.2.3' } },
    });
    const domains = { action: 'get', is_modify_published_together: true };
    expect(await later.component('modify_wxa_server_domain', app.componentToken, domains)).toMatchObject({
      ...{ errcode: 0, published_wxa_server_domain: 'a.example.com' },
    });
    expect(await later.post('/wxa/modify_domain', app.token, { action: 'get' })).toMatchObject({ errcode: 0 });
  });

  it('knows merchants, tokens, components, releases, quotas and the time after a kill', async () => {
    const app = await App.create(harness);
    await app.putOnline('1.2.3');
    const pending = await app.toAudit('in_audit', '1.2.4');
    // Quotas are counted by the month, and the jump may end one.
    await harness.control('POST', 'clock', { jump_s: 3_000 });
    await harness.control('POST', 'quotas', { component_appid: COMPONENT, submit_used: 17 });
    const { now_ms: before } = await harness.control('GET', 'clock');
    const { merchants: known } = await harness.control('GET', 'merchants');

    const later = await afterKill();
    expect(await later.control('POST', 'tokens/check', { token: app.token })).toMatchObject({
      state: 'live',
      component_appid: COMPONENT,
      authorizer_appid: MINI,
    });
    expect(await later.post('/wxa/getversioninfo', app.token)).toMatchObject({
      errcode: 0,
      release_info: { release_version: '1.2.3' },
    });
    expect(await later.get('/wxa/get_latest_auditstatus', app.token)).toMatchObject({ auditid: pending, status: 2 });
    const quota = await later.get('/wxa/queryquota', app.token);
    expect(quota['limit'] - quota['rest']).toBe(17);
    expect((await later.control('GET', 'clock'))['now_ms']).toBeGreaterThanOrEqual(before);
    expect((await later.control('GET', 'merchants'))['merchants']).toEqual(known);
  });

  it('goes on with what its timers were about: tickets, an audit that decides by itself', async () => {
    const app = await App.create(harness);
    await harness.control('PATCH', 'settings', { audit_mode: 'auto', audit_after_s: 3_600 });
    const auditid = await app.toAudit('in_audit');
    const former = harness.receiver.pushes.length;

    const later = await afterKill();
    await eventually(() => harness.receiver.pushes.slice(former).map(({ message }) => message)).toContainEqual(
      expect.stringContaining('component_verify_ticket'),
    );
    await later.control('POST', 'clock', { jump_s: 3_601 });
    expect(await later.get('/wxa/get_latest_auditstatus', app.token)).toMatchObject({ auditid, status: 0 });
  });

  it('takes what its configuration file says of a component that it knows already', async () => {
    await harness.control('POST', 'merchants', { appid: MINI, kind: 'miniprogram', nick_name: 'as it was' });
    const sandbox = await startSandbox(
      { SANDBOX_HOST: '127.0.0.1', SANDBOX_PORT: 0, SANDBOX_STATE_FILE: file },
      {
        components: [
          {
            component_appid: COMPONENT,
            component_appsecret: SECRET,
            push_token: TOKEN,
            encoding_aes_key: AES_KEY,
            auth_event_url: 'http://127.0.0.1:9/events',
            message_event_url: 'http://127.0.0.1:9/$APPID$/messages',
            authorization_domain: '127.0.0.1',
            name: 'new name',
          },
        ],
        merchants: [{ appid: MINI, kind: 'miniprogram', nick_name: 'another' }],
        templates: [],
      },
    );
    open.push(() => sandbox.close());
    const later = harness.at(sandbox.url);
    expect(await later.control('GET', `components/${COMPONENT}`)).toMatchObject({
      name: 'new name',
      auth_event_url: 'http://127.0.0.1:9/events',
      ticket_first_retry_s: 0,
    });
    expect(await later.control('GET', `merchants/${MINI}`)).toMatchObject({ nick_name: 'as it was' });
  });

  it('is told to forget, and forgets for good', async () => {
    await App.create(harness);
    await harness.control('POST', 'reset');
    expect((await (await afterKill()).control('GET', 'merchants'))['total']).toBe(0);
  });

  it('is for its owner only, and sets aside what it cannot read', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const broken = join(folder, 'broken');
    writeFileSync(broken, 'not a world');
    const sandbox = await startSandbox({ SANDBOX_HOST: '127.0.0.1', SANDBOX_PORT: 0, SANDBOX_STATE_FILE: broken });
    open.push(() => sandbox.close());
    expect((await harness.at(sandbox.url).control('GET', 'merchants'))['total']).toBe(0);
    expect(existsSync(`${broken}.unreadable`)).toBe(true);
  });
});
