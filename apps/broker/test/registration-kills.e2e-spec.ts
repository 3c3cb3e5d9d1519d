import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { Rig } from '../testing/rig.js';

/** More than a build server has time for: `WXPLANE_KILLS=100`. */
const KILLS = Number(process.env['WXPLANE_KILLS'] ?? 4);
const REPLICAS = 2;

interface Registration {
  readonly registration_id: string;
  readonly state: string;
  readonly authorizer_appid: string | null;
}
interface Task {
  readonly id: string;
  readonly subject: string;
  readonly stage: string;
  readonly appid: string | null;
  readonly ends_at_ms: number;
}

let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start({ brokers: REPLICAS, settings: { fast_register_s: 0, write_ms: 0 } });
  // WeChat has done it, and its answer is on the way: that is when a kill hurts.
  for (const path of ['/wxa/component/fastregisterenterpriseweapp', '/cgi-bin/component/api_query_auth'])
    await rig.control.post('/faults', { path, action: 'delay', after: true, delay_ms: 300, times: 0 });
});
afterAll(() => rig?.stop());

const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');
const registrations = () => `${rig.path()}/registrations`;
const tasksOf = async (code: string): Promise<Task[]> =>
  (await rig.control.get<{ registrations: Task[] }>('/registrations?limit=10000')).registrations.filter(
    ({ subject }) => subject === code,
  );

/** Nobody's call is under way that may have begun it. */
const isOld = ({ ends_at_ms }: Task) => ends_at_ms - 24 * 3_600_000 < Date.now() - 5_000;

/** What a killed replica does not answer is asked of another one. */
const persist = <T>(what: string, ask: (broker: number) => Promise<T | undefined | false>) =>
  eventually(what, () => ask(randomInt(REPLICAS)), 240_000);

/** A merchant's company, from the request to the token, wherever somebody is alive. */
async function register(): Promise<string> {
  const code = `91440101${digits(10)}`;
  const body = { way: 'enterprise', name: `广州${code.slice(8)}贸易有限公司`, code, component_phone: '02000000000' };
  const id = await persist('the registration', async (broker) => {
    const answer = await rig.api<Registration>(registrations(), { method: 'POST', body, broker });
    return answer.status === 201 && answer.body.registration_id;
  });
  // A task that nobody was shown is still open at WeChat: it ends there after a day, which nobody waits for here.
  await persist('a person to be asked', async (broker) => {
    const { body: now } = await rig.api<Registration>(`${registrations()}/${id}`, { broker });
    if (now.state === 'waiting') return true;
    const [row] = await rig.database.query(
      'SELECT task_id, errcode, attempted_at FROM f_wechat_registration WHERE registration_id = ?',
      [id],
    );
    const orphan = (await tasksOf(code)).find((task) => task.stage === 'made' && task.id !== row.task_id && isOld(task));
    if (orphan && row.errcode === 89249 && row.attempted_at === null)
      await rig.control.post(`/registrations/${orphan.id}/act`, { act: 'time-out' });
    await rig.database.query(
      `UPDATE f_wechat_registration SET attempted_at = attempted_at - INTERVAL 61 SECOND, next_at = UTC_TIMESTAMP(3)
        WHERE registration_id = ? AND state = 'preparing' AND (attempted_at IS NULL OR attempted_at < UTC_TIMESTAMP(3) - INTERVAL 3 SECOND)`,
      [id],
    );
    return false;
  });
  const [{ task_id }] = await rig.database.query('SELECT task_id FROM f_wechat_registration WHERE registration_id = ?', [id]);
  await rig.control.post(`/registrations/${task_id}/act`, { act: 'finish' });
  const { appid } = await eventually('WeChat to make it', async () => (await tasksOf(code)).find((task) => task.appid));
  const xml = await eventually('its push', () =>
    rig.lastPush(rig.components[0]!.component_appid, 'notify_third_fasteregister', appid!),
  );
  await rig.deliver(xml);
  await persist(`${appid} to be registered`, async (broker) => {
    const { body: now } = await rig.api<Registration>(`${registrations()}/${id}`, { broker });
    return now.state === 'done' && now.authorizer_appid === appid;
  });
  // One registration, one app: what was sent twice had been shown to nobody.
  expect((await tasksOf(code)).filter(({ stage }) => stage === 'created')).toHaveLength(1);
  return appid!;
}

describe('kill -9 between the intent and the answer', () => {
  it(`${KILLS} times: each registration comes to its end once, with tokens`, async () => {
    let running = true;
    const made: string[] = [];
    const working = async () => {
      while (running) made.push(await register());
    };
    const killing = async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep(500 + randomInt(1_500));
        const victim = rig.brokers[kill % REPLICAS]!;
        await victim.child.kill();
        await victim.start();
      }
      running = false;
    };
    await Promise.all([working(), working(), killing()]);
    expect(made.length).toBeGreaterThanOrEqual(2);
    for (const appid of made)
      await persist(`a living token of ${appid}`, async (broker) => {
        const { status, body } = await rig.token(appid, { broker });
        return status === 200 && (await rig.liveness(body.access_token)) === 'live';
      });
  }, 1_200_000);
});
