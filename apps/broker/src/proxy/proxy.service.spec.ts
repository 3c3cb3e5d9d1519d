import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Component, ComponentRegistry, createLogger, EffectGate, type WechatCallLog } from '#service';
import type { WechatCallRecord } from '#wechat';
import { callerWith } from '../../../../libs/service/testing/caller.js';
import type { ApiSecurityKeyring } from '../api-security/api-security-keyring.js';
import { BrokerConfig } from '../config/broker.config.js';
import type { BudgetService } from '../diagnosis/budget.service.js';
import type { TokenService } from '../tokens/token.service.js';
import { ProxyService } from './proxy.service.js';
import { ProxyGate } from './proxy-gate.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
const componentAppid = 'wx00000000000000c0';
const authorizerAppid = 'wx00000000000000aa';

interface Received {
  readonly url: URL;
  readonly body: Buffer;
}

/** What WeChat got, whole. */
let received: Received[];
let wechat: Server;
let broker: Server;
let service: ProxyService;
let answer: (call: Received, response: ServerResponse) => void;
/** Sees a request of the proxy as it begins. */
let begun: (request: IncomingMessage) => void;
/** What WeChat takes. */
let token: string;
/** What the next caller is given instead. */
let expired: string | undefined;
let reports: string[];
let records: [WechatCallRecord, string | undefined][];
let outcome: Promise<unknown>;

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

beforeEach(async () => {
  [received, reports, records, token] = [[], [], [], 'first'];
  expired = undefined;
  begun = () => {};
  answer = ({ url }, response) => {
    const good = url.searchParams.get('access_token') === token;
    response.setHeader('content-type', 'application/json').end(good ? '{"errcode":0}' : '{"errcode":42001,"errmsg":"expired"}');
  };
  wechat = createServer(async (request, response) => {
    begun(request);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const call = { url: new URL(request.url ?? '', 'http://wechat'), body: Buffer.concat(chunks) };
    received.push(call);
    answer(call, response);
  });
  await listen(wechat);
  const components = new ComponentRegistry([{ componentAppid } as Component]);
  const config = Object.assign(new BrokerConfig(), { WECHAT_API_BASE_URL: `http://127.0.0.1:${portOf(wechat)}` });
  service = new ProxyService(
    {
      get: async () => {
        const given = expired ?? token;
        expired = undefined;
        return { token: given };
      },
      reportInvalid: async (_: unknown, refused: string) => {
        reports.push(refused);
        if (token === refused) token = `after ${refused}`;
        return { live: { token } };
      },
    } as unknown as TokenService,
    components,
    { record: (call: WechatCallRecord, name?: string) => records.push([call, name]) } as unknown as WechatCallLog,
    { require: async () => {} } as unknown as BudgetService,
    new ProxyGate(components, new EffectGate(components), config, logger, new Registry()),
    { keysOf: async () => undefined, demanded: () => {} } as unknown as ApiSecurityKeyring,
    config,
  );
  broker = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://broker');
    outcome = service
      .forward({
        componentAppid,
        authorizerAppid,
        path: pathname,
        query: search.slice(1),
        client: callerWith(String(request.headers['x-client'] ?? 'c'), ['releases:write'], {
          proxyPaths: ['/wxa/', '/cgi-bin/', '/sns/'],
        }),
        request,
        response,
        requestId: 'r',
        beforeAnswer: async () => {},
      })
      .catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500).end(String((error as { code?: string }).code));
        return error;
      });
  });
  await listen(broker);
});
afterEach(async () => {
  broker.closeAllConnections();
  wechat.closeAllConnections();
  await Promise.all([broker, wechat].map((server) => new Promise((resolve) => server.close(resolve))));
  await service.onApplicationShutdown();
});

/** A request to the proxy whose body the test writes. */
function open(path: string, headers: Record<string, string | number> = {}) {
  const request = send({ host: '127.0.0.1', port: portOf(broker), path, method: 'POST', headers });
  const answered = new Promise<{ status: number; body: string }>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
  answered.catch(() => {});
  return { request, answered };
}
const call = (path: string, body: Buffer | string, headers: Record<string, string | number> = {}) => {
  const { request, answered } = open(path, headers);
  request.end(body);
  return answered;
};

