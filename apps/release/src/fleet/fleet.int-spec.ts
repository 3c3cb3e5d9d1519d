import { afterAll, beforeAll, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import { extHash, MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import type { RolloutPreview } from '../rollouts/rollout-views.dto.js';
import type { FleetPage, FleetSummary } from './fleet.dto.js';
import { FleetService } from './fleet.service.js';

let world: ReleaseWorld;

beforeAll(async () => {
  world = await ReleaseWorld.start({ RELEASE_INVENTORY_S: '3600' });
  await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0 }, 'PATCH');
});
afterAll(() => world?.stop());

it('finds who runs another template, another ext_json, or what another console has put online', async () => {
  const [same, template, ext, elsewhere, never] = (await world.authorize(5)) as [string, string, string, string, string];
  const [other, wanted] = [await world.template({ user_version: '2.0.0' }), await world.template({ user_version: '2.0.0' })];
  const online = async (app: string, templateId: number, tenant: string, version = '2.0.0') => {
    const { release_id } = await world.create(app, templateId, {
      user_version: version,
      ext_json: { ext: { tenant } },
      policy: { submit: 'auto', publish: 'auto' },
    });
    await world.until(release_id, (release) => release.state === 'released');
  };
  // All of them run 2.0.0, as far as the version tells.
  await online(same, wanted, 'T1');
  await online(template, other, 'T1');
  await online(ext, wanted, 'T2');
  await online(elsewhere, wanted, 'T1', '1.0.0');
  await online(elsewhere, wanted, 'T1');
  const { access_token } = (await (
    await fetch(`${world.around.url}/v1/components/wx00000000000000c1/authorizers/${elsewhere}/token`)
  ).json()) as { access_token: string };
  // Somebody rolls back outside of this platform.
  await world.sandbox.wechat(`/wxa/revertcoderelease?access_token=${access_token}`);
  await world.database.dataSource.query('UPDATE f_wechat_miniprogram SET versions_read_at = NULL');
  await world.service.app.get(FleetService).sweep();

  const find = async (query: string) =>
    (await world.ok<FleetPage>(world.component(`/mini-programs?${query}`))).items.map((item) => item.authorizer_appid).sort();
  expect(await find(`not_template_id=${wanted}`)).toEqual([template, elsewhere, never].sort());
  expect(await find(`not_ext_hash=${extHash('{"ext":{"tenant":"T1"}}')}`)).toEqual([ext, elsewhere, never].sort());
  expect(await find('drift=elsewhere')).toEqual([elsewhere]);
  expect(await find('drift=unknown')).toEqual([never]);
  const { items } = await world.ok<FleetPage>(world.component('/mini-programs'));
  expect(items.find((item) => item.authorizer_appid === elsewhere)).toMatchObject({
    online_version: '1.0.0',
    released_version: '2.0.0',
    online_template_id: null,
    drift: 'elsewhere',
  });
  const summary = await world.ok<FleetSummary>(world.component('/mini-programs/summary'));
  expect(summary).toMatchObject({ total: 5, elsewhere: 1 });

  // A rollout of the same version reaches those that run something else under its name.
  const { body } = await world.call<RolloutPreview>(world.component('/rollouts/preview'), {
    name: 'drift',
    targets: { list: [same, template, ext] },
    template_id: wanted,
    user_version: '2.0.0',
    user_desc: 'first 🙂',
    ext_json: { ext: { tenant: 'T1' } },
  });
  expect(body).toMatchObject({ targets: 3, ready: 2 });
}, 60_000);

it('asks for the quota only those that let us manage their code, and those of whom that is not known', async () => {
  const [first, second, third] = (await world.authorize(3)) as [string, string, string];
  const miniPrograms = world.service.app.get(MiniProgramRepository);
  const set = (sql: string, app: string) =>
    world.database.dataSource.query(`${sql} WHERE component_appid = ? AND authorizer_appid = ?`, [COMPONENT, app]);
  const active = async () =>
    (await miniPrograms.someActive(COMPONENT, 100)).filter((app) => [first, second, third].includes(app));
  await set('DELETE FROM f_wechat_authorizerpermission', first);
  await world.database.dataSource.query('INSERT INTO f_wechat_authorizerpermission VALUES (?, ?, 30)', [COMPONENT, first]);
  await set('DELETE FROM f_wechat_authorizerpermission', second);
  expect(await active()).toEqual([second, third]);
  await set(`UPDATE f_wechat_authorizer SET state = 'cancelled'`, third);
  expect(await active()).toEqual([second]);
});
