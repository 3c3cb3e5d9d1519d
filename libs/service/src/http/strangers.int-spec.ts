import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { Body, Controller, Get, Module, Param, Post, Req } from '@nestjs/common';
import { Allow } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../queues/testing/redis.js';
import { ClientStore, Needs, Public, type RunningService, runService, ServiceConfig } from '../index.js';

class Anything {
  @Allow() readonly anything!: unknown;
}

@Controller()
class OpenController {
  @Get('open') @Public() open() {
    return {};
  }
  @Get('named/:name') @Public() named(@Param('name') name: string) {
    return { name };
  }
  @Get('who-asks') @Public() whoAsks(@Req() { ip }: FastifyRequest) {
    return { ip };
  }
  @Post('v1/anything') @Needs('proxy.call') anythingOfClients(@Body() body: Anything) {
    return { type: typeof body.anything };
  }
  @Post('anything') @Needs('proxy.call') anything(@Body() body: Anything) {
    return { type: typeof body.anything };
  }
}

@Module({ controllers: [OpenController] })
class OpenModule {}

let database: TestDatabase;
let redis: TestRedis;
let service: RunningService;
let key: string;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  service = await runService(
    { app: 'open', title: 'Open', description: '', config: ServiceConfig, imports: () => [OpenModule] },
    {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: '0',
      LOG_LEVEL: 'fatal',
      HTTP_HEAD_TIMEOUT_S: '1',
      TRUST_PROXY: 'loopback,10.0.0.0/8',
      WXPLANE_COMPONENTS: JSON.stringify({
        components: [
          {
            component_appid: 'wx1234567890abcdef',
            component_appsecret: randomBytes(16).toString('hex'),
            push_tokens: ['Abc123def'],
            encoding_aes_keys: [randomBytes(40).toString('base64').replace(/[+/=]/g, 'a').slice(0, 43)],
          },
        ],
      }),
      WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    },
  );
  ({ key } = await service.app.get(ClientStore).create({ name: 'anything', scopes: ['proxy'] }));
});

afterAll(async () => {
  await service?.stop('end of test');
  await Promise.all([database?.drop(), redis?.stop()]);
});

/** Sends bytes as they are; gives all that comes back until the other side closes. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.on('data', (part) => {
      text += part.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}
const ask = (port: number, line: string, head = '') =>
  exchange(port, `${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${head}\r\n`);

/** How many requests and refusals the app has counted. */
async function counted(): Promise<number> {
  const text = await (await request(`http://127.0.0.1:${service.managementPort}/metrics`)).body.text();
  const figures = [...text.matchAll(/^(?:wxplane_http_request_seconds_count|wxplane_http_refused_total)\{.*\} (\d+)$/gm)];
  return figures.reduce((sum, [, value]) => sum + Number(value), 0);
}

const PROBLEM = /^HTTP\/1\.1 4\d\d [\s\S]*content-type: application\/problem\+json[\s\S]*"type":"urn:wxplane:problem:[a-z-]+"/;

describe('what strangers send to an API', () => {
  it.each([
    ['a broken percent sign', 'GET /named/%zz'],
    ['a lonely percent sign', 'GET /%'],
    ['broken UTF-8', 'GET /named/%ff%fe'],
    ['a double slash at the front', 'GET //open'],
    ['a double slash within', 'GET /named//x'],
    ['a trailing slash', 'GET /open/'],
    ['an unknown path', 'GET /nowhere'],
    ['an unknown path in absolute-form', 'GET http://wxplane.example/nowhere'],
    ['the asterisk', 'OPTIONS *'],
    ['a very long address', `GET /named/${'x'.repeat(8_000)}`],
    ['a null byte', 'GET /named/%00%0a/x'],
    ['dots', 'GET /../../etc/passwd'],
    ['a method nobody knows here', 'PROPFIND /open'],
    ['another', 'QUERY /open'],
    ['and another', 'M-SEARCH /open'],
    ['TRACE', 'TRACE /open'],
    ['a method that the route does not have', 'DELETE /open'],
  ])('%s is answered with a problem document, and counted', async (_, line) => {
    const before = await counted();
    expect(await ask(service.httpPort, line)).toMatch(PROBLEM);
    expect(await counted()).toBe(before + 1);
  });

  it('an address in absolute-form is the path in it', async () => {
    expect(await ask(service.httpPort, 'GET http://wxplane.example/named/a%20b')).toMatch(
      /^HTTP\/1\.1 200 [\s\S]*\{"name":"a b"\}/,
    );
  });

  it.each([
    ['lists', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['lists that are never closed', '['.repeat(1_000_000)],
    ['a member that is allowed', `{"anything":${'[{"a":'.repeat(70_000)}1${'}]'.repeat(70_000)}}`],
  ])('JSON that is nested very deep, %s, is not valid, before and after the key was looked at', async (_, body) => {
    for (const authorization of [`Bearer ${key}`, undefined]) {
      const response = await request(`http://127.0.0.1:${service.httpPort}/anything`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
        body,
      });
      expect([response.statusCode, await response.body.json()]).toMatchObject([
        400,
        { type: 'urn:wxplane:problem:invalid-request', detail: expect.stringContaining('nested') },
      ]);
    }
  });

  it.each([
    ['no JSON', '{', /not valid JSON/i],
    ['a prototype', '{"__proto__":{"x":1}}', /not valid JSON/i],
    ['a prototype, escaped', '{"\\u005f_proto__":{"x":1}}', /not valid JSON/i],
  ])('%s in a body is not valid', async (_, body, detail) => {
    const response = await request(`http://127.0.0.1:${service.httpPort}/anything`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body,
    });
    expect([response.statusCode, await response.body.json()]).toMatchObject([
      400,
      { type: 'urn:wxplane:problem:invalid-request', detail: expect.stringMatching(detail) },
    ]);
  });

  it('brackets in texts are not nesting, and some depth is allowed', async () => {
    const values = ['[{'.repeat(1_000), '\\"[[['.repeat(1_000), JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`)];
    for (const anything of values) {
      const response = await request(`http://127.0.0.1:${service.httpPort}/anything`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ anything }),
      });
      expect([response.statusCode, await response.body.json()]).toEqual([201, { type: typeof anything }]);
    }
  });
});

