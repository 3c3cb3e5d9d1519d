import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerConfig } from '../config/broker.config.js';
import { authorizerToken, componentToken } from '../tokens/token.domain.js';
import { FollowSource } from './follow.source.js';

const component = 'wx00000000000000c0';
const merchant = 'wx00000000000000aa';
const base = `/v1/components/${component}`;

let leader: Server;
let source: FollowSource;
/** What the leader was asked. */
let calls: string[];
let answer: { status: number; body: unknown };

beforeEach(async () => {
  calls = [];
  leader = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    calls.push(`${request.method} ${request.url}${body && ` ${body}`}`);
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => leader.listen(0, '127.0.0.1', resolve));
  source = new FollowSource(
    Object.assign(new BrokerConfig(), {
      BROKER_FOLLOW_URL: `http://127.0.0.1:${(leader.address() as AddressInfo).port}`,
      BROKER_FOLLOW_KEY: 'wxp_ab_secret',
    }),
  );
});
afterEach(async () => {
  leader.closeAllConnections();
  await new Promise((resolve) => leader.close(resolve));
});

describe('a follower', () => {
  it('asks the leader once whether a report is right', async () => {
    answer = { status: 200, body: { access_token: 'present', expires_in: 7_000, cache_seconds: 240 } };
    expect(await source.accepts(authorizerToken(component, merchant), 'present')).toBe(true);
    expect(await source.accepts(componentToken(component), 'former')).toBe(false);
    expect(calls).toEqual([
      `POST ${base}/authorizers/${merchant}/token/report-invalid {"token":"present"}`,
      `POST ${base}/token/report-invalid {"token":"former"}`,
    ]);
  });

  it('passes reports of JS-SDK tickets on', async () => {
    answer = { status: 200, body: { ticket: 'new', expires_in: 7_000, cache_seconds: 240 } };
    const subject = authorizerToken(component, merchant, 'wx_card');
    expect(await source.renew(subject, { refused: 'old' })).toEqual({ token: 'new', expiresInMs: 240_000 });
    expect(await source.renew(subject)).toEqual({ token: 'new', expiresInMs: 240_000 });
    expect(calls).toEqual([
      `POST ${base}/authorizers/${merchant}/jsapi-ticket/report-invalid {"ticket":"old","type":"wx_card"}`,
      `GET ${base}/authorizers/${merchant}/jsapi-ticket?type=wx_card`,
    ]);
  });

  it('has the leader’s ticket, and says why there is none', async () => {
    answer = { status: 200, body: { ticket: 'ticket@@@t' } };
    expect(await source.ticket(component)).toBe('ticket@@@t');
    answer = { status: 503, body: { type: 'urn:wxplane:problem:ticket-missing' } };
    await expect(source.ticket(component)).rejects.toMatchObject({ code: 'ticket-missing' });
    expect(calls[0]).toBe(`GET ${base}/ticket`);
  });

  it.each(['toString', 'constructor', '__proto__', 'of-a-later-version', 'forbidden'])(
    'takes a problem that is not in the catalogue, or is no business of its callers (%s), for a leader that cannot be reached',
    async (code) => {
      answer = { status: 503, body: { type: `urn:wxplane:problem:${code}` } };
      await expect(source.ticket(component)).rejects.toMatchObject({ code: 'broker-unreachable' });
    },
  );
});
