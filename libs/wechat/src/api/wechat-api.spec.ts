import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WechatApiError } from '../errors/wechat-api.error.js';
import type { WechatCallRecord } from './transport.js';
import { WechatApi } from './wechat-api.js';

const TOKEN = '88_SecretAuthorizerAccessToken0123456789';
const SECRET = 'secretsecretsecretsecret00000000';
const TICKET = 'ticket@@@hXh2446N-P9OOZqW4EeuPO9zF';
const RID = '5f3a1b2c-0d4e5f60-1a2b3c4d';

interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}
type Answer = (response: ServerResponse, seen: Seen) => void;

let server: Server;
let api: WechatApi;
let answer: Answer;
let seen: Seen[];
let records: WechatCallRecord[];

const json =
  (value: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
const raw =
  (body: string | Buffer, contentType: string, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': contentType }).end(body);

beforeEach(async () => {
  seen = [];
  records = [];
  answer = (response) => response.writeHead(500).end('not scripted');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://wechat');
      const one = { method: request.method ?? '', url, headers: request.headers, body: Buffer.concat(chunks) };
      seen.push(one);
      answer(response, one);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  api = new WechatApi({
    apiBaseUrl: `http://127.0.0.1:${port}`,
    timeoutMs: 5000,
    ungated: true,
    onCall: (record) => records.push(record),
  });
});

afterEach(async () => {
  await api.close();
  server.closeAllConnections();
  server.close();
});

async function failureOf(call: Promise<unknown>): Promise<WechatApiError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof WechatApiError) {
    return error;
  }
  throw new Error('did not fail with WechatApiError', { cause: error });
}

const componentToken = () =>
  api.component.apiComponentToken({ component_appid: 'wxc', component_appsecret: SECRET, component_verify_ticket: TICKET });

describe('token calls believe only a token', () => {
  it('sends the documented body and gives the answer', async () => {
    answer = json({ component_access_token: 'T', expires_in: 7200 });
    await expect(componentToken()).resolves.toEqual({ component_access_token: 'T', expires_in: 7200 });
    expect(seen[0]).toMatchObject({ method: 'POST' });
    expect(seen[0]!.url.pathname + seen[0]!.url.search).toBe('/cgi-bin/component/api_component_token');
    expect(JSON.parse(seen[0]!.body.toString())).toEqual({
      component_appid: 'wxc',
      component_appsecret: SECRET,
      component_verify_ticket: TICKET,
    });
    expect(records).toEqual([
      expect.objectContaining({ api: 'api_component_token', componentAppid: 'wxc', outcome: 'ok', httpStatus: 200, errcode: 0 }),
    ]);
  });

  it.each<[string, Answer]>([
    ['HTML', raw('<html>gateway</html>', 'text/html')],
    ['an empty body', raw('', 'application/json')],
    ['JSON that is no object', raw('"token"', 'application/json')],
    ['a list', raw('[]', 'application/json')],
    ['null', raw('null', 'application/json')],
    ['cut JSON', raw('{"component_access_token":"T"', 'application/json')],
    ['no token', json({ expires_in: 7200 })],
    ['an empty token', json({ component_access_token: '', expires_in: 7200 })],
    ['a null token', json({ component_access_token: null, expires_in: 7200 })],
    ['errcode 0 and nothing else', json({ errcode: 0, errmsg: 'ok' })],
    ['a token under status 502', raw('{"component_access_token":"T","expires_in":7200}', 'application/json', 502)],
    ['a redirect', (response) => response.writeHead(302, { location: '/cgi-bin/elsewhere' }).end()],
  ])('%s is not one', async (_, given) => {
    answer = given;
    const failure = await failureOf(componentToken());
    expect(failure).toMatchObject({ kind: 'bad-answer', errcode: undefined, maybeExecuted: true, reaction: 'retry' });
    expect(seen).toHaveLength(1);
    expect(records[0]).toMatchObject({ outcome: 'bad-answer' });
  });

  it('an errcode is an error even beside a token, with its reaction, rid and remedy', async () => {
    answer = json({ errcode: 40125, errmsg: `invalid appsecret rid: ${RID}`, component_access_token: 'T', expires_in: 7200 });
    const failure = await failureOf(componentToken());
    expect(failure).toMatchObject({
      kind: 'errcode',
      errcode: 40125,
      rid: RID,
      httpStatus: 200,
      reaction: 'operator',
      stopsBatch: true,
      maybeExecuted: false,
    });
    expect(failure.remedy.en).toMatch(/AppSecret/);
    expect(failure.remedy.zh).toMatch(/AppSecret/);
    expect(records[0]).toMatchObject({ outcome: 'errcode', errcode: 40125, rid: RID });
  });

  it('reads an errcode that comes as a text, with a BOM, as text/plain', async () => {
    answer = raw('\uFEFF{"errcode":"40029","errmsg":"invalid code"}', 'text/plain');
    const call = api.onBehalf.jscode2session(TOKEN, { component_appid: 'wxc', authorizer_appid: 'wxa', js_code: '0a1B2c3D4e5F' });
    await expect(failureOf(call)).resolves.toMatchObject({ errcode: 40029, reaction: 'user' });
  });

  it('accepts a BOM and text/plain around a good answer', async () => {
    answer = raw('\uFEFF{"pre_auth_code":"preauthcode@@@x","expires_in":600}', 'text/plain');
    await expect(api.component.apiCreatePreauthcode(TOKEN, { component_appid: 'wxc' })).resolves.toEqual({
      pre_auth_code: 'preauthcode@@@x',
      expires_in: 600,
    });
  });

  it('-1 may have been executed', async () => {
    answer = json({ errcode: -1, errmsg: 'system error' });
    await expect(failureOf(componentToken())).resolves.toMatchObject({ errcode: -1, maybeExecuted: true, reaction: 'retry' });
    await expect(failureOf(api.code.submitAudit(TOKEN, {}))).resolves.toMatchObject({ maybeExecuted: true, reaction: 'reread' });
  });
});

