import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegistrationWorld } from '../../testing/registration-world.js';
import type { RegistrationView } from './registrations.dto.js';

/* Two replicas at the same moment. */

const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');
const company = () => {
  const code = `91440101${digits(10)}`;
  return { way: 'enterprise', name: `广州${code.slice(8)}贸易有限公司`, code, component_phone: '02000000000' };
};

describe('two replicas', () => {
  let world: RegistrationWorld;
  beforeAll(async () => {
    world = await RegistrationWorld.start(2);
  });
  afterAll(() => world?.stop());

  /** Tasks that WeChat made for a company. */
  const tasksOf = async (code: string) =>
    (await world.control.get<{ registrations: { id: string; subject: string }[] }>('/registrations')).registrations.filter(
      ({ subject }) => subject === code,
    );

  it('that are asked for the same at once begin it once', async () => {
    const asked = company();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        world.api<RegistrationView>('POST', '/registrations', asked, { broker: index % 2 }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    expect(new Set(answers.map(({ body }) => body.registration_id)).size).toBe(1);
    expect(await tasksOf(asked.code)).toHaveLength(1);
  });

  it('that look at the same one at once begin it again once', async () => {
    const asked = company();
    await world.control.post('/faults', {
      path: '/wxa/component/fastregisterenterpriseweapp',
      action: 'errcode',
      errcode: 45011,
    });
    const { registration_id: id } = await world.register(asked);
    await Promise.all([world.look(id, 0), world.look(id, 1), world.look(id, 0), world.look(id, 1)]);
    await world.comesTo(id, 'waiting');
    expect(await tasksOf(asked.code)).toHaveLength(1);
  });

  it('that get the same push at once settle it once, beside a poller', async () => {
    world.delivers = false;
    const { registration_id: id } = await world.register(company());
    await world.act(await world.task(id), 'finish');
    const push = await world.pushed('notify_third_fasteregister');
    await Promise.all([world.deliver(push, 0), world.deliver(push, 1), world.look(id, 0), world.look(id, 1)]);
    const done = await world.comesTo(id, 'done');
    expect(done.history.map(({ to }) => to)).toEqual(['preparing', 'waiting', 'created', 'done']);
    expect(await world.announced(id)).toEqual(['waiting', 'created', 'done']);
    world.delivers = true;
  });

  it('renew it once', async () => {
    const { registration_id: id } = await world.register(company());
    await world.act(await world.task(id), 'refuse');
    await world.comesTo(id, 'failed');
    const answers = await Promise.all(
      [0, 1, 0, 1].map((broker) => world.api('POST', `/registrations/${id}/renew`, undefined, { broker })),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    const after = await world.comesTo(id, 'waiting');
    expect(after.history.filter(({ cause, to }) => cause === 'renew' && to === 'preparing').length).toBe(after.round - 1);
  });
});
