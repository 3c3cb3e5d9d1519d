import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MiniProgramEntity, ReleaseEntity } from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import type { VersionsView } from '../settings/settings.dto.js';

describe('rolling back', () => {
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
    await world.sandbox.control('/faults', undefined, 'DELETE');
  });

  const of = (path: string) => world.component(`/authorizers/${app}${path}`);
  const online = async (version: string) => {
    const policy = { submit: 'auto', publish: 'auto' };
    const { release_id } = await world.create(app, template, { user_version: version, policy });
    await world.until(release_id, (release) => release.state === 'released');
    return release_id;
  };

  it('does not roll back again after a crash: it looks first', async () => {
    await online('1.0.0');
    await online('1.1.0');
    const rows = world.database.dataSource.getRepository(MiniProgramEntity);
    const before = async () => {
      const { online: now } = await world.ok<VersionsView>(of('/versions'));
      return JSON.stringify({ version: now?.version, time: Date.parse(String(now?.at)) / 1_000 });
    };
    // The process ended between the call and its record: the rollback has happened, and nobody knows.
    const rollbackFrom = await before();
    await world.ok(of('/rollback'), {});
    const [second] = await world.database.dataSource
      .getRepository(ReleaseEntity)
      .findBy({ authorizerAppid: app, state: 'reverted' });
    await world.database.dataSource
      .getRepository(ReleaseEntity)
      .update({ releaseId: second?.releaseId as number }, { state: 'released' });
    await rows.update({ authorizerAppid: app }, { rollbackAt: new Date(), rollbackFrom });
    const answer = await world.ok<VersionsView>(of('/rollback'), {});
    expect(answer.online?.version).toBe('1.0.0');
    expect(await world.sandbox.calls('/wxa/revertcoderelease', app)).toBe(1);
    expect((await world.release(second?.releaseId as number)).state).toBe('reverted');
    expect(await rows.findOneBy({ authorizerAppid: app })).toMatchObject({ rollbackAt: null, releasedVersion: '1.0.0' });
  });

  it('settles by itself what a crash left behind, and lets a rollback that never happened be asked again', async () => {
    await online('1.0.0');
    const release_id = await online('1.1.0');
    const rows = world.database.dataSource.getRepository(MiniProgramEntity);
    const { online: now } = await world.ok<VersionsView>(of('/versions'));
    const rollbackFrom = JSON.stringify({ version: now?.version, time: Date.parse(String(now?.at)) / 1_000 });
    await rows.update({ authorizerAppid: app }, { rollbackAt: new Date(), rollbackFrom });
    expect((await world.call(of('/rollback'), {})).status).toBe(409);
    expect(await world.sandbox.calls('/wxa/revertcoderelease', app)).toBe(0);
    // The poller looks when the outcome is final.
    await expect.poll(async () => (await rows.findOneBy({ authorizerAppid: app }))?.rollbackAt).toBeNull();
    expect((await world.release(release_id)).state).toBe('released');
    expect((await world.ok<VersionsView>(of('/rollback'), {})).online?.version).toBe('1.0.0');
  });
});
