import type { DataSource, EntityManager } from 'typeorm';
import { databaseTrouble, isDeadlock } from './errors.js';

export interface RepeatOptions {
  /** Runs at most; default 4. */
  readonly attempts?: number;
  /**
   * The work may take effect twice without harm (`INSERT IGNORE`, `UPDATE … WHERE state = from`). Only then is a transaction repeated
   * whose connection broke during COMMIT: nobody knows whether it took place.
   */
  readonly idempotent?: boolean;
  readonly isolation?: 'READ COMMITTED' | 'REPEATABLE READ';
}

/**
 * Runs `work` in a transaction, and again where that is safe: after a deadlock, after a lock that was not given up, and after a connection
 * that was lost or a statement that was interrupted before COMMIT. In all of these everything was rolled back. `work` may run several times:
 * what it does beside the database must do no harm when it is done twice.
 * @throws the last error; `databaseTrouble` tells what it was.
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
  options: RepeatOptions = {},
): Promise<T> {
  const attempts = options.attempts ?? 4;
  for (let attempt = 1; ; attempt++) {
    const runner = dataSource.createQueryRunner();
    let committing = false;
    try {
      await runner.startTransaction(options.isolation);
      const result = await work(runner.manager);
      committing = true;
      await runner.commitTransaction();
      return result;
    } catch (error) {
      const trouble = databaseTrouble(error);
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => {});
      const cut = trouble === 'unreachable' || trouble === 'interrupted';
      const rolledBack = trouble === 'busy' || trouble === 'read-only' || (cut && !committing);
      const repeatable = rolledBack || (cut && options.idempotent === true);
      if (!repeatable || attempt >= attempts) throw error;
    } finally {
      await runner.release().catch(() => {});
    }
    await apart(attempt);
  }
}

/**
 * Runs one statement that is a transaction of its own, and again after a deadlock or a lock that was not given up: it has changed nothing.
 * @throws the last error
 */
export async function untilNotBusy<T>(statement: () => Promise<T>, attempts = 4): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await statement();
    } catch (error) {
      if (!isDeadlock(error) || attempt >= attempts) throw error;
    }
    await apart(attempt);
  }
}

/** Two that met in a deadlock should not meet again. */
const apart = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, (20 + Math.random() * 80) * attempt ** 2));
