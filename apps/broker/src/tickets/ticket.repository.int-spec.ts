import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BINDINGS, SecretBox } from '#persistence';
import { createLogger } from '#service';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { TicketRepository } from './ticket.repository.js';

const componentAppid = 'wx00000000000000c0';
const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
let database: TestDatabase;
let tickets: TicketRepository;

beforeAll(async () => {
  database = await createTestDatabase();
  tickets = new TicketRepository(database.dataSource, box, await createLogger({ app: 'test', level: 'silent' }));
});
afterAll(() => database?.drop());

const push = async (ticket: string, pushed: string, arrived: string) => {
  const [{ at }] = await database.dataSource.query(`SELECT UTC_TIMESTAMP() + INTERVAL ${pushed} AS at`);
  await database.dataSource.query(
    `INSERT INTO f_wechat_verifyticket (component_verify_ticket, component_appid, pushed_at, create_time)
     VALUES (?, ?, ?, UTC_TIMESTAMP() + INTERVAL ${arrived})`,
    [box.seal(ticket, BINDINGS.ticket(componentAppid, at)), componentAppid, at],
  );
};

it('a ticket whose CreateTime lies ahead, as a former release stored it, loses to those that came later', async () => {
  await push('ahead', '1 YEAR', '-20 MINUTE');
  await push('next', '-10 MINUTE', '-10 MINUTE');
  await push('newest', '-1 MINUTE', '-1 MINUTE');
  await push('newest', '0 MINUTE', '0 MINUTE');
  await push('dead', '-13 HOUR', '-13 HOUR');
  expect(await tickets.candidates(componentAppid, 4)).toEqual(['newest', 'next', 'ahead']);
  expect(await tickets.newest(componentAppid)).toBe('newest');
  expect(await tickets.ageS(componentAppid)).toBeLessThan(60);
});
