import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { BrokerClient, BrokerError } from '#broker-client';
import { WechatApi, WechatApiError } from '#wechat';
import { verdictOf } from './wechat-failure.domain.js';
import { WechatGateway } from './wechat-gateway.service.js';
import { asProblem } from './wechat-problem.interceptor.js';

const COMPONENT = 'wx00000000000000c1';
const RID = '6a000000-00000001-00000001';

describe('what the broker does with the component’s token', () => {
  let server: Server;
  let requests = 0;

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** @returns how a promotion, and a read of the library, fail at such a broker */
  async function failures(
    listener: RequestListener,
    timeoutMs = 25_000,
  ): Promise<{ change: Error; read: Error; changes: number }> {
    requests = 0;
    server = createServer((request, response) => {
      requests += 1;
      listener(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const broker = new BrokerClient({ baseUrl, clientKey: 'wxp_00_test', pauseMs: 1, tries: 2, timeoutMs });
    const gateway = new WechatGateway(new WechatApi(), broker, {} as never);
    const failure = (promise: Promise<unknown>) =>
      promise.then(
        () => new Error('it worked'),
        (error: Error) => error,
      );
    const change = await failure(gateway.byBroker((client) => client.addTemplate(COMPONENT, { draft_id: 1 })));
    const changes = requests;
    const read = await failure(gateway.byBroker((client) => client.templates(COMPONENT)));
    await broker.close();
    server.closeAllConnections();
    return { change, read, changes };
  }

  const problem =
    (status: number, code: string, wechat?: object): RequestListener =>
    (_, response) =>
      response
        .writeHead(status, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify({ type: `urn:wxplane:problem:${code}`, status, detail: 'no', wechat }));

  it('fails as WeChat has refused it: with code, rid, words, what else it said, and the verdict of its catalogue', async () => {
    const wechat = {
      errcode: 85064,
      errmsg: `template not found rid: ${RID}`,
      rid: RID,
      details: { list: ['a'] },
      api: 'addtotemplate',
      kind: 'errcode',
      http_status: 200,
      maybe_executed: false,
    };
    const { change, read } = await failures(problem(502, 'wechat-refused', wechat));
    const direct = new WechatApiError({
      kind: 'errcode',
      api: 'addtotemplate',
      errcode: 85064,
      errmsg: wechat.errmsg,
      rid: RID,
      details: wechat.details,
      httpStatus: 200,
      maybeExecuted: false,
    });
    expect(change).toEqual(direct);
    expect(verdictOf(change)).toBe(verdictOf(direct));
    expect(asProblem(read)).toMatchObject({ code: 'wechat-refused', extras: { wechat: { errcode: 85064, rid: RID } } });
    // WeChat was asked once for each: nobody repeats what it has refused.
    expect(requests).toBe(2);
  });

  it.each(['timeout', 'network', 'bad-answer'])(
    'is unclear when WeChat gave the broker no answer (%s), and is not repeated',
    async (kind) => {
      const wechat = { errmsg: 'no answer in time', api: 'addtotemplate', kind, maybe_executed: true };
      const { change, changes } = await failures(problem(503, 'wechat-unreachable', wechat));
      expect(change).toBeInstanceOf(WechatApiError);
      expect([verdictOf(change), changes]).toEqual(['unclear', 1]);
    },
  );

  const dropped: RequestListener = (request) => request.socket.destroy();
  const silent: RequestListener = () => undefined;
  const gatewayPage: RequestListener = (_, response) => response.writeHead(502).end('<html>');
  it.each([
    ['breaks the connection', dropped],
    ['does not answer in time', silent],
    ['is answered for by a gateway', gatewayPage],
    ['does not know itself', problem(500, 'internal')],
  ])('is unclear when the broker %s, and is not repeated', async (_, listener) => {
    const { change, read, changes } = await failures(listener, listener === silent ? 300 : undefined);
    expect(change).toBeInstanceOf(BrokerError);
    expect([verdictOf(change), changes]).toEqual(['unclear', 1]);
    expect(verdictOf(read)).toBe('later');
  });

  it.each([
    ['is not let in', problem(403, 'forbidden')],
    ['comes too often', problem(429, 'rate-limited')],
    ['comes while there is no token', problem(503, 'wechat-unreachable', { errmsg: 'no answer in time' })],
    ['comes before the first ticket', problem(503, 'ticket-missing')],
  ])('was surely not done when the request %s', async (_, listener) => {
    const { change } = await failures(listener);
    expect(change).toBeInstanceOf(BrokerError);
    expect(verdictOf(change)).toBe('later');
  });

  it('says so when the broker is too old to have it', async () => {
    const { change } = await failures(problem(404, 'not-found'));
    expect(asProblem(change)).toMatchObject({ code: 'broker-unreachable', detail: expect.stringContaining('upgrade it first') });
    expect(verdictOf(change)).toBe('later');
  });
});
