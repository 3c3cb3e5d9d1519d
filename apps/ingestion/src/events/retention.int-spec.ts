import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Running, startIngestion } from '../../testing/running.js';
import { makePush, SUCCESS, send, ticketXml } from '../../testing/wechat.js';
import { OUTDATED_EVENTS, OUTDATED_TICKETS, TICKETS_KEPT } from './retention.repository.js';
import { RetentionService } from './retention.service.js';

let app: Running;
let retention: RetentionService;

beforeAll(async () => {
  app = await startIngestion();
  retention = app.service.app.get(RetentionService);
});
afterAll(() => app?.stop());

/** Rows as they were written so many days ago. */
async function events(kind: string, count: number, daysAgo: number): Promise<void> {
  const rows = Array.from(
    { length: count },
    (_, index) =>
      `('wxold', 'component', '${kind}', SHA2('${kind}${daysAgo}-${index}', 256), UTC_TIMESTAMP() - INTERVAL ${daysAgo} DAY, '', 'queued')`,
  );
  await app.query(
    `INSERT INTO f_wechat_event (component_appid, family, kind, dedupe_key, received_at, payload, state) VALUES ${rows.join(',')}`,
  );
}

const plan = async (sql: string, parameters: unknown[]) =>
  (await app.query<{ key: string; type: string; rows: string }>(`EXPLAIN ${sql}`, parameters))[0]!;

it('deletes events by kind, in small steps, with what hangs on them, and reads no other rows for it', async () => {
  for (const kind of ['component_verify_ticket', 'message.image', 'authorized']) await events(kind, 1_200, 40);
  for (const kind of ['component_verify_ticket', 'message.image', 'authorized']) await events(kind, 1_200, 1);
  await app.query(
    `INSERT INTO f_wechat_eventeffect SELECT event_id, 'broker', 'done', 1, NULL, received_at FROM f_wechat_event WHERE component_appid = 'wxold'`,
  );
  await app.query('ANALYZE TABLE f_wechat_event');
  const [middle] = await app.query<{ id: string }>(
    'SELECT MIN(event_id) AS id FROM f_wechat_event WHERE received_at > UTC_TIMESTAMP() - INTERVAL 2 DAY',
  );
  const before = new Date(Date.now() - 3 * 86_400_000);
  const explained = await plan(OUTDATED_EVENTS, ['component_verify_ticket', middle!.id, before, 500]);
  expect(explained).toMatchObject({ key: 'ix_event_kind', type: 'range' });
  // Of 7,200: an estimate, but of this kind's old ones alone.
  expect(Number(explained.rows)).toBeLessThan(2_000);

  expect(await retention.sweep()).toBe(2_400);
  const left = await app.query(
    `SELECT kind, COUNT(*) AS n FROM f_wechat_event WHERE received_at < UTC_TIMESTAMP() - INTERVAL 2 DAY GROUP BY kind`,
  );
  expect(left).toEqual([{ kind: 'authorized', n: '1200' }]);
  const [effects] = await app.query<{ n: string }>('SELECT COUNT(*) AS n FROM f_wechat_eventeffect');
  expect(Number(effects!.n)).toBe(4_800);
  expect(await retention.sweep()).toBe(0);

  await retention.measure();
  const metrics = await (await fetch(`${app.management}/metrics`)).text();
  expect(metrics).toMatch(/wxplane_inbox_size\{what="bytes"\} [1-9]/);
});

it('deletes tickets nobody can use, but for the newest of each component and what an older system wrote', async () => {
  const tickets = async (component: string, count: number, hoursAgo: number) =>
    app.query(
      `INSERT INTO f_wechat_verifyticket (component_verify_ticket, create_time, component_appid, pushed_at) VALUES ${Array.from(
        { length: count },
        (_, index) =>
          `('t', UTC_TIMESTAMP(), '${component}', UTC_TIMESTAMP() - INTERVAL ${hoursAgo} HOUR - INTERVAL ${index} SECOND)`,
      ).join(',')}`,
    );
  await tickets('', 40, 900);
  await tickets('wxstopped', 700, 900);
  await tickets('wxlive', 700, 900);
  await tickets('wxlive', 60, 11);
  await tickets('wxlive', 30, 25);
  expect(await send(app.base, makePush(app.keys, ticketXml(app.keys)))).toEqual(SUCCESS);

  await app.query('ANALYZE TABLE f_wechat_verifyticket');
  const before = new Date(Date.now() - 86_400_000);
  expect(await plan(OUTDATED_TICKETS, ['wxlive', before, 500])).toMatchObject({ key: 'ix_ticket_newest', type: 'range' });

  await retention.sweep();
  const left = await app.query<{ component: string; n: string; oldest: string }>(
    `SELECT component_appid AS component, COUNT(*) AS n, TIMESTAMPDIFF(HOUR, MIN(pushed_at), UTC_TIMESTAMP()) AS oldest
       FROM f_wechat_verifyticket GROUP BY component_appid`,
  );
  const of = (component: string) => {
    const row = left.find((found) => found.component === component)!;
    return [Number(row.n), Number(row.oldest)];
  };
  expect(of('')).toEqual([40, 900]);
  expect(of('wxstopped')).toEqual([TICKETS_KEPT, 900]);
  expect(of('wxlive')).toEqual([60, 11]);
  expect(of(app.keys.componentAppid)).toEqual([1, 0]);
});
