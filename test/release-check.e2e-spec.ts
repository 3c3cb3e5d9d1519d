import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { runToEnd } from './support/processes.ts';
import { type Suite, startSuite } from './support/suite.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite({ name: 'release_check', services: ['ingestion', 'broker'] });
});
afterAll(() => suite?.stop());

it('WeChat’s release check passes with every one of its five pairs of accounts, and makes no tenant of them', async () => {
  await suite.control.post(`/components/${suite.component.component_appid}/ticket`);
  // A moment's weakness of WeChat's must not fail the check: the code of the message is used up by then.
  await suite.control.post('/faults', { path: '/cgi-bin/message/custom/send', action: 'errcode', errcode: -1, times: 2 });
  const output = await runToEnd({
    name: 'release-check',
    entry: 'scripts/release-check.ts',
    args: [
      '--component',
      suite.component.component_appid,
      '--sandbox-url',
      suite.urls.sandbox,
      '--base-url',
      suite.urls.ingestion,
    ],
    env: {},
  });
  expect(output.match(/Group \d/g)).toHaveLength(5);
  expect(output).toContain('Every case passed.');
  expect(output.match(/✓ \w+/g)).toHaveLength(5 * 7);
  const { total } = await suite.control.get<{ total: number }>('/calls?path=/cgi-bin/message/custom/send&errcode=-1');
  expect(total).toBe(2);
  const { body } = await suite.api<{ items: unknown[] }>(
    'broker',
    'GET',
    `/v1/components/${suite.component.component_appid}/authorizers`,
  );
  expect(body.items).toEqual([]);
});

it('when tickets have stopped, ingestion has the broker ask WeChat to push again, and one comes', async () => {
  const { component_appid: component } = suite.component;
  await suite.control.post(`/components/${component}/ticket`);
  await suite.control.patch(`/components/${component}`, { ticket_push: false });
  await suite.control.delete('/calls');
  const database = await createConnection(suite.databaseUrl);
  try {
    const age = async () => {
      const [rows] = await database.query(
        'SELECT TIMESTAMPDIFF(SECOND, MAX(pushed_at), UTC_TIMESTAMP()) AS age FROM f_wechat_verifyticket WHERE component_appid = ?',
        [component],
      );
      return Number((rows as { age: string }[])[0]!.age);
    };
    const asked = async () => {
      const { counts } = await suite.control.get<{ counts: Record<string, number> }>('/calls/counts');
      return counts['/cgi-bin/component/api_start_push_ticket'] ?? 0;
    };
    await database.query('UPDATE f_wechat_verifyticket SET pushed_at = pushed_at - INTERVAL 3 HOUR');
    expect([(await age()) > 7_200, await asked()]).toEqual([true, 0]);
    await eventually('a new ticket', async () => (await age()) < 600, 60_000);
    expect(await asked()).toBe(1);
  } finally {
    await database.end();
  }
});
