import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClientEntity, createDataSource } from '#persistence';
import { FaultProxy } from '../../../../test/soak/fault-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { newClientKey } from './client-key.js';
import { ClientStore } from './client-store.js';

let database: TestDatabase;
let store: ClientStore;
let clientId: string;
let key: string;
/** What the two clocks are ahead of the real ones. */
let wall = 0;
let monotonic = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

beforeEach(async () => {
  wall = 0;
  monotonic = 0;
  const [now, elapsed] = [Date.now.bind(Date), performance.now.bind(performance)];
  vi.spyOn(Date, 'now').mockImplementation(() => now() + wall);
  vi.spyOn(performance, 'now').mockImplementation(() => elapsed() + monotonic);
  store = new ClientStore(database.dataSource);
  ({ clientId, key } = await store.create({ name: 'test', scopes: ['authorizer-token'] }));
});
afterEach(() => vi.restoreAllMocks());

const bearer = (text: string) => `Bearer ${text}`;
const change = (columns: Partial<ClientEntity>) => database.dataSource.getRepository(ClientEntity).update({ clientId }, columns);

it('recalls only whom it has read, by the right secret', async () => {
  expect(store.recall(bearer(key))).toBeUndefined();
  await store.authenticate(key);
  expect(store.recall(bearer(key))?.clientId).toBe(clientId);
  expect(store.recall(bearer(key))?.clientId).toBe(clientId);
  expect(store.recall(bearer(newClientKey(clientId).key))).toBeUndefined();
  expect(store.recall(bearer(`${key}0`))).toBeUndefined();
  expect(store.recall(key)).toBeUndefined();
  expect(store.recall(undefined)).toBeUndefined();
});

it('recalls nothing of a client that is to be forgotten', async () => {
  await store.authenticate(key);
  expect(store.recall(bearer(key))).toBeDefined();
  store.forget(clientId);
  expect(store.recall(bearer(key))).toBeUndefined();
});

it('believes a revoked key for ten seconds at most, also when the wall clock steps back', async () => {
  await store.authenticate(key);
  expect(store.recall(bearer(key))).toBeDefined();
  await change({ revokedAt: new Date() });
  wall = -3_600_000;
  monotonic = 10_001;
  expect(store.recall(bearer(key))).toBeUndefined();
  await expect(store.authenticate(key)).rejects.toThrow('not known, or was revoked');
});

it('a former secret ends with its overlap, although it was found right before', async () => {
  const { key: next, secretSha256 } = newClientKey(clientId);
  const { secretSha256: former } = await database.dataSource.getRepository(ClientEntity).findOneByOrFail({ clientId });
  await change({ secretSha256, previousSecretSha256: former, previousExpiresAt: new Date(Date.now() + 60_000) });
  await store.authenticate(key);
  expect(store.recall(bearer(key))).toBeDefined();
  expect(store.recall(bearer(next))).toBeDefined();
  wall = 61_000;
  expect(store.recall(bearer(key))).toBeUndefined();
  expect(store.recall(bearer(next))).toBeDefined();
});

it('of two rotations at the same moment one is told to look again, and the key that the other one handed out works', async () => {
  const row = await database.dataSource.getRepository(ClientEntity).findOneByOrFail({ clientId });
  const rotations = await Promise.all([store.rotate(row, 60), store.rotate(row, 60), store.rotate(row, 0)]);
  const won = rotations.filter((rotated) => rotated !== undefined);
  expect(won).toHaveLength(1);
  expect((await store.authenticate(won[0]!.key)).clientId).toBe(clientId);
});

it('a key that names no limit has none, unless the operator says so; one that names a limit has that', async () => {
  const options = { rate_limit_per_s: 7 };
  const { key: named } = await store.create({ name: 'named', scopes: ['proxy'], options });
  const rates = async (clients: ClientStore) =>
    Promise.all([key, named].map(async (each) => (await clients.authenticate(each)).rateLimitPerS));
  expect(await rates(store)).toEqual([undefined, 7]);
  expect(await rates(new ClientStore(database.dataSource, { defaultRatePerS: 50 }))).toEqual([50, 7]);
});

it('a revoked client gets no new key', async () => {
  const row = await database.dataSource.getRepository(ClientEntity).findOneByOrFail({ clientId });
  await change({ revokedAt: new Date() });
  expect(await store.rotate(row, 60)).toBeUndefined();
});

