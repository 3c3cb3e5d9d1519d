import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { brokenRequestAnswer, createListener, type ListenerSettings, type Refusal } from './listener.js';

const ok: RequestListener = (request, response) => void response.end(`${request.method} ${request.url}`);
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function listen(
  settings: ListenerSettings,
  handler: RequestListener = ok,
): Promise<{ server: Server; refused: Refusal[] }> {
  const refused: Refusal[] = [];
  const all = { ...settings, onRefused: (reason: Refusal) => void refused.push(reason) };
  const server = createListener(all, handler);
  server.on('clientError', brokenRequestAnswer(all));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, refused };
}

/** Sends some bytes, and goes on sending `drip` until the other side has enough. */
function stranger(server: Server, start: string, drip?: string): { socket: Socket; all: Promise<string> } {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.on('data', (part) => {
    text += part.toString('latin1');
  });
  socket.on('error', () => {});
  if (start) socket.write(start);
  const timer = drip === undefined ? undefined : setInterval(() => socket.writable && socket.write(drip), 20);
  const all = new Promise<string>((resolve) =>
    socket.once('close', () => {
      clearInterval(timer);
      resolve(text);
    }),
  );
  open.push(() => socket.destroy());
  return { socket, all };
}

describe('a listener', () => {
  it.each([
    ['a request head that never ends', 'GET / HTTP/1.1\r\nhost: x\r\nx-n: ', 'a'],
    ['a request head of which nothing more comes', 'GET / HTTP/1.1\r\nhost: x\r\n', undefined],
    ['a connection on which nothing comes', '', undefined],
    ['a request body that never ends', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n', 'a'],
  ])('cuts %s', async (_, start, drip) => {
    const { server, refused } = await listen({ headTimeoutMs: 200, requestTimeoutMs: 200 }, (request, response) => {
      request.resume().once('end', () => response.end());
    });
    expect(await stranger(server, start, drip).all).toMatch(/^HTTP\/1\.1 408 [\s\S]*content-type: text\/plain/);
    expect(refused).toEqual(['timeout']);
  });

  it('cuts no answer that takes longer than a request may, and no connection that waits for one', async () => {
    const { server } = await listen({ headTimeoutMs: 100, requestTimeoutMs: 100 }, (_request, response) => {
      response.write('begin');
      // Longer than both bounds: until three strangers, one after the other, were cut.
      void (async () => {
        for (let n = 0; n < 3; n += 1) await stranger(server, 'GET / HTTP/1.1\r\n').all;
        response.end('end');
      })();
    });
    expect(await stranger(server, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n').all).toMatch(/begin[\s\S]*end/);
  });

  it('with too many connections closes the oldest that owes a request, and answers everybody else', async () => {
    let answer = () => {};
    const { server, refused } = await listen({ maxConnections: 3 }, (request, response) => {
      if (request.url === '/slow') answer = () => response.end('slow');
      else response.end('quick');
    });
    const slow = stranger(server, 'GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await once(server, 'request');
    const [first, second] = [stranger(server, 'GET / HTTP/1.1\r\n'), stranger(server, 'GET / HTTP/1.1\r\n')];
    await Promise.all([once(first.socket, 'connect'), once(second.socket, 'connect')]);
    for (let n = 0; n < 5; n += 1) {
      const { all } = stranger(server, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      expect(await all).toContain('quick');
    }
    expect(await Promise.race([first.all, second.all])).toBe('');
    answer();
    expect(await slow.all).toContain('slow');
    expect(new Set(refused)).toEqual(new Set(['crowded']));
  });

  it.each([
    ['absolute-form', 'GET http://wxplane.example:80/a?b=c HTTP/1.1', 'GET /a?b=c'],
    ['absolute-form without a path', 'GET http://wxplane.example HTTP/1.1', 'GET /'],
    ['asterisk-form', 'OPTIONS * HTTP/1.1', 'OPTIONS /*'],
  ])('takes a request target in %s for the path in it', async (_, line, seen) => {
    const { server } = await listen({});
    expect(await stranger(server, `${line}\r\nhost: x\r\nconnection: close\r\n\r\n`).all).toMatch(
      new RegExp(`\r\n\r\n${seen.replace(/[?*]/g, '\\$&')}$`),
    );
  });

  it('takes what may stand in several lines', async () => {
    const { server, refused } = await listen({});
    const lines =
      'accept: a/b\r\naccept: c/d\r\ncookie: a=b\r\ncookie: c=d\r\nx-forwarded-for: 10.0.0.1\r\nx-forwarded-for: 10.0.0.2\r\n';
    const { all } = stranger(server, `GET /a HTTP/1.1\r\nhost: x\r\n${lines}connection: close\r\n\r\n`);
    expect(await all).toMatch(/^HTTP\/1\.1 200 [\s\S]*GET \/a$/);
    expect(refused).toEqual([]);
  });

  it('takes HTTP/1.0, which knows no host', async () => {
    const { server, refused } = await listen({});
    expect(await stranger(server, 'GET /a HTTP/1.0\r\n\r\n').all).toMatch(/^HTTP\/1\.1 200 [\s\S]*GET \/a$/);
    expect(refused).toEqual([]);
  });

  it.each([
    ['CONNECT', 'CONNECT example.org:443 HTTP/1.1\r\nhost: example.org\r\n\r\n', 405, 'method'],
    ['an expectation', 'GET / HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\n\r\n', 417, 'expectation'],
    ['HTTP/1.1 without a host', 'GET / HTTP/1.1\r\nx: y\r\n\r\n', 400, 'no-host'],
    ['the same with a body', 'POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}', 400, 'no-host'],
    ['two hosts', 'GET / HTTP/1.1\r\nhost: x\r\nHost: y\r\n\r\n', 400, 'twice'],
    ['the same host twice', 'GET / HTTP/1.1\r\nhost: x\r\nx: y\r\nhost: x\r\n\r\n', 400, 'twice'],
    ['two keys', 'GET / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n', 400, 'twice'],
    [
      'two types',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: a/b\r\ncontent-type: c/d\r\ncontent-length: 0\r\n\r\n',
      400,
      'twice',
    ],
    ['what is no HTTP', 'GARBAGE\r\n\r\n', 400, 'not-http'],
    ['a head that is too large', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`, 431, 'head-too-large'],
  ])('answers %s in plain text, and tells of it', async (_, bytes, status, reason) => {
    const { server, refused } = await listen({});
    expect(await stranger(server, bytes).all).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*content-type: text/plain`));
    expect(refused).toEqual([reason]);
  });
});
