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
export function deleteInBites(dataSource: DataSource, from: string, parameters: readonly unknown[]): Promise<number> {
  return inBites(dataSource, `DELETE FROM ${from}`, parameters);
}

/**
 * The same for a change of old rows.
 * @param update `UPDATE … SET … WHERE …`, whose condition no row fulfils that was changed
 * @returns how many were changed
 */
export function updateInBites(dataSource: DataSource, update: string, parameters: readonly unknown[]): Promise<number> {
  return inBites(dataSource, update, parameters);
}

async function inBites(dataSource: DataSource, statement: string, parameters: readonly unknown[]): Promise<number> {
  let count = 0;
  for (let bite = 0; bite < MOST_BITES; bite += 1) {
    const rows = changedRows(await dataSource.query(`${statement} LIMIT ${BITE}`, [...parameters]));
    count += rows;
    if (rows < BITE) break;
  }
  return count;
}
