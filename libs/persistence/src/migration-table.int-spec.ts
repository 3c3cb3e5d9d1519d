import { afterEach, describe, expect, it } from 'vitest';
import { createEmptySchema } from '../testing/database.js';
import { createDataSource } from './data-source.js';
import { migrate } from './migrator.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A schema as many servers make them. */
async function latin1() {
  const schema = await createEmptySchema();
  cleanups.push(() => schema.drop());
  const dataSource = await createDataSource({ url: schema.url }).initialize();
  cleanups.push(() => dataSource.destroy());
  await dataSource.query(`ALTER DATABASE \`${schema.schema}\` CHARACTER SET latin1`);
  const narrow = async () =>
    (
      await dataSource.query(
        `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_COLLATION NOT LIKE 'utf8mb4%'`,
      )
    ).map(({ name }: { name: string }) => name);
  return { dataSource, narrow };
}

describe('a schema that is not utf8mb4', () => {
  it('gets no table in its own character set, that of the migrations included', async () => {
    const { dataSource, narrow } = await latin1();
    await migrate(dataSource);
    expect(await narrow()).toEqual([]);
  });

  it('has the list of its migrations converted, when an earlier release made that', async () => {
    const { dataSource, narrow } = await latin1();
    await migrate(dataSource);
    await dataSource.query('ALTER TABLE f_wechat_migration CONVERT TO CHARACTER SET latin1');
    expect(await narrow()).toEqual(['f_wechat_migration']);
    expect((await migrate(dataSource)).applied).toEqual([]);
    expect(await narrow()).toEqual([]);
  });
});
