import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientEntity } from '#persistence';
import { type Caller, ClientStore, createLogger, Periodic } from '#service';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { callerWith } from '../../../../libs/service/testing/caller.js';
import type { InvalidationBus } from '../invalidation/invalidation.bus.js';
import { ClientsService } from './clients.service.js';

const DAY_MS = 86_400_000;
const [A, B] = ['wx00000000000000aa', 'wx00000000000000bb'];
let database: TestDatabase;
let clients: ClientsService;
let metrics: Registry;
let periodic: Periodic;

beforeAll(async () => {
  database = await createTestDatabase();
  const logger = await createLogger({ app: 'test', level: 'silent' });
  metrics = new Registry();
  periodic = new Periodic(logger);
  const bus = { onMessage: () => undefined, publish: () => undefined } as unknown as InvalidationBus;
  clients = new ClientsService(database.dataSource, new ClientStore(database.dataSource), bus, logger, periodic, metrics);
});
afterAll(async () => {
  await periodic?.beforeApplicationShutdown();
  await database?.drop();
});

const root = callerWith('root', ['admin']);
const daysLeft = ({ expires_at: at }: { expires_at: string | null }) =>
  at === null ? null : Math.round((Date.parse(at) - Date.now()) / DAY_MS);

describe('a key of great power', () => {
  it('ends in ninety days; a rotation renews it, also one that was made to last for ever', async () => {
    const made = await clients.create({ name: 'ci', scopes: ['releases:write'] }, root);
    expect(daysLeft(made)).toBe(90);
    const table = database.dataSource.getRepository(ClientEntity);
    await table.update({ clientId: made.client_id }, { expiresAt: null });
    expect(daysLeft(await clients.update(made.client_id, { name: 'renamed' }, root))).toBeNull();
    expect(daysLeft(await clients.rotate(made.client_id, root))).toBe(90);
  });

  it('is not made to last longer, nor does one that lasts become one', async () => {
    const far = new Date(Date.now() + 200 * DAY_MS).toISOString();
    await expect(clients.create({ name: 'x', scopes: ['admin'], expires_at: far }, root)).rejects.toThrow('at most 90 days');
    const small = await clients.create({ name: 'x', scopes: ['proxy'] }, root);
    expect(daysLeft(small)).toBeNull();
    expect(daysLeft(await clients.update(small.client_id, { scopes: ['proxy', 'component-token'] }, root))).toBe(90);
    await expect(clients.update(small.client_id, { expires_at: null }, root)).rejects.toThrow('at most 90 days');
  });

  it('that was made before this and never ends is counted', async () => {
    const { client_id: clientId } = await clients.create({ name: 'old', scopes: ['admin'] }, root);
    await database.dataSource.getRepository(ClientEntity).update({ clientId }, { expiresAt: null });
    periodic.onApplicationBootstrap();
    await expect
      .poll(() => metrics.getSingleMetricAsString('wxplane_clients_powerful_eternal'))
      .toContain('wxplane_clients_powerful_eternal 1');
  });
});

/** A person with the role `admin`, which manages. */
const manager: Caller = { ...callerWith('boss', []), permissions: new Set(['clients.read', 'clients.write', 'components.read']) };

describe('whoever makes clients', () => {
  it('gives nobody what he does not have, whether by a new key, a change or another’s key', async () => {
    const publisher = await clients.create({ name: 'publisher', scopes: ['releases:write'] }, root);
    const refusal = 'gives nobody what it does not have';
    await expect(clients.create({ name: 'mine', scopes: ['releases:write'] }, manager)).rejects.toThrow(refusal);
    await expect(clients.create({ name: 'mine', scopes: ['admin'] }, manager)).rejects.toThrow(refusal);
    await expect(clients.rotate(publisher.client_id, manager)).rejects.toThrow(refusal);
    await expect(clients.update(publisher.client_id, { name: 'mine' }, manager)).rejects.toThrow(refusal);
    await expect(clients.revoke(publisher.client_id, manager)).resolves.toMatchObject({ revoked_at: expect.any(String) });
  });

  it('and within his components and accounts', async () => {
    const bound = { ...root, components: new Set([A]) };
    await expect(clients.create({ name: 'x', scopes: ['proxy'] }, bound)).rejects.toThrow('is bound to some');
    await expect(clients.create({ name: 'x', scopes: ['proxy'], options: { components: [B] } }, bound)).rejects.toThrow(
      'is bound to',
    );
    const made = await clients.create({ name: 'x', scopes: ['proxy'], options: { components: [A] } }, bound);
    await expect(clients.update(made.client_id, { options: null }, bound)).rejects.toThrow('is bound to some');
    expect((await clients.list({ limit: 100 }, bound)).items.map(({ client_id }) => client_id)).toEqual([made.client_id]);
    const elsewhere = await clients.create({ name: 'y', scopes: ['proxy'], options: { components: [B] } }, root);
    await expect(clients.revoke(elsewhere.client_id, bound)).rejects.toThrow('There is no such client');
  });
});