describe('the network', () => {
  it('a time-out may have been executed', async () => {
    answer = () => {};
    const failure = await failureOf(api.code.submitAudit(TOKEN, {}, { timeoutMs: 50 }));
    expect(failure).toMatchObject({ kind: 'timeout', errcode: undefined, maybeExecuted: true });
    expect(records[0]).toMatchObject({ outcome: 'timeout' });
  });

  it('a time-out covers a body that never ends', async () => {
    answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    await expect(failureOf(api.code.getPage(TOKEN, { timeoutMs: 50 }))).resolves.toMatchObject({ kind: 'timeout' });
  });

  it('a connection cut after sending may have been executed, and is not repeated', async () => {
    answer = json({ errcode: 0 });
    await api.code.getVersionInfo(TOKEN); // now the connection is warm, where a client might be tempted
    answer = (response) => response.socket?.destroy();
    await expect(failureOf(api.code.undoCodeAudit(TOKEN))).resolves.toMatchObject({ kind: 'network', maybeExecuted: true });
    expect(seen.map(({ url }) => url.pathname)).toEqual(['/wxa/getversioninfo', '/wxa/undocodeaudit']);
  });

  it('a refused connection was certainly not executed', async () => {
    const closed = createServer();
    closed.listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const refused = new WechatApi({ apiBaseUrl: `http://127.0.0.1:${port}`, ungated: true });
    const failure = await failureOf(refused.code.release(TOKEN));
    expect(failure).toMatchObject({ kind: 'network', maybeExecuted: false });
    expect(failure.errmsg).toContain('ECONNREFUSED');
    await refused.close();
  });
});

describe('no secret gets out', () => {
  it.each<[string, Answer]>([
    [
      'repeated by WeChat',
      (response, { url, body }) => json({ errcode: 40001, errmsg: `bad ${url.search} ${body}` })(response, { url, body } as Seen),
    ],
    ['in HTML', (response, { url }) => raw(`<html>${url}</html>`, 'text/html')(response, {} as Seen)],
    ['after a cut', (response) => response.socket?.destroy()],
  ])('%s', async (_, given) => {
    answer = given;
    const failures = [
      await failureOf(componentToken()),
      await failureOf(
        api.component.apiAuthorizerToken(TOKEN, {
          component_appid: 'wxc',
          authorizer_appid: 'wxa',
          authorizer_refresh_token: 'refreshtoken@@@SecretRefresh01234567890',
        }),
      ),
      await failureOf(
        api.component.apiQueryAuth(TOKEN, { component_appid: 'wxc', authorization_code: 'queryauthcode@@@SecretCode012345' }),
      ),
    ];
    const out = [
      ...failures.map((failure) => `${failure.stack} ${failure.cause} ${JSON.stringify(failure)}`),
      JSON.stringify(records),
    ].join('\n');
    for (const secret of [TOKEN, SECRET, TICKET, 'SecretRefresh', 'SecretCode']) {
      expect(out).not.toContain(secret);
    }
  });

  it('an unknown token in an errmsg is covered, appid, address and rid are not', async () => {
    answer = json({
      errcode: 61004,
      errmsg: `access clientip is not registered requestIP: 203.0.113.7 wx0123456789abcdef 42_AbCdEfGhIjKlMnOpQrStUvWx rid: ${RID}`,
    });
    const { errmsg } = await failureOf(api.code.getPage(TOKEN));
    expect(errmsg).toBe(`access clientip is not registered requestIP: 203.0.113.7 wx0123456789abcdef *** rid: ${RID}`);
  });
});

