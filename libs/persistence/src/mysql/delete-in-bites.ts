import type { DataSource } from 'typeorm';
import { changedRows } from './errors.js';

/** Rows of one bite. */
const BITE = 5_000;
/** Bites of one call; what is left is the next call's. */
const MOST_BITES = 1_000;

/**
 * Deletes rows that match, in small bites: one long lock would stop those who write the table meanwhile. For old rows, which only grow older.
 * @param from table and condition: `f_wechat_call WHERE at < UTC_TIMESTAMP(3) - INTERVAL ? DAY`
 * @returns how many were deleted
 */
export async function deleteInBites(dataSource: DataSource, from: string, parameters: readonly unknown[]): Promise<number> {
  let count = 0;
  for (let bite = 0; bite < MOST_BITES; bite += 1) {
    const gone = changedRows(await dataSource.query(`DELETE FROM ${from} LIMIT ${BITE}`, [...parameters]));
    count += gone;
    if (gone < BITE) break;
  }
  return count;
}