describe('keys that belong to nobody', () => {
  /** How many readings there were, and how many at once. */
  let readings: { all: number; now: number; most: number };
  const guess = () => newClientKey().key;
  beforeEach(() => {
    readings = { all: 0, now: 0, most: 0 };
    const repository = database.dataSource.getRepository(ClientEntity);
    store = new ClientStore({
      getRepository: () =>
        Object.assign(Object.create(repository), {
          findOneBy: async (where: { clientId: string }) => {
            readings.all += 1;
            readings.now += 1;
            readings.most = Math.max(readings.most, readings.now);
            return repository.findOneBy(where).finally(() => {
              readings.now -= 1;
            });
          },
        }),
    });
  });

  it('do not stand in the way of a right one: a client that was not seen before is read once, however many of its requests come at once', async () => {
    const clients = await Promise.all(Array.from({ length: 1_000 }, () => store.authenticate(key, '192.0.2.1')));
    expect(new Set(clients.map((client) => client.clientId))).toEqual(new Set([clientId]));
    expect(readings.all).toBe(1);
  });

  it('are looked up once in ten seconds, and again when their client was made', async () => {
    const { key: early, ...row } = newClientKey();
    const refused = () => expect(store.authenticate(early)).rejects.toMatchObject({ code: 'unauthenticated' });
    await refused();
    await refused();
    expect(readings.all).toBe(1);
    monotonic = 10_001;
    await refused();
    expect(readings.all).toBe(2);
    const former = await database.dataSource.getRepository(ClientEntity).findOneByOrFail({ clientId });
    await database.dataSource.getRepository(ClientEntity).insert({ ...former, ...row });
    store.forget(row.clientId);
    expect((await store.authenticate(early)).clientId).toBe(row.clientId);
  });

  it('are refused unread when too many came from one address; clients that are known, and other addresses, go on', async () => {
    await store.authenticate(key, '192.0.2.1');
    const codes = new Set<string>();
    while (!codes.has('rate-limited')) {
      expect(readings.all).toBeLessThan(1_000);
      codes.add(await store.authenticate(guess(), '192.0.2.1').then(String, ({ code }) => code));
    }
    const before = readings.all;
    await expect(store.authenticate(guess(), '192.0.2.1')).rejects.toMatchObject({ code: 'rate-limited' });
    expect(readings.all).toBe(before);
    expect((await store.authenticate(key, '192.0.2.1')).clientId).toBe(clientId);
    await expect(store.authenticate(guess(), '192.0.2.2')).rejects.toMatchObject({ code: 'unauthenticated' });
    monotonic += 2_000;
    await expect(store.authenticate(guess(), '192.0.2.1')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('take four connections at most, however many come', async () => {
    const results = await Promise.allSettled(Array.from({ length: 100 }, (_, n) => store.authenticate(guess(), `192.0.2.${n}`)));
    expect(results.every((result) => result.status === 'rejected')).toBe(true);
    expect(readings).toMatchObject({ all: 100, most: 4 });
  });
});

describe('while the database is silent', () => {
  it('those that were known are let in without waiting for it, as soon as one reading has not come; a revocation counts when it is back', async () => {
    const proxy = await FaultProxy.start(Number(new URL(database.url).port));
    const url = new URL(database.url);
    url.port = String(proxy.port);
    const silent = await createDataSource({ url: url.href, poolSize: 2 }).initialize();
    try {
      store = new ClientStore(silent);
      await store.authenticate(key);
      proxy.set('stall');
      monotonic += 20_000;
      expect(store.recall(bearer(key))).toBeUndefined();
      // The reading never comes: it is not waited for.
      expect((await store.authenticate(key)).clientId).toBe(clientId);
      expect(store.recall(bearer(key))?.clientId).toBe(clientId);
      monotonic += 16 * 60_000;
      expect(store.recall(bearer(key))).toBeUndefined();
      monotonic -= 16 * 60_000;
      await change({ revokedAt: new Date() });
      proxy.set('pass');
      monotonic += 2_000;
      await expect.poll(() => store.recall(bearer(key))).toBeUndefined();
      await expect(store.authenticate(key)).rejects.toMatchObject({ code: 'unauthenticated' });
    } finally {
      await proxy.stop();
      await silent.destroy();
    }
  });
});
