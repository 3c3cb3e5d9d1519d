import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.js';
import { changed, changedRows, isDeadlock, isDuplicate, isOfTheData, isOfTheSchema } from '../index.js';

let database: TestDatabase;
const run = (sql: string) => database.dataSource.query(sql);
const failureOf = (sql: string): Promise<unknown> =>
  run(sql).then(
    () => expect.unreachable(`${sql} did not fail`),
    (error: unknown) => error,
  );

beforeAll(async () => {
  database = await createTestDatabase();
  await run('CREATE TABLE t (id int PRIMARY KEY, name varchar(4) NOT NULL, at datetime) ENGINE = InnoDB');
  await run(`INSERT INTO t VALUES (1, 'one', NULL), (2, 'two', NULL)`);
});
afterAll(() => database?.drop());

describe('what the database says when it refuses', () => {
  it.each([
    ['a text that is too long', `INSERT INTO t VALUES (3, 'far too long', NULL)`],
    ['nothing where something must be', 'INSERT INTO t VALUES (3, NULL, NULL)'],
    ['a word for a number', `INSERT INTO t VALUES ('x', 'one', NULL)`],
    ['a day that does not exist', `INSERT INTO t VALUES (3, 'one', '2026-02-31')`],
    ['a number out of range', `INSERT INTO t VALUES (99999999999, 'one', NULL)`],
    ['bytes that are no text', `INSERT INTO t VALUES (3, X'C328', NULL)`],
  ])('%s is of the data', async (_, sql) => {
    const failure = await failureOf(sql);
    expect([isOfTheData(failure), isDuplicate(failure), isDeadlock(failure), isOfTheSchema(failure)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('a second row of a unique key is a duplicate, and of the data: another try is refused again', async () => {
    const failure = await failureOf(`INSERT INTO t VALUES (1, 'one', NULL)`);
    expect([isDuplicate(failure), isOfTheData(failure), isDeadlock(failure)]).toEqual([true, true, false]);
  });

  it.each(['SELECT 1 FROM missing', 'SELECT missing FROM t'])('%s is of the schema', async (sql) => {
    const failure = await failureOf(sql);
    expect([isOfTheSchema(failure), isOfTheData(failure)]).toEqual([true, false]);
  });

  it('two that wait for each other are a deadlock: one of them is told so', async () => {
    const [one, two] = [database.dataSource.createQueryRunner(), database.dataSource.createQueryRunner()];
    try {
      await Promise.all([one.startTransaction(), two.startTransaction()]);
      await one.query(`UPDATE t SET name = 'a' WHERE id = 1`);
      await two.query(`UPDATE t SET name = 'b' WHERE id = 2`);
      const outcomes = await Promise.allSettled([
        one.query(`UPDATE t SET name = 'a' WHERE id = 2`),
        two.query(`UPDATE t SET name = 'b' WHERE id = 1`),
      ]);
      const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
      expect(failures.map((failure) => [isDeadlock(failure), isOfTheData(failure)])).toEqual([[true, false]]);
    } finally {
      for (const runner of [one, two]) {
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => {});
        await runner.release();
      }
    }
  });

  it('anything else is none of these', () => {
    for (const other of [new Error('x'), undefined, 'text', Object.assign(new Error('x'), { code: 'ECONNRESET' })])
      expect([isDuplicate(other), isDeadlock(other), isOfTheData(other), isOfTheSchema(other)]).not.toContain(true);
  });
});

describe('what the database says when it did as it was told', () => {
  it('a row that was so already counts as written, one that was not found does not', async () => {
    await run(`UPDATE t SET name = 'same' WHERE id = 1`);
    expect(changed(await run(`UPDATE t SET name = 'same' WHERE id = 1`))).toBe(true);
    expect(changed(await run(`UPDATE t SET name = 'same' WHERE id = 77`))).toBe(false);
    expect(changed(await run(`INSERT IGNORE INTO t VALUES (1, 'new', NULL)`))).toBe(false);
    expect(changedRows(await run(`UPDATE t SET name = 'all'`))).toBe(2);
  });
});