describe('a body that never ends', () => {
  const begin = (authorization: string) =>
    new Promise<string>((resolve, reject) => {
      const head = `POST /v1/anything HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${authorization}`;
      const socket = connect(service.httpPort, '127.0.0.1', () => socket.write(`${head}content-length: 1000\r\n\r\n{`));
      socket.once('data', (part) => {
        resolve(part.toString('latin1'));
        socket.destroy();
      });
      socket.once('error', reject);
      socket.once('close', () => resolve('closed without an answer'));
    });
  const refusals = async () => {
    const text = await (await request(`http://127.0.0.1:${service.managementPort}/metrics`)).body.text();
    return Number(/^wxplane_client_refusals_total\{.*reason="unauthenticated".*\} (\d+)$/m.exec(text)?.[1]);
  };

  it.each([
    ['without a key', ''],
    ['with the key of nobody', `authorization: Bearer wxp_${'0'.repeat(16)}_${'0'.repeat(48)}\r\n`],
  ])('%s is answered before it is read, and counted', async (_, authorization) => {
    const before = await refusals();
    expect(await begin(authorization)).toMatch(/^HTTP\/1\.1 401 [\s\S]*"type":"urn:wxplane:problem:unauthenticated"/);
    expect(await refusals()).toBe(before + 1);
  });

  it('is no obstacle to one that comes with a right key', async () => {
    const response = await request(`http://127.0.0.1:${service.httpPort}/v1/anything`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ anything: 1 }),
    });
    expect([response.statusCode, await response.body.json()]).toEqual([201, { type: 'number' }]);
  });
});

describe('X-Forwarded-For', () => {
  it.each([
    ['of a stranger before the proxy', '6.6.6.6, 1.1.1.1, 10.1.2.3', '1.1.1.1'],
    ['that is no address', `1.1.1.1, ${'x'.repeat(3_000)}`, '127.0.0.1'],
    ['that is not there', undefined, '127.0.0.1'],
  ])('%s does not say who asks', async (_, header, ip) => {
    const answer = await ask(service.httpPort, 'GET /who-asks', header === undefined ? '' : `x-forwarded-for: ${header}\r\n`);
    expect(answer).toMatch(new RegExp(`\\{"ip":"${ip}"\\}`));
  });
});

describe('what strangers send to the management port', () => {
  it.each([
    ['a broken percent sign', 'GET /health/%zz'],
    ['a double slash', 'GET //health//live'],
    ['a trailing slash', 'GET /health/live/'],
    ['an unknown path', 'GET /nowhere'],
    ['a very long address', `GET /${'x'.repeat(8_000)}`],
    ['another method', 'DELETE /metrics'],
    ['an address that is none', 'GET http://'],
  ])('%s is answered 404 or 405, and counted', async (_, line) => {
    const before = await counted();
    expect(await ask(service.managementPort, line)).toMatch(/^HTTP\/1\.1 (404|405) [\s\S]*content-type: application\/json/);
    expect(await counted()).toBe(before + 1);
  });
});

it('a request without a host is refused on every port of an app, and counted', async () => {
  const before = await counted();
  for (const port of [service.httpPort, service.managementPort])
    expect(await exchange(port, 'GET /open HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*content-type: text\/plain/);
  expect(await counted()).toBe(before + 2);
});

describe('request heads that never end', () => {
  it('are cut on every port of an app, and counted', async () => {
    const before = await counted();
    const answers = await Promise.all(
      [service.httpPort, service.managementPort].map((port) =>
        exchange(port, 'POST /wechat/x/events HTTP/1.1\r\nhost: x\r\nx-n: '),
      ),
    );
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(await counted()).toBe(before + 2);
  });
});
