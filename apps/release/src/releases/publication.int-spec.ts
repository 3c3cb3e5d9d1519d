import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MiniProgramEntity, ReleaseEntity, ReleaseHistoryEntity } from '#persistence';
import { eventually } from '../../../../test/support/eventually.js';
import { ReleaseWorld } from '../../testing/release-world.js';
import { Publications } from './publications.js';

describe('a publication', () => {
  let world: ReleaseWorld;
  let app: string;
  let template: number;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    template = await world.template({ user_version: '1.0.0' });
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0 }, 'PATCH');
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    [app] = (await world.authorize(1)) as [string];
  });

  const rows = () => world.database.dataSource.getRepository(ReleaseEntity);
  const inventory = () => world.database.dataSource.getRepository(MiniProgramEntity).findOneBy({ authorizerAppid: app });
  const states = async () =>
    (await rows().find({ where: { authorizerAppid: app }, order: { releaseId: 'ASC' } })).map((row) => row.state);
  const begin = async (version: string) => {
    const policy = { submit: 'auto', publish: 'auto' };
    return (await world.create(app, template, { user_version: version, policy })).release_id;
  };
  const online = async (version: string) => {
    const id = await begin(version);
    await world.until(id, (release) => release.state === 'released');
    return id;
  };

  it('is seen as a whole or not at all: when its connection is killed half-way, the former release is still what is online', async () => {
    const former = await online('1.0.0');
    const { dataSource } = world.database;
    // Holds the publication up between its first statement and those that belong to it.
    const holder = dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT * FROM f_wechat_submitaudit WHERE submitaudit_id = ? FOR UPDATE', [former]);
    const next = await begin('1.1.0');
    // What was rolled back, as after a deadlock, begins again: then it is another statement that waits.
    const waiting = () =>
      eventually('the statements of the publication to wait', async () => {
        const found: { id: string }[] = await dataSource.query(
          `SELECT id FROM information_schema.PROCESSLIST
            WHERE db = ? AND id <> CONNECTION_ID() AND command = 'Query' AND info LIKE 'UPDATE%superseded%'`,
          [world.database.schema],
        );
        return found[0]?.id;
      });
    await waiting();
    expect(await states()).toEqual(['released', 'approved']);
    await dataSource.query(`KILL ${await waiting()}`);
    await holder.rollbackTransaction();
    await holder.release();
    await world.until(next, (release) => release.state === 'released');
    expect(await states()).toEqual(['superseded', 'released']);
    expect(await inventory()).toMatchObject({ releasedVersion: '1.1.0' });
    expect(await world.sandbox.calls('/wxa/release', app)).toBe(2);
  });

  it('that a former version left half done, two releases of one mini program online, is finished', async () => {
    const former = await online('1.0.0');
    await online('1.1.0');
    await rows().update({ releaseId: former }, { state: 'released' });
    await world.database.dataSource
      .getRepository(MiniProgramEntity)
      .update({ authorizerAppid: app }, { releasedVersion: '1.0.0' });
    expect(await world.service.app.get(Publications).finish(10)).toBe(1);
    expect(await states()).toEqual(['superseded', 'released']);
    expect(await inventory()).toMatchObject({ releasedVersion: '1.1.0' });
    const history = await world.database.dataSource.getRepository(ReleaseHistoryEntity).findBy({ releaseId: former });
    expect(history.at(-1)).toMatchObject({ toState: 'superseded', cause: 'sweep' });
    expect(await world.service.app.get(Publications).finish(10)).toBe(0);
  });

  it('of which only the inventory was missing is finished, and what is right is left alone', async () => {
    await online('1.0.0');
    await online('1.1.0');
    expect(await world.service.app.get(Publications).finish(10)).toBe(0);
    await world.database.dataSource
      .getRepository(MiniProgramEntity)
      .update({ authorizerAppid: app }, { releasedExtHash: 'another' });
    expect(await world.service.app.get(Publications).finish(10)).toBe(1);
    expect((await inventory())?.releasedExtHash).toMatch(/^[0-9a-f]{64}$/);
    expect(await world.service.app.get(Publications).finish(10)).toBe(0);
  });
});
