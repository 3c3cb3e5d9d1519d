import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { IngestionConfig } from '../config/ingestion.config.js';
import { AddressGuard } from './address-guard.domain.js';
import { SubscriberClient } from './subscriber-client.service.js';

let hits = 0;
let answer = 'taken';
const server = createServer((request, response) => {
  hits += 1;
  if (request.url === '/hangs') return;
  if (request.url === '/long') return response.end('<html>'.padEnd(1_000_000, 'x'));
  if (request.url === '/endless') return response.write('ok');
  if (request.url === '/breaks-off')
    return response.writeHead(200, { 'content-length': '10' }).write('ok', () => response.destroy());
  if (request.url === '/later')
    return response.writeHead(503, { 'retry-after': new Date(Date.now() + 600_000).toUTCString() }).end();
  return response.end(answer);
});
const client = (cidrs: string, more: Partial<IngestionConfig> = {}) =>
  new SubscriberClient(
    Object.assign(new IngestionConfig(), { SUBSCRIBER_ALLOWED_CIDRS: cidrs, SUBSCRIBER_ALLOW_HTTP: true, ...more }),
  );
const to = (url: string, webhookHosts?: readonly string[]) => ({ url, body: '{}', headers: {}, webhookHosts });

beforeAll(() => new Promise<void>((resolve) => server.listen(0, resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('a name is judged by the address it leads to when it is connected to', async () => {
  // `localhost` passes every look at the URL's text.
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  expect(client('').problemOf(url, undefined)).toBeUndefined();
  expect(await client('').post(to(url), 2_000)).toMatchObject({ status: undefined, error: 'ADDRESS_NOT_ALLOWED' });
  expect(hits).toBe(0);
  expect(await client('127.0.0.0/8, ::1/128').post(to(url), 2_000)).toMatchObject({
    status: 200,
    error: undefined,
    body: 'taken',
  });
  expect(hits).toBe(1);
});

it('what is kept of an answer fits its column, however much of it was hidden', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const outside = vi.spyOn(AddressGuard.prototype, 'isPublic').mockReturnValue(true);
  // Each of these is longer once its value is hidden.
  answer = 'code=1&'.repeat(100);
  const { excerpt, body } = await client('').post(to(url), 2_000);
  expect(body).toBe(answer);
  expect(excerpt).toHaveLength(500);
  expect(excerpt).toMatch(/^(code=\*\*\*&)+/);
  answer = `${'.'.repeat(480)}ticket@@@${'s'.repeat(60)}`;
  expect((await client('').post(to(url), 2_000)).excerpt).toBe(`${'.'.repeat(480)}ticket@@@***`);
  outside.mockRestore();
});

it('nothing is kept of what a private address answers, by its number or by a name', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const one = client('127.0.0.0/8, ::1/128');
    const url = `http://${host}:${(server.address() as AddressInfo).port}/`;
    // The second one goes over the connection of the first.
    for (const _ of [1, 2]) expect(await one.post(to(url), 2_000)).toMatchObject({ status: 200, excerpt: '' });
    await one.onApplicationShutdown();
  }
});

it('a private address is for clients that name its host, where the operator says so, or as soon as they name any', async () => {
  const { port } = server.address() as AddressInfo;
  const url = `http://localhost:${port}/`;
  const ranges = '127.0.0.0/8, ::1/128';
  const [named, anyone] = [client(ranges, { SUBSCRIBER_NAMED_HOSTS_ONLY: true }), client(ranges)];
  const error = async (one: SubscriberClient, hosts?: string[]) => (await one.post(to(url, hosts), 2_000)).error;
  expect(await error(named)).toBe('ADDRESS_NOT_ALLOWED');
  expect(await error(named, ['other.example', `localhost:${port + 1}`])).toBe('ADDRESS_NOT_ALLOWED');
  expect(await error(named, ['LOCALHOST'])).toBeUndefined();
  expect(await error(named, [`localhost:${port}`])).toBeUndefined();
  expect(await error(anyone)).toBeUndefined();
  // Over no connection that another client's request left open.
  expect(await error(anyone, ['other.example'])).toBe('ADDRESS_NOT_ALLOWED');
  const literal = `http://127.0.0.1:${port}/`;
  const words = 'leads to an address that is not public, and its host is not among the webhook_hosts of its client';
  expect(named.problemOf(literal, ['localhost'])).toBe(words);
  expect(named.problemOf(literal, ['127.0.0.1'])).toBeUndefined();
  for (const one of [named, anyone]) await one.onApplicationShutdown();
});

it('no connection is tried to a private address on a port that is not one of webhooks', async () => {
  let connections = 0;
  const other = createTcpServer(() => {
    connections += 1;
  });
  await new Promise<void>((resolve) => other.listen(0, resolve));
  const { port } = other.address() as AddressInfo;
  const one = client('127.0.0.0/8, ::1/128');
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    const url = `https://${host}:${port}/`;
    expect(one.problemOf(url, undefined)).toBe('must have port 443 or 8443 (SUBSCRIBER_PORTS)');
    expect(await one.post(to(url), 2_000)).toMatchObject({ error: 'PORT_NOT_ALLOWED' });
  }
  expect(connections).toBe(0);
  const allowed = client('127.0.0.0/8, ::1/128', { SUBSCRIBER_PORTS: `443, ${port}` });
  expect(allowed.problemOf(`https://localhost:${port}/`, undefined)).toBeUndefined();
  void allowed.post(to(`https://localhost:${port}/`), 10_000);
  await expect.poll(() => connections).toBe(1);
  for (const each of [one, allowed]) await each.onApplicationShutdown();
  other.close();
});

it('many requests that hang take no place of another subscription on the same host', async () => {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const one = client('127.0.0.0/8');
  const before = hits;
  const hanging = Array.from({ length: 50 }, () => one.post(to(`${base}/hangs`), 60_000));
  expect(await one.post(to(`${base}/quick`), 4_000)).toMatchObject({ status: 200 });
  await expect.poll(() => hits - before).toBe(51);
  await one.onApplicationShutdown();
  expect((await Promise.all(hanging)).map(({ status }) => status)).toEqual(Array(50).fill(undefined));
});

it.each(['/long', '/endless', '/breaks-off'])(
  'a 200 counts as soon as its head is there, whatever becomes of its body (%s)',
  async (path) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const one = client('127.0.0.0/8');
    const outcome = await one.post(to(url), 20_000, 200);
    expect(outcome).toMatchObject({ status: 200, error: undefined, whole: false });
    expect(outcome.body.length).toBeLessThanOrEqual(65_536);
    await one.onApplicationShutdown();
  },
);

it('a Retry-After may be a date', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/later`;
  const { status, retryAfterS } = await client('127.0.0.0/8').post(to(url), 20_000);
  expect(status).toBe(503);
  expect(retryAfterS).toBeGreaterThan(500);
  expect(retryAfterS).toBeLessThanOrEqual(600);
});
