import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';

/* What the release app's key can do with a component, against the sandbox: what it counts is what has reached WeChat. */

const merchant = 'wx00000000000000aa';
/** As docs/operations.md has it made. */
const RELEASE_APP = ['component-operations', 'authorizer-token', 'authorizers:read'] as const;

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await Rig.start();
  await rig.merchant(merchant);
  await rig.authorize(merchant);
  key = await rig.client({ name: 'release', scopes: RELEASE_APP });
});
afterAll(() => rig.stop());
beforeEach(async () => {
  await rig.control.delete('/faults');
  // A token that is there already, so that what is counted are operations.
  await rig.token();
  await rig.forgetCalls();
});

interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly wechat: Record<string, unknown>;
}
interface Page {
  readonly items: readonly Record<string, unknown>[];
}

const operate = <T = Problem>(method: string, path: string, body?: object, as = key) =>
  rig.api<T>(`${rig.path()}/operations${path}`, { method, key: as, ...(body ? { body } : {}) });

async function reached(): Promise<Record<string, number>> {
  return (await rig.control.get<{ counts: Record<string, number> }>('/calls/counts')).counts;
}

const draft = async (version: string): Promise<number> => {
  const body = { user_version: version, user_desc: `描述 ${version} 🙂`, source_miniprogram_appid: `wxdev${version}` };
  const { draft_id } = await rig.control.post<{ draft_id: number }>(
    `/components/${rig.components[0]!.component_appid}/drafts`,
    body,
  );
  return draft_id;
};

describe('a key of the release app', () => {
  it('does with the component what releases need, and is in the audit log and the log of calls by its name', async () => {
    const draft_id = await draft('1.0.0');
    const { body: drafts } = await operate<Page>('GET', '/template-drafts');
    expect(drafts.items).toContainEqual(expect.objectContaining({ draft_id, user_version: '1.0.0', user_desc: '描述 1.0.0 🙂' }));
    expect((await operate('POST', '/templates', { draft_id })).status).toBe(204);
    const { body: templates } = await operate<Page>('GET', '/templates');
    const made = templates.items.find(({ user_version }) => user_version === '1.0.0');
    expect((await operate('DELETE', `/templates/${made!['template_id']}`)).status).toBe(204);
    const change = { action: 'add', domains: ['api.example.com', 'cdn.example.com'] };
    expect((await operate('POST', '/server-domains', change)).status).toBe(200);
    expect(await operate('GET', '/server-domains')).toMatchObject({
      status: 200,
      body: { testing: expect.arrayContaining(change.domains) },
    });
    expect((await operate('POST', '/jump-domains', change)).status).toBe(200);
    expect((await operate('GET', '/jump-domains')).status).toBe(200);
    expect((await operate('GET', '/jump-domains/confirm-file')).body).toEqual({
      file_name: expect.any(String),
      file_content: expect.any(String),
    });

    const clientId = key.split('_')[1];
    const entries = await eventually('four entries', async () => {
      const { body } = await rig.api<{ items: { action: string; subject: string }[] }>(`/v1/audit-log?client_id=${clientId}`);
      return body.items.length >= 4 ? body.items : undefined;
    });
    expect(entries.map(({ action, subject }) => [action, subject]).reverse()).toEqual([
      ['operation.template-add', `draft ${draft_id}`],
      ['operation.template-delete', String(made!['template_id'])],
      ['operation.server-domains', 'add api.example.com,cdn.example.com'],
      ['operation.jump-domains', 'add api.example.com,cdn.example.com'],
    ]);
    const [call] = await eventually('the call', async () => {
      const { body } = await rig.api<{ items: Record<string, unknown>[] }>(`${rig.path()}/calls?api=addtotemplate`);
      return body.items.length > 0 ? body.items : undefined;
    });
    expect(call).toMatchObject({ app: 'broker', client_id: clientId });
  });

  it('that is stolen gets no component token, no ticket, no list of authorizers and no other call as the component', async () => {
    const token = (await rig.token()).body.access_token;
    const component = rig.path();
    const refused: [method: string, path: string, body?: object][] = [
      ['GET', '/token'],
      ['POST', '/token/report-invalid', { token }],
      ['POST', '/token/refresh'],
      ['GET', '/ticket'],
      ['POST', '/authorizers/sync'],
      ['POST', '/authorization-links', {}],
      ...[
        '/cgi-bin/component/api_get_authorizer_list',
        '/cgi-bin/component/api_get_authorizer_info',
        '/cgi-bin/component/api_authorizer_token',
        '/cgi-bin/component/fastregisterweapp',
        '/wxa/addtotemplate',
        '/wxa/gettemplatelist',
        '/cgi-bin/openapi/quota/get',
      ].map((path): [string, string, object] => ['POST', `/wechat${path}`, {}]),
      ['POST', `/authorizers/${merchant}/wechat/wxa/commit`, {}],
    ];
    for (const [method, path, body] of refused) {
      const answer = await rig.api(`${component}${path}`, { method, key, ...(body ? { body } : {}) });
      expect([path, answer.status]).toEqual([path, 403]);
      expect(JSON.stringify(answer.body)).not.toContain(token);
    }
    for (const path of [
      '/api_get_authorizer_list',
      '/wechat/wxa/gettemplatelist',
      '/templates/../../token',
      '/templates/%2e%2e/token',
    ])
      expect([path, (await operate('POST', path, {})).status].join()).toMatch(/,40[345]$/);
    expect(await reached()).toEqual({});
  });

  it('with a list of merchants reads, and changes nothing for all', async () => {
    const limited = await rig.client({ scopes: RELEASE_APP, authorizers: [merchant] });
    expect((await operate('GET', '/templates', undefined, limited)).status).toBe(200);
    const change = { action: 'set', domains: [] };
    for (const [method, path, body] of [
      ['POST', '/templates', { draft_id: 1 }],
      ['DELETE', '/templates/1', undefined],
      ['POST', '/server-domains', change],
      ['POST', '/jump-domains', change],
    ] as const)
      expect([path, (await operate(method, path, body, limited)).status]).toEqual([path, 403]);
    expect(await reached()).toEqual({ '/wxa/gettemplatelist': 1 });
  });

  it('is not needed with component-token, which a release app of before has; neither is a key with proxy or authorizer-token enough', async () => {
    const former = await rig.client({ scopes: ['component-token', 'authorizer-token', 'authorizers:read'] });
    expect((await operate('GET', '/templates', undefined, former)).status).toBe(200);
    expect((await operate('POST', '/templates', { draft_id: await draft('1.1.0') }, former)).status).toBe(204);
    await rig.forgetCalls();
    const others = await rig.client({
      scopes: ['proxy', 'authorizer-token', 'authorizers:read', 'releases:write', 'authorizations:write'],
    });
    expect((await operate('GET', '/templates', undefined, others)).status).toBe(403);
    expect((await operate('POST', '/templates', { draft_id: 1 }, others)).status).toBe(403);
    expect(await reached()).toEqual({});
  });
});