describe('a refused token', () => {
  it('that is refused again is passed on with WeChat’s answer, after two calls', async () => {
    answer = (_, response) => response.setHeader('content-type', 'application/json').end('{"errcode":40001,"errmsg":"no"}');
    expect(await call('/wxa/commit', '{}')).toEqual({ status: 200, body: '{"errcode":40001,"errmsg":"no"}' });
    expect(received.map(({ url }) => url.searchParams.get('access_token'))).toEqual(['first', 'after first']);
    expect(reports).toEqual(['first']);
  });

  it('is replaced, and the call repeated, also when the body did not say how long it is', async () => {
    expired = 'old';
    const { request, answered } = open('/wxa/commit', { 'transfer-encoding': 'chunked' });
    request.write('{"a":');
    request.end('1}');
    expect(await answered).toEqual({ status: 200, body: '{"errcode":0}' });
    expect(received.map(({ body }) => body.toString())).toEqual(['{"a":1}', '{"a":1}']);
  });

  it('ends a call whose large body is gone with WeChat’s refusal; the next one is good', async () => {
    const large = Buffer.alloc(1_500_000, 7);
    expired = 'old';
    expect(await call('/cgi-bin/media/upload', large, { 'content-length': large.length })).toMatchObject({
      body: '{"errcode":42001,"errmsg":"expired"}',
    });
    expect(reports).toEqual(['old']);
    expect(await call('/cgi-bin/media/upload', large, { 'content-length': large.length })).toMatchObject({
      body: '{"errcode":0}',
    });
    expect(received).toHaveLength(2);
  });
});

describe('an upload', () => {
  it('reaches WeChat while it is being sent', async () => {
    const arrived = Promise.withResolvers<void>();
    begun = (request) => request.once('data', () => arrived.resolve());
    const size = 2_000_000;
    const { request, answered } = open('/cgi-bin/media/upload', { 'content-length': size });
    request.write(Buffer.alloc(size / 2, 1));
    await arrived.promise;
    request.end(Buffer.alloc(size / 2, 2));
    expect(await answered).toMatchObject({ body: '{"errcode":0}' });
    expect(received[0]?.body).toHaveLength(size);
  });

  it('that does not say how long it is arrives whole', async () => {
    const body = Buffer.concat([Buffer.alloc(1_000_000, 1), Buffer.alloc(1_000_000, 2), Buffer.alloc(1_000_000, 3)]);
    expect(await call('/cgi-bin/media/upload', body, { 'transfer-encoding': 'chunked' })).toMatchObject({
      body: '{"errcode":0}',
    });
    expect(received[0]?.body.equals(body)).toBe(true);
  });
});

describe('an API that WeChat has switched off', () => {
  it.each(['/cgi-bin/component/fastregisterweapp', '/cgi-bin/component/FastRegisterWeapp'])(
    '%s is not sent; the error names what does the same today',
    async (path) => {
      expect(await call(path, '{}')).toMatchObject({ body: 'wechat-api-ended' });
      expect(await outcome).toMatchObject({ extras: { members: { successor: '/wxa/component/fastregisterenterpriseweapp' } } });
      expect(received).toEqual([]);
    },
  );
});

describe('a client whose uploads do not end', () => {
  it('leaves places to others, and has more of its own when it ends some', async () => {
    let arrived = 0;
    begun = (request) => {
      if (request.headers['content-length'] === '2000000') arrived += 1;
    };
    const uploads = Array.from({ length: 140 }, () => {
      const upload = open('/cgi-bin/media/upload', { 'content-length': 2_000_000, 'x-client': 'greedy' });
      upload.request.write('the beginning');
      return upload;
    });
    await expect.poll(() => arrived).toBe(32);
    expect(await call('/wxa/commit', '{}', { 'x-client': 'good' })).toEqual({ status: 200, body: '{"errcode":0}' });
    expect(arrived).toBe(32);
    for (const { request } of uploads.slice(0, 40)) request.destroy();
    await expect.poll(() => arrived).toBeGreaterThan(32);
    for (const { request } of uploads) request.destroy();
  });
});

describe('the component’s token', () => {
  it('is put in as what it is', async () => {
    answer = (_, response) => response.setHeader('content-type', 'application/json').end('{"openid":"o"}');
    expect(await call(`/sns/component/jscode2session?appid=${authorizerAppid}&js_code=c`, '')).toMatchObject({
      body: '{"openid":"o"}',
    });
    expect(received[0]?.url.search).toBe(`?component_access_token=first&appid=${authorizerAppid}&js_code=c`);
  });

  it('does not act for another account than that of the path', async () => {
    expect(await call('/sns/component/jscode2session?appid=wx00000000000000bb&js_code=c', '')).toEqual({
      status: 500,
      body: 'forbidden',
    });
    expect(received).toEqual([]);
  });
});

describe('the record of a call', () => {
  it('has a name of a bounded number of them in metrics', async () => {
    for (const path of ['/cgi-bin/message/custom/send', '/wxa/made/up/send']) await call(path, '{}');
    expect(records.map(([{ path }, name]) => [path, name])).toEqual([
      ['/cgi-bin/message/custom/send', '/cgi-bin/message/custom/send'],
      ['/wxa/made/up/send', 'other'],
    ]);
  });

  it('does not blame WeChat when whoever asked has gone', async () => {
    const arrived = Promise.withResolvers<void>();
    answer = () => arrived.resolve();
    const { request } = open('/wxa/commit', { 'content-length': 2 });
    request.end('{}');
    await arrived.promise;
    request.destroy();
    await outcome;
    expect(records.map(([record]) => record.outcome)).toEqual(['aborted']);
  });
});
