import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { cut, insertRows } from './batch-insert.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.dataSource.query('CREATE TABLE t (a varchar(4) NOT NULL, b int)');
});
afterAll(() => database?.drop());

describe('insertRows', () => {
  it('drops only the row whose data the database refuses', async () => {
    const refused: unknown[] = [];
    await insertRows(
      database.dataSource,
      't (a, b)',
      [
        ['one', 1],
        ['far too long', 2],
        [null, 3],
        ['four', 4],
      ],
      (error) => refused.push(error),
    );
    expect(await database.dataSource.query('SELECT a FROM t ORDER BY b')).toEqual([{ a: 'one' }, { a: 'four' }]);
    expect(refused).toHaveLength(2);
  });

  it('throws what a repetition may heal', async () => {
    await expect(insertRows(database.dataSource, 'missing (a)', [['x']], () => {})).rejects.toMatchObject({
      code: 'ER_NO_SUCH_TABLE',
    });
  });
});

describe('cut', () => {
  it('counts characters as the database does, and keeps nothing as nothing', () => {
    expect(cut('😀😀😀', 2)).toBe('😀😀');
    expect(cut('ab', 2)).toBe('ab');
    expect(cut(undefined, 2)).toBeNull();
  });
});