describe('release calls', () => {
  const call = () => `${seen[0]!.method} ${seen[0]!.url.pathname}${seen[0]!.url.search}`;

  it.each<[string, () => Promise<unknown>, string, unknown]>([
    [
      'commit',
      () => api.code.commit(TOKEN, { template_id: 0, ext_json: '{}', user_version: '1', user_desc: '中文😀' }),
      'POST /wxa/commit',
      { template_id: 0, ext_json: '{}', user_version: '1', user_desc: '中文😀' },
    ],
    ['release', () => api.code.release(TOKEN), 'POST /wxa/release', {}],
    ['getVersionInfo', () => api.code.getVersionInfo(TOKEN), 'POST /wxa/getversioninfo', {}],
    ['changeVisitStatus', () => api.code.changeVisitStatus(TOKEN, 'close'), 'POST /wxa/change_visitstatus', { action: 'close' }],
    ['speedUpAudit', () => api.code.speedUpAudit(TOKEN, 441000001), 'POST /wxa/speedupaudit', { auditid: 441000001 }],
    [
      'grayRelease',
      () => api.code.grayRelease(TOKEN, { gray_percentage: 5, support_debuger_first: true }),
      'POST /wxa/grayrelease',
      { gray_percentage: 5, support_debuger_first: true },
    ],
    ['undoCodeAudit', () => api.code.undoCodeAudit(TOKEN), 'GET /wxa/undocodeaudit', undefined],
    ['addToTemplate', () => api.templates.addToTemplate(TOKEN, { draft_id: 0 }), 'POST /wxa/addtotemplate', { draft_id: 0 }],
    ['unbindTester', () => api.settings.unbindTester(TOKEN, { userstr: 'u' }), 'POST /wxa/unbind_tester', { userstr: 'u' }],
    [
      'applyPlugin',
      () => api.settings.applyPlugin(TOKEN, { plugin_appid: 'wxp' }),
      'POST /wxa/plugin',
      { action: 'apply', plugin_appid: 'wxp' },
    ],
  ])('%s: an answer `{}` without errcode is a success', async (_, run, line, body) => {
    answer = json({});
    await run();
    expect(call()).toBe(`${line}?access_token=${TOKEN}`);
    expect(seen[0]!.body.toString()).toBe(body === undefined ? '' : JSON.stringify(body));
  });

  it('sends Chinese and emoji raw', async () => {
    answer = json({ errcode: 0 });
    await api.code.commit(TOKEN, { template_id: 1, ext_json: '{"ext":{"店":"😀"}}', user_version: '1', user_desc: '说明' });
    expect(seen[0]!.body.toString()).toContain('"user_desc":"说明"');
    expect(seen[0]!.body.toString()).not.toContain('\\u');
  });

  it('rolls back with or without a version, and lists without rolling back', async () => {
    answer = json({ errcode: 0, version_list: [{ app_version: 454, user_version: '4.6.15', user_desc: 'd', commit_time: 1 }] });
    await api.code.revertCodeRelease(TOKEN);
    await api.code.revertCodeRelease(TOKEN, 454);
    await expect(api.code.getHistoryVersions(TOKEN)).resolves.toHaveLength(1);
    expect(seen.map(({ url }) => url.search.replace(`?access_token=${TOKEN}`, ''))).toEqual([
      '',
      '&app_version=454',
      '&action=get_history_version',
    ]);
  });

  it('template_type goes into the query of a GET', async () => {
    answer = json({ template_list: [] });
    await api.templates.getTemplateList(TOKEN, 0);
    await api.templates.getTemplateList(TOKEN);
    expect(seen.map(({ method, url }) => `${method} ${url.searchParams.get('template_type')}`)).toEqual(['GET 0', 'GET null']);
  });

  it('submit: the id as a number, also when it comes as a text or not at all', async () => {
    const submit = () => api.code.submitAudit(TOKEN, { item_list: [] });
    answer = json({ errcode: 0, auditid: 441000001 });
    await expect(submit()).resolves.toEqual({ auditid: 441000001 });
    answer = json({ errcode: 0, auditid: '441000001' });
    await expect(submit()).resolves.toEqual({ auditid: 441000001 });
    answer = json({ errcode: 0, auditid: '' });
    await expect(submit()).resolves.toEqual({});
  });

  it.each(['screenshot', 'ScreenShot'])('the latest audit: takes %s', async (name) => {
    answer = json({ errcode: 0, auditid: 5, status: 1, reason: 'r<br>', [name]: 'a|b', user_version: '1' });
    await expect(api.code.getLatestAuditStatus(TOKEN)).resolves.toEqual({
      errcode: 0,
      auditid: 5,
      status: 1,
      reason: 'r<br>',
      screenshot: 'a|b',
      user_version: '1',
    });
  });

  it('status 0 is a status, not a missing one', async () => {
    answer = json({ errcode: 0, status: 0 });
    await expect(api.code.getVisitStatus(TOKEN)).resolves.toMatchObject({ status: 0 });
  });

  it('a QR code is a file, and the path is encoded once', async () => {
    const picture = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00]);
    answer = raw(picture, 'image/jpeg');
    const code = await api.code.getQrcode(TOKEN, 'page/index?action=1');
    expect(code).toEqual({ contentType: 'image/jpeg', data: picture });
    expect(seen[0]!.url.search).toContain('&path=page%2Findex%3Faction%3D1');
  });

  it.each<[string, Answer, object]>([
    ['JSON', json({ errcode: 40001, errmsg: 'invalid credential' }), { kind: 'errcode', errcode: 40001 }],
    ['JSON under an image type', raw('{"errcode":85058,"errmsg":"x"}', 'image/jpeg'), { kind: 'errcode', errcode: 85058 }],
    ['HTML', raw('<html></html>', 'text/html'), { kind: 'bad-answer' }],
    ['an empty picture', raw('', 'image/jpeg'), { kind: 'bad-answer' }],
    ['good JSON', json({ errcode: 0 }), { kind: 'bad-answer' }],
  ])('a QR code that is %s is a failure', async (_, given, expected) => {
    answer = given;
    await expect(failureOf(api.code.getQrcode(TOKEN))).resolves.toMatchObject(expected);
  });

  it('uploads a file as multipart, streamed, with its length', async () => {
    answer = json({ errcode: 0, type: 'image', mediaid: 'm' });
    async function* stream() {
      yield Buffer.from('abc');
      yield Buffer.from('def');
    }
    const file = { filename: 'a"b\r\n.png', contentType: 'image/png', size: 6, data: stream() };
    await expect(api.code.uploadMedia(TOKEN, file)).resolves.toMatchObject({ mediaid: 'm' });
    const { headers, body } = seen[0]!;
    expect(headers['content-length']).toBe(String(body.length));
    expect(headers['transfer-encoding']).toBeUndefined();
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': headers['content-type']! } }).formData();
    const media = form.get('media') as File;
    expect(media.type).toBe('image/png');
    await expect(media.text()).resolves.toBe('abcdef');
  });

  it('fetches a screenshot as a file', async () => {
    answer = raw(Buffer.from([0x89, 0x50]), 'image/png');
    await expect(api.code.getMaterial(TOKEN, 'media-1')).resolves.toMatchObject({ contentType: 'image/png' });
    expect(seen[0]!.body.toString()).toBe('{"media_id":"media-1"}');
  });
});

