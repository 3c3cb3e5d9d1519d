import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEALED_COLUMNS, SecretBox } from '#persistence';
import { eventually } from '../../../../test/support/eventually.js';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { ReleasePage } from '../releases/api/release.dto.js';
import type { RolloutPage, RolloutPreview, RolloutView } from '../rollouts/rollout-views.dto.js';

let world: ReleaseWorld;
let apps: string[];
let template: number;
const query = <T>(sql: string, values: unknown[] = []) => world.database.dataSource.query<T[]>(sql, values);

beforeAll(async () => {
  world = await ReleaseWorld.start();
  apps = await world.authorize(4);
  template = await world.template();
});
afterAll(() => world?.stop());

const rollout = async (list: string[]): Promise<RolloutView> => {
  const spec = {
    name: 'sealed',
    targets: { list },
    template_id: template,
    user_version: '2.0.0',
    user_desc: 'all',
    ext_json: { ext: { key: 'MARK-rollout' } },
    audit: { version_desc: 'MARK-login' },
    policy: { submit: 'manual', publish: 'manual' },
    options: { per_minute: 100_000 },
  };
  const { hash } = await world.ok<RolloutPreview>(world.component('/rollouts/preview'), spec);
  return world.ok<RolloutView>(world.component('/rollouts'), { ...spec, preview_hash: hash });
};
/** Where in the database a text stands. */
const columnsWith = async (text: string): Promise<string[]> => {
  const found: string[] = [];
  const columns = await query<{ t: string; c: string }>(
    `SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND DATA_TYPE IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'mediumblob')`,
  );
  for (const { t, c } of columns)
    if ((await query(`SELECT 1 FROM \`${t}\` WHERE INSTR(\`${c}\`, ?) > 0 LIMIT 1`, [text])).length > 0) found.push(`${t}.${c}`);
  return found;
};