describe('an operation', () => {
  it('that WeChat refuses says all that WeChat said, and that nothing was done', async () => {
    const details = { hints: ['其一'] };
    const errmsg = 'no permission';
    await rig.control.post('/faults', { path: '/wxa/addtotemplate', action: 'errcode', errcode: 85065, errmsg, details });
    const { status, body } = await operate('POST', '/templates', { draft_id: 1 });
    expect(status).toBe(502);
    expect(body).toMatchObject({
      type: 'urn:wxplane:problem:wechat-refused',
      wechat: {
        errcode: 85065,
        errmsg: expect.stringMatching(/^no permission rid: [0-9a-f-]{26}$/),
        details,
        api: 'addtotemplate',
        kind: 'errcode',
        http_status: 200,
        maybe_executed: false,
      },
    });
  });

  it.each([
    ['cut', 'network'],
    ['html', 'bad-answer'],
  ])('whose answer is spoiled (%s) may have been done, and says so', async (action, kind) => {
    await rig.control.post('/faults', { path: '/wxa/addtotemplate', action, after: true });
    const draft_id = await draft(`1.2.${kind.length}`);
    const { status, body } = await operate('POST', '/templates', { draft_id });
    expect(status).toBe(503);
    expect(body.wechat).toMatchObject({ api: 'addtotemplate', kind, maybe_executed: true });
    expect(await reached()).toMatchObject({ '/wxa/addtotemplate': 1 });
  });

  it('is repeated with another token when WeChat refuses the token', async () => {
    await rig.control.post('/tokens/expire', { component_appid: rig.components[0]!.component_appid });
    expect((await operate('GET', '/templates')).status).toBe(200);
    expect(await reached()).toMatchObject({ '/wxa/gettemplatelist': 2 });
  });

  it('is not begun for a caller that has gone, who may look meanwhile and do it again', async () => {
    const draft_id = await draft('1.3.0');
    await rig.age(-1);
    await rig.control.post('/faults', {
      path: '/cgi-bin/component/api_component_token',
      action: 'delay',
      hold: true,
      after: true,
    });
    const leaving = new AbortController();
    const url = `${rig.brokers[0]!.url}${rig.path()}/operations/templates`;
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const gone = fetch(url, { method: 'POST', headers, body: JSON.stringify({ draft_id }), signal: leaving.signal });
    await eventually('the broker to ask for a token', async () =>
      (await rig.calls('api_component_token')) > 0 ? true : undefined,
    );
    leaving.abort();
    await expect(gone).rejects.toThrow();
    await sleep(200);
    await rig.control.delete('/faults');
    // Whoever waits for the same token is served, so that the one who left was to be as well.
    expect((await operate('GET', '/templates')).status).toBe(200);
    await sleep(500);
    expect(await reached()).not.toHaveProperty('/wxa/addtotemplate');
  });
});
