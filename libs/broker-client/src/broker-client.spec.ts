import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerClient, type BrokerClientOptions, BrokerError } from './index.js';

const C = 'wx1111111111111111';
const A = 'wx2222222222222222';

describe('BrokerClient', () => {
  let server: Server;
  let client: BrokerClient;
  let clientWith: (options: Partial<BrokerClientOptions>) => BrokerClient;
  const clients: BrokerClient[] = [];
  let calls: string[];
  let nowMs: number;
  let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;

  const token = (value: string, cacheSeconds = 60) =>
    JSON.stringify({ access_token: value, expires_in: 7200, cache_seconds: cacheSeconds });

  beforeEach(async () => {
    calls = [];
    nowMs = 1_000_000;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        calls.push(`${request.method} ${request.url}`);
        answer(request, response, body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    clientWith = (options) => {
      const made = new BrokerClient({ baseUrl, clientKey: 'wxp_ab_secret', pauseMs: 1, now: () => nowMs, ...options });
      clients.push(made);
      return made;
    };
    client = clientWith({});
  });

  afterEach(async () => {
    for (const made of clients.splice(0)) await made.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('asks once for many callers and keeps the token for cache_seconds', async () => {
    answer = (request, response) => {
      expect(request.headers.authorization).toBe('Bearer wxp_ab_secret');
      setTimeout(() => response.end(token('T1')), 20);
    };
    const all = await Promise.all(Array.from({ length: 50 }, () => client.authorizerToken(C, A)));
    expect(new Set(all)).toEqual(new Set(['T1']));
    nowMs += 59_000;
    await client.authorizerToken(C, A);
    expect(calls).toEqual([`GET /v1/components/${C}/authorizers/${A}/token`]);
    nowMs += 2_000;
    await client.authorizerToken(C, A);
    expect(calls).toHaveLength(2);
  });

  it('never keeps a token whose cache_seconds is 0', async () => {
    answer = (_, response) => response.end(token('T1', 0));
    await client.componentToken(C);
    await client.componentToken(C);
    expect(calls).toHaveLength(2);
  });

  it('reports a refused token once and repeats once', async () => {
    answer = (request, response, body) => {
      if (request.method === 'POST') expect(JSON.parse(body)).toEqual({ token: 'old' });
      response.end(request.method === 'POST' ? token('new') : token('old'));
    };
    const used: string[] = [];
    const call = (value: string) => {
      used.push(value);
      return value === 'old' ? Promise.reject(Object.assign(new Error('refused'), { errcode: 42001 })) : Promise.resolve('done');
    };
    const results = await Promise.all([client.withAuthorizerToken(C, A, call), client.withAuthorizerToken(C, A, call)]);
    expect(results).toEqual(['done', 'done']);
    expect(used.sort()).toEqual(['new', 'new', 'old', 'old']);
    expect(calls.filter((line) => line.startsWith('POST'))).toEqual([
      `POST /v1/components/${C}/authorizers/${A}/token/report-invalid`,
    ]);
    expect(await client.authorizerToken(C, A)).toBe('new');
  });

  it.each([40001, 40014, 42001, 42006])('knows %i for a refusal of the token', async (errcode) => {
    answer = (request, response) => response.end(request.method === 'POST' ? token('new') : token('old'));
    const call = (value: string) =>
      value === 'old' ? Promise.reject(Object.assign(new Error('refused'), { errcode })) : Promise.resolve(value);
    expect(await client.withComponentToken(C, call)).toBe('new');
  });

  it('a merchant who cancelled and authorized anew is served with the new token at once; one who only cancelled is not', async () => {
    let newest = 'of the former grant';
    answer = (_request, response) => response.end(token(newest));
    const refusal = Object.assign(new Error('not authorized'), { errcode: 61003 });
    const used: string[] = [];
    const call = (value: string) => {
      used.push(value);
      return value === 'of the new grant' ? Promise.resolve('done') : Promise.reject(refusal);
    };
    await expect(client.withAuthorizerToken(C, A, call)).rejects.toBe(refusal);
    expect(used).toEqual(['of the former grant']);
    newest = 'of the new grant';
    expect(await client.withAuthorizerToken(C, A, call)).toBe('done');
    answer = (_request, response) =>
      response.writeHead(409, { 'content-type': 'application/problem+json' }).end('{"title":"Cancelled"}');
    const cancelled = client.withAuthorizerToken(C, A, () => Promise.reject(refusal));
    await expect(cancelled).rejects.toBe(refusal);
    expect(calls.filter((line) => line.startsWith('POST'))).toEqual([]);
  });

  it('has tokens replaced, and tickets that were refused', async () => {
    answer = (request, response, body) => {
      if (request.url?.includes('jsapi-ticket')) {
        if (request.method === 'POST') expect(JSON.parse(body)).toEqual({ ticket: 'dead', type: 'wx_card' });
        response.end(
          JSON.stringify({ ticket: request.method === 'POST' ? 'alive' : 'dead', expires_in: 7200, cache_seconds: 60 }),
        );
      } else response.end(token(request.method === 'POST' ? 'replaced' : 'first'));
    };
    expect([await client.authorizerToken(C, A), await client.refreshAuthorizerToken(C, A)]).toEqual(['first', 'replaced']);
    expect(await client.authorizerToken(C, A)).toBe('replaced');
    expect(await client.refreshComponentToken(C)).toBe('replaced');
    expect(await client.jsapiTicket(C, A, 'wx_card')).toBe('dead');
    expect(await client.reportInvalidJsapiTicket(C, A, 'dead', 'wx_card')).toBe('alive');
    expect(await client.jsapiTicket(C, A, 'wx_card')).toBe('alive');
  });

  it('gives up after the second refusal, and does not report other errors', async () => {
    answer = (request, response) => response.end(request.method === 'POST' ? token('second') : token('first'));
    let tries = 0;
    await expect(
      client.withComponentToken(C, () => {
        tries += 1;
        return Promise.reject(Object.assign(new Error('no'), { errcode: 40001 }));
      }),
    ).rejects.toThrow('no');
    expect(tries).toBe(2);
    await expect(
      client.withComponentToken(C, () => Promise.reject(Object.assign(new Error('quota'), { errcode: 85085 }))),
    ).rejects.toThrow('quota');
    expect(calls.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it('waits as a 503 asks, and then succeeds', async () => {
    let count = 0;
    answer = (_, response) => {
      count += 1;
      if (count < 3) response.writeHead(503, { 'retry-after': '0' }).end('busy');
      else response.end(token('T'));
    };
    expect(await client.componentToken(C)).toBe('T');
    expect(calls).toHaveLength(3);
  });

  it('repeats after a cut connection', async () => {
    let count = 0;
    answer = (request, response) => {
      count += 1;
      if (count === 1) request.socket.destroy();
      else response.end(token('T'));
    };
    expect(await client.componentToken(C)).toBe('T');
  });

  it('does not wait for a long Retry-After, but tells it', async () => {
    answer = (_, response) => response.writeHead(503, { 'retry-after': '600' }).end('{}');
    const error = await client.componentToken(C).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'broker-unreachable', status: 503, retryAfterS: 600 });
    expect(calls).toHaveLength(1);
  });

  it('maps problem+json, and never repeats a refusal', async () => {
    answer = (_, response) =>
      response.writeHead(409, { 'content-type': 'application/problem+json' }).end(
        JSON.stringify({
          type: 'urn:wxplane:problem:authorizer-cancelled',
          title: 'The merchant has cancelled the authorization',
          status: 409,
          detail: 'gone',
          wechat: { errcode: 61003, rid: 'r' },
        }),
      );
    const error = await client.authorizerToken(C, A).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BrokerError);
    expect(error).toMatchObject({ code: 'authorizer-cancelled', status: 409, detail: 'gone', wechat: { errcode: 61003 } });
    expect(calls).toHaveLength(1);
  });

  it('says so when nobody listens, without the key', async () => {
    const lonely = new BrokerClient({ baseUrl: 'http://127.0.0.1:1', clientKey: 'wxp_ab_secret', pauseMs: 1, tries: 2 });
    const error = (await lonely.componentToken(C).catch((reason: unknown) => reason)) as BrokerError;
    await lonely.close();
    expect(error.code).toBe('broker-unreachable');
    expect(error.message).not.toContain('wxp_');
  });

  describe('while the broker cannot be reached', () => {
    it('the token of before is not given out, unless that was asked for, and never beyond its life', async () => {
      const patient = clientWith({ keepWhileUnreachable: true, tries: 1 });
      const strict = clientWith({ tries: 1 });
      answer = (_, response) => response.end(JSON.stringify({ access_token: 'T1', expires_in: 7200, cache_seconds: 60 }));
      await Promise.all([patient.componentToken(C), strict.componentToken(C)]);
      answer = (request) => request.socket.destroy();
      nowMs += 61_000;
      expect(await patient.componentToken(C)).toBe('T1');
      await expect(strict.componentToken(C)).rejects.toMatchObject({ code: 'broker-unreachable' });
      nowMs += 7_200_000;
      await expect(patient.componentToken(C)).rejects.toMatchObject({ code: 'broker-unreachable' });
    });

    it('a token that was reported is not given out again', async () => {
      const patient = clientWith({ keepWhileUnreachable: true, tries: 1 });
      answer = (_, response) => response.end(token('T1'));
      await patient.componentToken(C);
      answer = (request) => request.socket.destroy();
      await expect(patient.reportInvalidComponentToken(C, 'T1')).rejects.toMatchObject({ code: 'broker-unreachable' });
      await expect(patient.componentToken(C)).rejects.toMatchObject({ code: 'broker-unreachable' });
    });

    it('an answer of the broker that says no is not covered up', async () => {
      const patient = clientWith({ keepWhileUnreachable: true, tries: 1 });
      answer = (_, response) => response.end(token('T1'));
      await patient.authorizerToken(C, A);
      answer = (_, response) => response.writeHead(409).end('{"type":"urn:wxplane:problem:authorizer-cancelled"}');
      nowMs += 61_000;
      await expect(patient.authorizerToken(C, A)).rejects.toMatchObject({ code: 'authorizer-cancelled' });
    });
  });

  it('keeps components and their authorizers apart', async () => {
    answer = (request, response) => response.end(token(`of ${request.url}`));
    const tokens = [await client.componentToken(C), await client.authorizerToken(C, A), await client.authorizerToken(A, C)];
    expect(new Set(tokens).size).toBe(3);
  });

  describe('what must not happen twice', () => {
    it('is not repeated once the broker may have begun', async () => {
      answer = (request) => request.socket.destroy();
      await expect(client.rotateClient('0123456789abcdef')).rejects.toMatchObject({ code: 'broker-unreachable' });
      answer = (_, response) => response.writeHead(503, { 'retry-after': '0' }).end('busy');
      await expect(client.createClient({ name: 'n', scopes: ['proxy'] })).rejects.toMatchObject({ status: 503 });
      await expect(client.code2session(C, A, 'code')).rejects.toMatchObject({ status: 503 });
      expect(calls).toEqual([
        'POST /v1/clients/0123456789abcdef/rotate',
        'POST /v1/clients',
        `POST /v1/components/${C}/authorizers/${A}/code2session`,
      ]);
    });

    it('is repeated when it was turned away at the door', async () => {
      let count = 0;
      answer = (_, response) => {
        count += 1;
        if (count === 1) response.writeHead(429, { 'retry-after': '0' }).end('{}');
        else response.writeHead(201).end(JSON.stringify({ link_id: 'l', return_secret: 's' }));
      };
      expect(await client.createAuthorizationLink(C, { max_uses: 2 })).toMatchObject({ return_secret: 's' });
      expect(calls).toHaveLength(2);
    });
  });

  it('does not try again when a quota is used up', async () => {
    answer = (_, response) => response.writeHead(503).end('{"type":"urn:wxplane:problem:wechat-quota","detail":"used up"}');
    await expect(client.componentToken(C)).rejects.toMatchObject({ code: 'wechat-quota', transient: false });
    expect(calls).toHaveLength(1);
  });

  it('remembers JS-SDK tickets by kind, and never a signature', async () => {
    answer = (request, response) =>
      response.end(
        JSON.stringify({
          ticket: `ticket of ${request.url}`,
          expires_in: 7200,
          cache_seconds: 60,
          ...(request.url?.includes('url=') ? { wx_config: { appId: A, timestamp: 1, nonceStr: 'n', signature: 's' } } : {}),
        }),
      );
    const ticket = await client.jsapiTicket(C, A);
    expect(await client.jsapiTicket(C, A)).toBe(ticket);
    expect(await client.jsapiTicket(C, A, 'wx_card')).not.toBe(ticket);
    expect(await client.wxConfig(C, A, 'https://shop.example/a?b=1&c=2')).toMatchObject({ signature: 's' });
    await client.wxConfig(C, A, 'https://shop.example/a?b=1&c=2');
    expect(calls.map((line) => line.split('?')[1])).toEqual([
      'type=jsapi',
      'type=wx_card',
      ...Array(2).fill('url=https%3A%2F%2Fshop.example%2Fa%3Fb%3D1%26c%3D2'),
    ]);
  });

  it('walks all pages of a list', async () => {
    answer = (request, response) => {
      const cursor = new URL(request.url ?? '', 'http://x').searchParams.get('cursor');
      response.end(
        JSON.stringify({
          items: [{ authorizer_appid: cursor ?? 'first' }],
          next_cursor: cursor === null ? 'second' : cursor === 'second' ? 'third & last' : null,
        }),
      );
    };
    const seen: string[] = [];
    for await (const { authorizer_appid } of client.allAuthorizers(C, { state: 'active', q: 'a b' })) seen.push(authorizer_appid);
    expect(seen).toEqual(['first', 'second', 'third & last']);
    expect(calls[0]).toBe(`GET /v1/components/${C}/authorizers?limit=200&state=active&q=a+b`);
  });

  it('tells what is wrong with a request, and under which id the broker logged it', async () => {
    answer = (_, response) =>
      response.writeHead(400).end(
        JSON.stringify({
          type: 'urn:wxplane:problem:invalid-request',
          instance: 'urn:wxplane:request:0b0b',
          errors: [{ field: 'max_uses', message: 'max_uses must not be less than 1' }],
        }),
      );
    await expect(client.createAuthorizationLink(C, { max_uses: 0 })).rejects.toMatchObject({
      code: 'invalid-request',
      requestId: '0b0b',
      errors: [{ field: 'max_uses', message: 'max_uses must not be less than 1' }],
      transient: false,
    });
  });

  it('puts values into paths so that they cannot leave their place', async () => {
    answer = (_, response) => response.end('{}');
    await client.authorizer(C, '../../clients?x=#');
    expect(calls).toEqual([`GET /v1/components/${C}/authorizers/..%2F..%2Fclients%3Fx%3D%23`]);
  });

  it('goes through a base URL with a path', async () => {
    answer = (_, response) => response.end(token('T'));
    const { port } = server.address() as AddressInfo;
    await clientWith({ baseUrl: `http://127.0.0.1:${port}/internal/broker/` }).componentToken(C);
    expect(calls).toEqual([`GET /internal/broker/v1/components/${C}/token`]);
  });
});