it('raw control characters in a profile or in the words of a reviewer do not make an answer unreadable', async () => {
  const bell = String.fromCharCode(7);
  answer = raw(
    `{"authorizer_info":{"nick_name":"${bell}Shop One","user_name":"gh_1"},"authorization_info":{"func_info":[]}}`,
    'application/json',
  );
  const profile = await api.component.apiGetAuthorizerInfo(TOKEN, { component_appid: 'wxc', authorizer_appid: 'wxa' });
  expect(profile.authorizer_info?.nick_name).toBe(`${bell}Shop One`);
  answer = raw(`{"errcode":0,"errmsg":"ok","auditid":1,"status":1,"reason":"1:${bell}see\nthe picture"}`, 'application/json');
  expect(await api.code.getLatestAuditStatus(TOKEN)).toMatchObject({ status: 1, reason: `1:${bell}see\nthe picture` });
  answer = raw(`{"errcode":61003,"errmsg":"not ${bell} bound"}`, 'application/json');
  await expect(api.code.getLatestAuditStatus(TOKEN)).rejects.toMatchObject({ kind: 'errcode', errcode: 61003 });
  expect(records.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'errcode']);
});

describe('a profile', () => {
  const profileOf = (appid: string | undefined) =>
    json({ authorizer_info: { nick_name: 'Shop' }, authorization_info: { authorizer_appid: appid, func_info: [] } });
  const ask = () => api.component.apiGetAuthorizerInfo(TOKEN, { component_appid: 'wxc', authorizer_appid: 'wxa' });

  it('of another account than asked is refused, names both, and concerns this account alone', async () => {
    answer = profileOf('wxb');
    expect(await failureOf(ask())).toMatchObject({
      kind: 'bad-answer',
      errmsg: 'asked about wxa, the answer is about wxb',
      concerns: 'account',
    });
    expect(records[0]).toMatchObject({ outcome: 'bad-answer' });
  });

  it.each(['wxa', undefined])('that says it is of %s is taken', async (appid) => {
    answer = profileOf(appid);
    expect(await ask()).toMatchObject({ authorizer_info: { nick_name: 'Shop' } });
  });
});
