import type { DataSource, QueryRunner } from 'typeorm';

/**
 * Runs `work` while this process holds a lock of that name in this schema, and no other one does. The lock is its connection's: it is gone
 * with a process that is killed.
 * @param name at most 40 characters; the schema's name is added
 * @param work gets the connection that holds the lock; others of the pool are free
 * @returns what `work` answered; `undefined`: somebody else holds the lock
 */
export async function withNamedLock<T>(
  dataSource: DataSource,
  name: string,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<{ readonly done: T } | undefined> {
  const runner = dataSource.createQueryRunner();
  try {
    const [row] = await runner.query('SELECT GET_LOCK(LEFT(CONCAT(?, DATABASE()), 64), 0) AS held', [name]);
    if (Number(row.held) !== 1) return undefined;
    try {
      return { done: await work(runner) };
    } finally {
      await runner.query('SELECT RELEASE_LOCK(LEFT(CONCAT(?, DATABASE()), 64))', [name]).catch(() => {});
    }
  } finally {
    await runner.release();
  }
}
