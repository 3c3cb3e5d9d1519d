import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Running, startIngestion } from '../../testing/running.js';
import { makePush, SUCCESS, send, ticketXml } from '../../testing/wechat.js';
import { TicketHealth } from './ticket-health.service.js';

let app: Running;
let health: TicketHealth;
beforeAll(async () => {
  app = await startIngestion();
  health = app.service.app.get(TicketHealth);
});
afterAll(() => app?.stop());

const ready = async () =>
  (await (await request(`${app.management}/health/ready`)).body.json()) as { checks: { tickets: unknown } };
const age = (seconds: number) =>
  app.query('UPDATE f_wechat_verifyticket SET pushed_at = UTC_TIMESTAMP() - INTERVAL ? SECOND', [seconds]);
const asked = () => app.redis.keys('{wxplane}:broker.commands:start-push-ticket-*');

it('knows the age of the newest ticket, says so, and has WeChat asked again with growing pauses', async () => {
  const component = app.keys.componentAppid;
  const states = async () => {
    await health.look();
    const { tickets } = (await ready()).checks as { tickets: { status: string; components: Record<string, { state: string }> } };
    return `${tickets.status} ${tickets.components[component]!.state}`;
  };
  const metric = async () => {
    await health.look();
    const text = await (await request(`${app.management}/metrics`)).body.text();
    return Number(new RegExp(`^wxplane_ticket_age_seconds\\{component="${component}"\\} (\\S+)$`, 'm').exec(text)?.[1]);
  };
  expect(await states()).toBe('degraded missing');
  // None yet: since the start of this process.
  expect(await metric()).toBeLessThan(600);

  expect(await send(app.base, makePush(app.keys, ticketXml(app.keys)))).toEqual(SUCCESS);
  expect(await states()).toBe('up ok');

  await age(1_500);
  expect(await states()).toBe('up warning');
  expect(await metric()).toBeGreaterThanOrEqual(1_500);

  // One that comes late is as old as WeChat says, not as new as it arrived, and the newest one counts.
  const late = Math.floor(Date.now() / 1_000) - 5_000;
  expect(await send(app.base, makePush(app.keys, ticketXml(app.keys, 'ticket@@@late', late)))).toEqual(SUCCESS);
  const [row] = await app.query<{ age: string }>(
    'SELECT TIMESTAMPDIFF(SECOND, MIN(pushed_at), UTC_TIMESTAMP()) AS age FROM f_wechat_verifyticket',
  );
  expect(Number(row!.age)).toBeGreaterThanOrEqual(5_000);
  expect(await states()).toBe('up warning');
  expect(await metric()).toBeGreaterThanOrEqual(1_500);
  expect(await metric()).toBeLessThan(2_500);

  await age(3_700);
  expect(await states()).toBe('degraded alarm');
  expect(await asked()).toEqual([]);

  await age(7_300);
  await states();
  await health.look();
  expect(await asked()).toHaveLength(1);
  const [key] = await asked();
  expect(await app.redis.hget(key!, 'data')).toBe(JSON.stringify({ componentAppid: component }));

  // The broker did it, the job is gone, and so is what the process knew: the pause is not over for that.
  await app.redis.del(key!);
  await health.look();
  expect(await asked()).toEqual([]);
  await age(7_300 + 600);
  await health.look();
  await health.look();
  expect(await asked()).toHaveLength(1);
});
