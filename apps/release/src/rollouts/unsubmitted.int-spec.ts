import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventEntity, ReleaseEntity, ReleaseHistoryEntity } from '#persistence';
import { Ticker } from '#service';
import { eventually } from '../../../../test/support/eventually.js';
import { ReleaseWorld } from '../../testing/release-world.js';
import { RolloutsOf } from '../../testing/rollouts.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { RolloutView } from './rollout-views.dto.js';

describe('releases that reviewers do not have yet', () => {
  let world: ReleaseWorld;
  let rollouts: RolloutsOf;
  let template: number;
  let apps: [string, string, string];
  let first: number;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    rollouts = new RolloutsOf(world);
    template = await world.template({ user_version: '6.0.0' });
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: 10_000, submit_used: 0 });
  });
  afterAll(() => world?.stop());

  // A paused rollout whose code is not committed yet: nothing is due.
  beforeEach(async () => {
    apps = (await world.authorize(3)) as [string, string, string];
    await world.sandbox.control('/faults', {
      path: '/wxa/commit',
      action: 'body',
      body: '{"errcode":-1,"errmsg":"busy"}',
      times: 0,
    });
    first = (await rollouts.start(spec({}))).rollout_id;
    await expect.poll(async () => (await releases()).map((row) => row.lastError !== null)).toEqual([true, true, true]);
    await world.ok(`/v1/rollouts/${first}/pause`, {});
    await world.database.dataSource.query(
      'UPDATE f_wechat_submitaudit SET next_check_at = UTC_TIMESTAMP(3) WHERE rollout_id = ?',
      [first],
    );
    await expect.poll(async () => (await releases()).map((row) => row.nextCheckAt)).toEqual([null, null, null]);
    // The runner's own statements would wait for the same rows, and what is killed below before them: no more turns, and the present one over.
    await world.database.dataSource.query(
      'UPDATE f_wechat_rollout SET next_check_at = UTC_TIMESTAMP(3) + INTERVAL 1 DAY WHERE rollout_id = ?',
      [first],
    );
    await Promise.all([...Ticker.running].map((ticker) => ticker.tick()));
    await world.sandbox.control('/faults', undefined, 'DELETE');
  });

  const spec = (more: Record<string, unknown>) => ({
    name: 'spring',
    targets: { list: apps },
    template_id: template,
    user_version: '6.0.0',
    user_desc: 'rollout',
    options: { per_minute: 100_000 },
    ...more,
  });
  const releases = () =>
    world.database.dataSource.getRepository(ReleaseEntity).find({ where: { rolloutId: first }, order: { releaseId: 'ASC' } });
  const states = async () => (await releases()).map((row) => row.state);
  const targets = async () => (await rollouts.targets(first)).map((target) => target.state);

  /** Does it while the row of the second release is locked; its connection is killed while it waits for that. */
  async function killed<T>(work: () => Promise<T>, meanwhile: () => Promise<void>): Promise<T> {
    const { dataSource } = world.database;
    const holder = dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT * FROM f_wechat_submitaudit WHERE submitaudit_id = ? FOR UPDATE', [
      (await releases())[1]?.releaseId,
    ]);
    // Of the statement that gives them up alone: others lock releases for a moment as well.
    const waiting = () =>
      eventually('the statement that gives them up to wait', async () => {
        const found: { id: string }[] = await dataSource.query(
          `SELECT id FROM information_schema.PROCESSLIST
          WHERE db = ? AND id <> CONNECTION_ID() AND command = 'Query'
            AND info LIKE '%f_wechat_submitaudit%scanning%FOR UPDATE'`,
          [world.database.schema],
        );
        return found[0]?.id;
      });
    const outcome = work();
    try {
      await waiting();
      await meanwhile();
      await dataSource.query(`KILL ${await waiting()}`);
      await meanwhile();
    } finally {
      await holder.rollbackTransaction();
      await holder.release();
    }
    return outcome;
  }

  it('are taken over together with their targets or not at all, also when that is killed half-way', async () => {
    const fix = spec({ name: 'hotfix', user_version: '6.0.1', take_over: true });
    const { hash } = (await rollouts.preview(fix)).body;
    const start = () => world.call<RolloutView>(world.component('/rollouts'), { ...fix, preview_hash: hash });
    const { status, body: second } = await killed(start, async () => {
      const all = await world.ok<{ items: RolloutView[] }>(world.component('/rollouts'));
      expect(all.items.filter((rollout) => rollout.name === 'hotfix')).toEqual([]);
      expect(await states()).toEqual(['created', 'created', 'created']);
    });
    expect(status).toBe(201);
    // When the answer is there, so is all of it.
    expect(await states()).toEqual(['stopped', 'stopped', 'stopped']);
    expect((await releases()).map((row) => JSON.parse(row.waiting ?? '{}') as unknown)).toEqual(
      Array.from({ length: 3 }, () => ({ code: 'taken-over', reason: expect.stringContaining(`Rollout ${second.rollout_id}`) })),
    );
    await world.ok(`/v1/rollouts/${second.rollout_id}/abort`, {});
  });

  it('are stopped with the abort of their rollout or not at all; each is remembered, and told to subscribers', async () => {
    const { status } = await killed(
      () => world.call<RolloutView>(`/v1/rollouts/${first}/abort`, {}),
      async () => {
        expect((await world.ok<RolloutView>(`/v1/rollouts/${first}`)).state).toBe('paused');
        expect(await states()).toEqual(['created', 'created', 'created']);
      },
    );
    expect(status).toBe(200);
    const stopped = await releases();
    expect(stopped.map((row) => [row.state, row.status, row.isRelease, row.nextCheckAt])).toEqual(
      Array.from({ length: 3 }, () => ['stopped', 4, 0, null]),
    );
    const { dataSource } = world.database;
    for (const { releaseId, authorizerAppid } of stopped) {
      const history = await dataSource
        .getRepository(ReleaseHistoryEntity)
        .find({ where: { releaseId }, order: { historyId: 'ASC' } });
      expect(history.at(-1)).toMatchObject({
        fromState: 'created',
        toState: 'stopped',
        cause: 'rollout.abort',
        detail: { reason: 'The rollout was aborted.' },
      });
      const told = await dataSource.getRepository(EventEntity).findBy({ authorizerAppid, family: 'wxplane' });
      expect(told.map((event) => event.kind)).toEqual(['wxplane.release_stopped']);
    }
    await expect.poll(targets).toEqual(['skipped', 'skipped', 'skipped']);
    expect((await rollouts.targets(first))[0]?.reason).toMatchObject({ code: 'aborted' });
  });
});