describe('what people wrote into releases', () => {
  it('is ciphertext in every row, and comes out as it was for those who may see it', async () => {
    const [app, second, third] = apps as [string, string, string];
    const layer = { variables: { key: 'MARK-layer' }, ext_json: { ext: { key: '{{key}}', own: 'MARK-settings' } } };
    await world.ok(world.component(`/authorizers/${app}/ext-settings`), layer, { method: 'PUT' });
    await world.ok(world.component('/audit-profiles/usual'), { audit: { version_desc: 'MARK-profile' } }, { method: 'PUT' });
    const key = { 'idempotency-key': 'one' };
    const body = { authorizer_appid: app, template_id: template, user_version: '1.0.0', user_desc: 'd', profile: 'usual' };
    const created = await world.call(world.component('/releases'), body, { headers: key });
    expect(created.body.ext_json).toEqual({ ext: { key: 'MARK-layer', own: 'MARK-settings' } });
    expect((await world.call(world.component('/releases'), body, { headers: key })).body).toEqual(created.body);
    const { rollout_id } = await rollout([second, third]);
    await eventually('both are begun', async () => {
      const { counts } = await world.ok<RolloutView>(`/v1/rollouts/${rollout_id}`);
      return counts.running === 2;
    });

    expect(await columnsWith('MARK')).toEqual([]);
    for (const { table, column } of SEALED_COLUMNS.filter(({ formerlyPlain }) => formerlyPlain)) {
      const texts = await query<{ text: string }>(
        `SELECT \`${column}\` AS text FROM \`${table}\` WHERE \`${column}\` IS NOT NULL`,
      );
      if (column !== 'secret_values') expect(texts.length, `${table}.${column}`).toBeGreaterThan(0);
      for (const { text } of texts) expect(text, `${table}.${column}`).toMatch(/^enc:v2:k1:/);
    }
    expect(await world.ok(world.component(`/authorizers/${app}/ext-settings`))).toMatchObject(layer);
    const profiles = await world.ok<{ items: object[] }>(world.component('/audit-profiles'));
    expect(profiles.items).toMatchObject([{ name: 'usual', audit: { version_desc: 'MARK-profile' } }]);
    // Each of many was sealed for its own number.
    const { items } = await world.ok<ReleasePage>(world.component(`/releases?rollout_id=${rollout_id}`));
    expect(items.map(({ ext_json }) => ext_json)).toEqual([{ ext: { key: 'MARK-rollout' } }, { ext: { key: 'MARK-rollout' } }]);
    expect(await world.ok<RolloutView>(`/v1/rollouts/${rollout_id}`)).toMatchObject({ user_version: '2.0.0' });
  });

  it('put into another row is shown to nobody and sent to nobody; lists go on', async () => {
    const app = apps[3]!;
    const [mine, stolen] = [await world.ready(app, template), await world.create(app, template, { user_version: '3.0.0' })];
    await query(
      `UPDATE f_wechat_submitaudit a JOIN f_wechat_submitaudit b ON b.submitaudit_id = ?
          SET a.ext_json = b.ext_json, a.submit_request = b.submit_request WHERE a.submitaudit_id = ?`,
      [mine.release_id, stolen.release_id],
    );
    const { items } = await world.ok<ReleasePage>(world.component(`/releases?authorizer_appid=${app}`));
    expect(items.map(({ release_id, ext_json }) => [release_id, ext_json])).toContainEqual([stolen.release_id, '']);
    await query(`UPDATE f_wechat_submitaudit SET state = 'ready' WHERE submitaudit_id = ?`, [stolen.release_id]);
    const before = await world.sandbox.calls('/wxa/submit_audit');
    const answer = await world.call(`/v1/releases/${stolen.release_id}/submit`, {});
    expect(answer.status).toBe(500);
    expect(await world.sandbox.calls('/wxa/submit_audit')).toBe(before);

    const [one, other] = [await rollout([apps[0]!]), await rollout([apps[1]!])];
    await query(
      'UPDATE f_wechat_rollout a JOIN f_wechat_rollout b ON b.rollout_id = ? SET a.spec = b.spec WHERE a.rollout_id = ?',
      [one.rollout_id, other.rollout_id],
    );
    const rollouts = await world.ok<RolloutPage>(world.component('/rollouts'));
    expect(rollouts.items.find(({ rollout_id }) => rollout_id === other.rollout_id)).toMatchObject({
      user_version: '',
      needs_attention: true,
      reason: { code: 'unreadable' },
    });
    expect(rollouts.items.find(({ rollout_id }) => rollout_id === one.rollout_id)).toMatchObject({ user_version: '2.0.0' });
  });
});

describe('a writer of v1', () => {
  it('writes what the last release reads, and reads what a writer of v2 wrote beside it', async () => {
    const former = await ReleaseWorld.start({ SECRETS_WRITE: 'v1' });
    try {
      const [app] = await former.authorize(1);
      const { release_id } = await former.create(app!, await former.template(), { ext_json: { ext: { key: 'MARK' } } });
      const stored = () =>
        former.database.dataSource.query<{ ext_json: string; component_appid: string }[]>(
          'SELECT * FROM f_wechat_submitaudit WHERE submitaudit_id = ?',
          [release_id],
        );
      const [row] = await stored();
      expect(row?.ext_json).toBe('{"ext":{"key":"MARK"}}');
      const keys = former.env['WXPLANE_ENCRYPTION_KEYS']!.slice('k1:'.length);
      const writer = new SecretBox([{ id: 'k1', key: Buffer.from(keys, 'base64') }]);
      const column = SEALED_COLUMNS.find((sealed) => sealed.column === 'ext_json' && sealed.table === 'f_wechat_submitaudit')!;
      await former.database.dataSource.query('UPDATE f_wechat_submitaudit SET ext_json = ? WHERE submitaudit_id = ?', [
        writer.seal('{"ext":{"key":"newer"}}', column.bindingOf(row!)),
        release_id,
      ]);
      expect((await former.release(release_id)).ext_json).toEqual({ ext: { key: 'newer' } });
      expect(row?.component_appid).toBe(COMPONENT);
    } finally {
      await former.stop();
    }
  }, 180_000);
});
