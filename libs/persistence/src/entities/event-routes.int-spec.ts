import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.js';
import { EventEntity, routeOf, TAKES_NO_ROUTE } from '../index.js';
import { EventRoutes1700000000080 } from '../migrations/80-event-routes.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const write = async (note: string | null, route: string | null) => {
  const { insertId } = await database.dataSource.query(
    `INSERT INTO f_wechat_event (component_appid, family, kind, dedupe_key, received_at, payload, state, note, route)
     VALUES ('wxc', 'authorizer', 'message.text', ?, UTC_TIMESTAMP(3), '', 'queued', ?, ?)`,
    [randomBytes(32).toString('hex'), note, route],
  );
  return String(insertId);
};
const routes = async () => {
  const rows = await database.dataSource.getRepository(EventEntity).find({ order: { eventId: 'ASC' } });
  return rows.map((row) => [row.eventId, routeOf(row), row.route]);
};

it('a row of the release before takes the route that its note tells, before and after its migration; SQL says the same', async () => {
  const former = await write('release check', null);
  const present = await write('release check', 'release-check');
  const byHand = await write('accepted by hand', null);
  const ordinary = await write(null, null);
  const plain: { event_id: string }[] = await database.dataSource.query(
    `SELECT event_id FROM f_wechat_event AS e WHERE ${TAKES_NO_ROUTE('e')} ORDER BY event_id`,
  );
  expect(plain.map(({ event_id }) => String(event_id))).toEqual([byHand, ordinary]);
  expect(await routes()).toEqual([
    [former, 'release-check', null],
    [present, 'release-check', 'release-check'],
    [byHand, null, null],
    [ordinary, null, null],
  ]);

  const runner = database.dataSource.createQueryRunner();
  try {
    // Twice: the first run may have been killed after any of its statements.
    for (let run = 0; run < 2; run += 1) await new EventRoutes1700000000080().up(runner);
  } finally {
    await runner.release();
  }
  expect((await routes()).map(([, , route]) => route)).toEqual(['release-check', 'release-check', null, null]);
});
