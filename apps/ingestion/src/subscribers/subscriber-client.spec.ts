import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IngestionConfig } from '../config/ingestion.config.js';
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
const client = (cidrs: string) =>
  new SubscriberClient(Object.assign(new IngestionConfig(), { SUBSCRIBER_ALLOWED_CIDRS: cidrs, SUBSCRIBER_ALLOW_HTTP: true }));

beforeAll(() => new Promise<void>((resolve) => server.listen(0, resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('a name is judged by the address it leads to when it is connected to', async () => {
  // `localhost` passes every look at the URL's text.
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  expect(client('').problemOf(url)).toBeUndefined();
  expect(await client('').post(url, '{}', {}, 2_000)).toMatchObject({ status: undefined, error: 'ADDRESS_NOT_ALLOWED' });
  expect(hits).toBe(0);
  expect(await client('127.0.0.0/8, ::1/128').post(url, '{}', {}, 2_000)).toMatchObject({
    status: 200,
    error: undefined,
    body: 'taken',
  });
  expect(hits).toBe(1);
});

it('what is kept of an answer fits its column, however much of it was hidden', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  // Each of these is longer once its value is hidden.
  answer = 'code=1&'.repeat(100);
  const { excerpt, body } = await client('127.0.0.0/8').post(url, '{}', {}, 2_000);
  expect(body).toBe(answer);
  expect(excerpt).toHaveLength(500);
  expect(excerpt).toMatch(/^(code=\*\*\*&)+/);
  answer = `${'.'.repeat(480)}ticket@@@${'s'.repeat(60)}`;
  expect((await client('127.0.0.0/8').post(url, '{}', {}, 2_000)).excerpt).toBe(`${'.'.repeat(480)}ticket@@@***`);
});

it('many requests that hang take no place of another subscription on the same host', async () => {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const one = client('127.0.0.0/8');
  const before = hits;
  const hanging = Array.from({ length: 50 }, () => one.post(`${base}/hangs`, '{}', {}, 60_000));
  expect(await one.post(`${base}/quick`, '{}', {}, 4_000)).toMatchObject({ status: 200 });
  await expect.poll(() => hits - before, { timeout: 10_000 }).toBe(51);
  await one.onApplicationShutdown();
  expect((await Promise.all(hanging)).map(({ status }) => status)).toEqual(Array(50).fill(undefined));
});

it.each(['/long', '/endless', '/breaks-off'])(
  'a 200 counts as soon as its head is there, whatever becomes of its body (%s)',
  async (path) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const one = client('127.0.0.0/8');
    const outcome = await one.post(url, '{}', {}, 20_000, 200);
    expect(outcome).toMatchObject({ status: 200, error: undefined, whole: false });
    expect(outcome.body.length).toBeLessThanOrEqual(65_536);
    await one.onApplicationShutdown();
  },
);

it('a Retry-After may be a date', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/later`;
  const { status, retryAfterS } = await client('127.0.0.0/8').post(url, '{}', {}, 20_000);
  expect(status).toBe(503);
  expect(retryAfterS).toBeGreaterThan(500);
  expect(retryAfterS).toBeLessThanOrEqual(600);
});
