import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.js';
import { type Suite, startSuite } from './support/suite.js';

/** Where the release app's calls come from, as the sandbox sees it. Those of all other apps come from 127.0.0.1. */
const RELEASE = '127.0.0.2';
/** What WeChat takes the component's token for. */
const AS_COMPONENT =
  /\/cgi-bin\/component\/(api_|modify_wxa_|get_domain_confirmfile)|\/wxa\/(gettemplate|addtotemplate|deletetemplate)/;

interface Call {
  readonly path: string;
  readonly ip: string;
  readonly query: string;
  readonly response: string;
}
interface Template {
  readonly template_id: number;
  readonly user_version: string;
}

let suite: Suite;
let between: Server;
let component: string;
let merchant: string;

beforeAll(async () => {
  between = createServer((from, to) => {
    const { hostname, port } = new URL(suite.urls.sandbox);
    const { url: path, method, headers } = from;
    const onward = send({ hostname, port, path, method, headers, localAddress: RELEASE }, (answer) => {
      to.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(to);
    });
    onward.on('error', () => to.destroy());
    from.pipe(onward);
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  suite = await startSuite({
    name: 'component_token',
    env: {
      release: {
        WECHAT_API_BASE_URL: `http://127.0.0.1:${(between.address() as AddressInfo).port}`,
        RELEASE_SWEEP_MS: '200',
        RELEASE_SCAN_POLL_MS: '200',
        RELEASE_UNCLEAR_S: '2',
      },
    },
    sandboxConfig: { settings: { privacy_scan_s: 0, audit_mode: 'auto', audit_after_s: 0 } },
  });
  component = suite.component.component_appid;
  const body = { count: 1, kind: 'miniprogram', authorize_to: component, push: true };
  const { appids } = await suite.control.post<{ appids: string[] }>('/merchants/bulk', body);
  merchant = appids[0]!;
  await eventually('the merchant to be known', async () => {
    const { status } = await suite.api('broker', 'GET', `/v1/components/${component}/authorizers/${merchant}/token`);
    return status === 200 ? true : undefined;
  });
});
afterAll(async () => {
  await suite?.stop();
  between?.closeAllConnections();
  await new Promise((resolve) => between?.close(resolve));
});

const release = <T>(method: string, path: string, body?: object) =>
  suite.api<T>('release', method, `/v1/components/${component}${path}`, body);

async function draft(version: string): Promise<number> {
  const body = { user_version: version, user_desc: 'd', source_miniprogram_appid: `wxdev${version}` };
  return (await suite.control.post<{ draft_id: number }>(`/components/${component}/drafts`, body)).draft_id;
}

const calls = async () => (await suite.control.get<{ calls: Call[] }>('/calls?limit=5000&reveal=1')).calls;

describe('calls with the component’s token', () => {
  it('are made by the broker alone, through templates, domains of the platform, a release and a list of authorizers', async () => {
    const promoted = await release<Template>('POST', '/templates', { draft_id: await draft('1.0.0') });
    expect(promoted).toMatchObject({ status: 201, body: { user_version: '1.0.0' } });
    const domains = { action: 'add', domains: ['api.example.com'] };
    for (const [method, path, body] of [
      ['GET', '/template-drafts'],
      ['POST', '/server-domains', domains],
      ['GET', '/jump-domains'],
      ['GET', '/jump-domains/confirm-file'],
    ] as const)
      expect([path, (await release(method, path, body)).status]).toEqual([path, 200]);
    const made = await release<{ release_id: number }>('POST', '/releases', {
      authorizer_appid: merchant,
      template_id: promoted.body.template_id,
      user_version: '1.0.0',
      user_desc: 'd',
      policy: { submit: 'auto', publish: 'auto' },
    });
    expect(made.status).toBe(201);
    await eventually('the release to be online', async () => {
      const { body } = await suite.api<{ state: string }>('release', 'GET', `/v1/releases/${made.body.release_id}`);
      return body.state === 'released' ? true : undefined;
    });
    await suite.api('broker', 'POST', `/v1/components/${component}/authorizers/sync`);
    const all = await eventually('WeChat to be asked for its list', async () => {
      const seen = await calls();
      return seen.some(({ path }) => path.endsWith('api_get_authorizer_list')) ? seen : undefined;
    });

    const own = all.filter(({ ip }) => ip === RELEASE);
    expect(own.map(({ path }) => path)).toEqual(expect.arrayContaining(['/wxa/commit', '/wxa/submit_audit', '/wxa/release']));
    expect(own.filter(({ path }) => AS_COMPONENT.test(path))).toEqual([]);
    const theirs = all.filter(({ ip, path }) => ip === '127.0.0.1' && AS_COMPONENT.test(path)).map(({ path }) => path);
    expect(theirs).toEqual(expect.arrayContaining(['/wxa/addtotemplate', '/cgi-bin/component/modify_wxa_server_domain']));
    const tokens = all.flatMap(({ response }) => /"component_access_token":"([^"]+)"/.exec(response)?.[1] ?? []);
    expect(tokens).not.toEqual([]);
    for (const token of tokens) expect(own.filter(({ query }) => query.includes(token))).toEqual([]);
  });
});

describe('a broker', () => {
  it.each([
    ['after WeChat has taken it', true, 1],
    ['before WeChat has taken it', false, 2],
  ])('that dies in the middle of a promotion, %s, leaves one template', async (_, taken, sent) => {
    const version = `2.0.${sent}`;
    const draft_id = await draft(version);
    await suite.control.delete('/calls');
    await suite.control.post('/faults', { path: '/wxa/addtotemplate', action: 'hang', after: taken });
    const count = async () =>
      (await suite.control.get<{ counts: Record<string, number> }>('/calls/counts')).counts['/wxa/addtotemplate'] ?? 0;
    const lost = release<{ detail: string }>('POST', '/templates', { draft_id });
    await eventually('WeChat to be asked', async () => ((await count()) > 0 ? true : undefined));
    const broker = suite.process('broker');
    broker.signal('SIGKILL');
    await broker.exited;
    expect(await lost).toMatchObject({ status: 503, body: { type: 'urn:wxplane:problem:broker-unreachable' } });
    await suite.start('broker');

    const { template_id } = await eventually('the promotion to be settled', async () => {
      const answer = await release<Template>('POST', '/templates', { draft_id });
      expect([201, 409, 503]).toContain(answer.status);
      return answer.status === 201 ? answer.body : undefined;
    });
    const { body } = await release<{ items: Template[] }>('GET', '/templates');
    expect(body.items.filter(({ user_version }) => user_version === version)).toEqual([expect.objectContaining({ template_id })]);
    expect(await count()).toBe(sent);
  });
});
