import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClientStore, type Scope } from '#base';
import { AccessLogEntity, CallerEntity, ClientEntity } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { checkClientKeys, checkProxyClients } from './clients.check.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const DAY_MS = 86_400_000;

it('names the clients whose calls through the proxy are or will be refused, and nobody else', async () => {
  const store = new ClientStore(database.dataSource);
  const shop = await store.create({ name: 'shop', scopes: ['proxy'] });
  const gone = await store.create({ name: 'gone', scopes: ['proxy'] });
  await store.change(gone.clientId, { revokedAt: new Date() });
  const entry = (clientId: string, subject: string, more: Partial<AccessLogEntity> = {}) =>
    database.dataSource
      .getRepository(AccessLogEntity)
      .insert({ at: new Date(), app: 'broker', action: 'proxy.protected', outcome: 'refused', clientId, subject, ...more });
  expect(await checkProxyClients(database.dataSource)).toEqual([]);

  await entry(shop.clientId, 'POST /wxa/commit (code: not-named)', { times: 3 });
  await entry(shop.clientId, 'GET /wxa/undocodeaudit (audit: not-named)', { outcome: 'ok' });
  await entry(shop.clientId, 'POST /wxa/release (release: allowed)', { outcome: 'ok' });
  await entry(shop.clientId, 'POST /wxa/plugin (plugins: not-named)', { at: new Date(Date.now() - 8 * DAY_MS) });
  await entry(gone.clientId, 'POST /wxa/modify_domain (domains: not-named)');
  await entry(shop.clientId, 'POST /wxa/msg_sec_check', { action: 'proxy.call' });
  const found = (await checkProxyClients(database.dataSource)).map(({ area, result, detail }) => `${area} ${result}: ${detail}`);
  expect(found).toEqual([
    'clients warn: 3 calls through the proxy in 7 days were refused for what they bring about: shop: POST /wxa/commit (code: not-named) × 3',
    'clients warn: 1 call through the proxy in 7 days will be refused once PROXY_PROTECTED_EFFECTS is "refuse": shop: GET /wxa/undocodeaudit (audit: not-named) × 1',
  ]);
});

it('names keys of great power that never end, those that end soon, and those that nobody uses', async () => {
  const store = new ClientStore(database.dataSource);
  const table = database.dataSource.getRepository(ClientEntity);
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
  const make = async (name: string, scopes: Scope[], values: Partial<ClientEntity>, usedDaysAgo?: number) => {
    const { clientId } = await store.create({ name, scopes, options: { return_hosts: [] } });
    await table.update({ clientId }, { createdAt: ago(100), ...values });
    if (usedDaysAgo !== undefined)
      await database.dataSource
        .getRepository(CallerEntity)
        .insert({ callerId: clientId, kind: 'key', name, lastUsedAt: ago(usedDaysAgo) });
    return clientId;
  };
  await table.clear();
  const eternal = await make('eternal', ['admin'], { expiresAt: null }, 1);
  const soon = await make('soon', ['releases:write'], { expiresAt: ago(-5) }, 1);
  const idle = await make('idle', ['proxy'], {}, 31);
  const never = await make('never', ['proxy'], {});
  await make('new', ['proxy'], { createdAt: ago(1) });
  await make('fine', ['component-token'], { expiresAt: ago(-60) }, 2);
  await make('gone', ['admin'], { expiresAt: null, revokedAt: new Date() });
  const wide = await make('wide', ['authorizations:write'], { options: {} }, 1);
  await make('makes no links', ['proxy'], { options: null }, 1);
  expect((await checkClientKeys(database.dataSource)).map(({ detail }) => detail)).toEqual([
    `1 client key of great power without an end: ${eternal} (eternal)`,
    `1 client key from before that may lead merchants back to any host, unless RETURN_HOSTS of the broker names some: ${wide} (wide)`,
    `1 client key ending within 14 days: ${soon} (soon)`,
    expect.stringMatching(
      `^2 client keys unused for 30 days: (${idle} \\(idle\\), ${never} \\(never\\)|${never} \\(never\\), ${idle} \\(idle\\))$`,
    ),
  ]);
});
