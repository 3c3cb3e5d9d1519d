import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINDINGS } from '#persistence';
import { type Running, startIngestion } from '../../testing/running.js';
import { makePush, randomText, SUCCESS, send, ticketXml } from '../../testing/wechat.js';

let app: Running;
beforeAll(async () => {
  app = await startIngestion();
});
afterAll(() => app?.stop());

const nowS = () => Math.floor(Date.now() / 1_000);
const push = (timestamp: number, createTime = timestamp, ticket = `ticket@@@${randomText(80)}`) =>
  send(app.base, makePush(app.keys, ticketXml(app.keys, ticket, createTime), { timestamp }));
const clock = async () =>
  ((await (await request(`${app.management}/health/ready`)).body.json()) as { checks: { clock: Record<string, unknown> } }).checks
    .clock;
const states = async () => (await app.query<{ state: string }>('SELECT state FROM f_wechat_event')).map((row) => row.state);

describe('a clock of ours that is far off', () => {
  it('is seen by the pushes and said, instead of all of them becoming stale in silence', async () => {
    expect((await clock())['status']).toBe('up');
    // By our clock all of WeChat's pushes were signed two days ago.
    expect(await push(nowS() - 2 * 86_400)).toEqual(SUCCESS);
    expect(await states()).toEqual(['stale']);
    expect(await clock()).toMatchObject({ status: 'degraded', behind_wechat_s: expect.toSatisfy((s: number) => s < -172_000) });
    const metrics = await (await request(`${app.management}/metrics`)).body.text();
    expect(metrics).toMatch(/wxplane_clock_offset_seconds\{against="wechat"\} -1728\d\d/);
    expect(await push(nowS())).toEqual(SUCCESS);
    expect(await clock()).toMatchObject({ status: 'up' });
  });
});

describe('a sender’s time that lies ahead', () => {
  it('a ticket with one does not win over those that come later, and long tickets fit', async () => {
    const [ahead, later] = [`ticket@@@${'A'.repeat(4_000)}`, `ticket@@@${randomText(512)}`];
    expect(await push(nowS(), nowS() + 86_400 * 365, ahead)).toEqual(SUCCESS);
    expect(await push(nowS(), nowS() + 1, later)).toEqual(SUCCESS);
    const rows = await app.query<{ ticket: string; pushed_at: Date; late: number }>(
      'SELECT component_verify_ticket AS ticket, pushed_at, pushed_at > UTC_TIMESTAMP() AS late FROM f_wechat_verifyticket ORDER BY pushed_at DESC, ticket_id DESC',
    );
    expect(
      rows.map((row) => app.secrets.open(row.ticket, BINDINGS.ticket(app.keys.componentAppid, row.pushed_at))).slice(0, 2),
    ).toEqual([later, ahead]);
    expect(rows.every((row) => Number(row.late) === 0)).toBe(true);
  });

  it.each([
    ['signed days ahead', () => nowS() + 3 * 86_400],
    ['with more than ten digits, as when digits of a nonce are moved to it', () => Number(`2${nowS()}`)],
  ])('a push %s is kept and not acted on', async (_, at) => {
    const before = (await states()).filter((state) => state === 'stale').length;
    expect(await push(at(), nowS())).toEqual(SUCCESS);
    expect((await states()).filter((state) => state === 'stale')).toHaveLength(before + 1);
  });
});
