import { execFile } from 'node:child_process';
import { createServer, type Server, request as send } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '#service';
import { peerCheck } from './peers.js';
import { SidecarConfig } from './sidecar.config.js';
import { type RunningSidecar, startSidecar } from './sidecar.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
const component = 'wx00000000000000c0';
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

let broker: Server;
let sidecar: RunningSidecar;
let config: SidecarConfig;
/** What the broker was asked. */
let asked: (string | undefined)[];
let answer: { status: number; body: unknown };

beforeEach(async () => {
  answer = { status: 200, body: { ticket: 'ticket@@@t' } };
  asked = [];
  broker = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  config = Object.assign(new SidecarConfig(), {
    BROKER_URL: `http://127.0.0.1:${(broker.address() as AddressInfo).port}/`,
    BROKER_CLIENT_KEY: 'wxp_ab_secret',
    COMPONENT_APPID: component,
    SIDECAR_PORT: 0,
    SIDECAR_COMPONENT_SECRETS: true,
  });
  sidecar = await startSidecar(config, logger, { headTimeoutMs: 200 });
});
afterEach(async () => {
  await sidecar.close();
  broker.closeAllConnections();
  await new Promise((resolve) => broker.close(resolve));
});

/** As it stands: what `fetch` would not send. */
function get(path: string, host = '127.0.0.1', headers = {}): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    send({ host, port: sidecar.port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.once('end', () => resolve({ status: response.statusCode, body }));
    })
      .once('error', reject)
      .end();
  });
}

describe('the sidecar', () => {
  it.each(['//', '///', '/other', '/inner/ticket/', '//inner/ticket'])('answers %s with 404, and goes on', async (path) => {
    expect(await get(path)).toEqual({ status: 404, body: '' });
    expect(JSON.parse((await get('/inner/ticket')).body)).toEqual({ code: 0, errorMsg: '', data: { ticket: 'ticket@@@t' } });
  });

  it('keeps the component’s token and ticket to itself unless it is told to give them', async () => {
    await sidecar.close();
    sidecar = await startSidecar(Object.assign(config, { SIDECAR_COMPONENT_SECRETS: false }), logger);
    for (const path of ['/inner/component-access-token', '/inner/ticket', '/inner/../inner/ticket?x'])
      expect(JSON.parse((await get(path)).body)).toMatchObject({
        code: 1002,
        errorMsg: expect.stringContaining('SIDECAR_COMPONENT_SECRETS'),
        data: {},
      });
    expect(asked).toEqual([]);
    answer = { status: 200, body: { access_token: 'merchant’s', expires_in: 7200, cache_seconds: 60 } };
    const token = await get('/inner/authorizer-access-token?appid=wx00000000000000aa');
    expect(JSON.parse(token.body)).toEqual({ code: 0, errorMsg: '', data: { token: 'merchant’s' } });
    expect(new SidecarConfig().SIDECAR_COMPONENT_SECRETS).toBe(false);
  });

  it.runIf(process.platform === 'linux')('answers programs of the users that it is told only', async () => {
    const uid = process.getuid!();
    const asUids = async (uids: string) => {
      await sidecar.close();
      sidecar = await startSidecar(Object.assign(config, { SIDECAR_UIDS: uids }), logger);
    };
    await asUids(`${uid}`);
    for (const host of hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'])
      expect(JSON.parse((await get('/inner/ticket', host)).body)).toMatchObject({ code: 0 });
    await asUids(`${uid + 1},${uid + 2}`);
    asked = [];
    for (const host of hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
      const { status, body } = await get('/inner/ticket', host);
      expect({ status, ...JSON.parse(body) }).toMatchObject({ status: 403, code: 1002, data: {} });
    }
    expect(asked).toEqual([]);
  });

  it.runIf(process.platform === 'linux' && process.getuid!() === 0)('refuses a second user of the same pod', async () => {
    await sidecar.close();
    sidecar = await startSidecar(Object.assign(config, { SIDECAR_UIDS: '65533' }), logger);
    const asUser = async (uid: number) => {
      const program = `require('http').get('http://127.0.0.1:${sidecar.port}/inner/ticket', (r) => console.log(r.statusCode))`;
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { uid, gid: uid, cwd: '/' });
      return Number(stdout);
    };
    expect([await asUser(65_533), await asUser(65_534)]).toEqual([200, 403]);
  });

  it('says at its start that it cannot tell users apart, rather than to answer all', () => {
    expect(() => peerCheck({ SIDECAR_UIDS: '1000', SIDECAR_KEY: '' }, ['/proc/none'])).toThrow(/SIDECAR_UIDS.*SIDECAR_KEY/);
    expect(() => peerCheck({ SIDECAR_UIDS: '', SIDECAR_KEY: '' }, ['/proc/none'])).not.toThrow();
  });

  it('answers whoever sends its key, where it has one, in a header or in the address', async () => {
    await sidecar.close();
    const SIDECAR_KEY = 'a key of at least 24 characters'.replaceAll(' ', '-');
    sidecar = await startSidecar(Object.assign(config, { SIDECAR_KEY }), logger);
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    const wrong = [
      {},
      { authorization: `Bearer ${SIDECAR_KEY}x` },
      { authorization: 'Bearer ' },
      basic('x:'),
      basic(`${SIDECAR_KEY}:x`),
    ];
    for (const headers of wrong) expect(await get('/inner/ticket', '127.0.0.1', headers)).toMatchObject({ status: 401 });
    expect(asked).toEqual([]);
    for (const headers of [{ authorization: `Bearer ${SIDECAR_KEY}` }, basic(`x:${SIDECAR_KEY}`), basic(`:${SIDECAR_KEY}`)])
      expect(JSON.parse((await get('/inner/ticket', '127.0.0.1', headers)).body)).toMatchObject({ code: 0 });
  });

  it.runIf(hasIpv6)('answers on ::1 as well, where localhost means that', async () => {
    expect(JSON.parse((await get('/inner/ticket', '::1')).body)).toMatchObject({ code: 0 });
  });

  it('cuts a request head that never ends', async () => {
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(sidecar.port, '127.0.0.1', () => socket.write('GET /inner/ticket HTTP/1.1\r\nhost: x\r\nx-n: '));
      socket.on('data', (part) => {
        text += part.toString('latin1');
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('answers an address in absolute-form, and 404 to a broken percent sign', async () => {
    expect(JSON.parse((await get('http://127.0.0.1/inner/ticket')).body)).toMatchObject({ code: 0 });
    expect(await get('/inner/%zz')).toEqual({ status: 404, body: '' });
  });

  it.each([
    ['ticket-missing', 1007],
    ['forbidden', 1002],
  ])('tells %s by the code %i', async (problem, code) => {
    answer = { status: 503, body: { type: `urn:wxplane:problem:${problem}`, detail: 'no' } };
    expect(JSON.parse((await get('/inner/ticket')).body)).toEqual({ code, errorMsg: `${problem}: no`, data: {} });
  });
});
