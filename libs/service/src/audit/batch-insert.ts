import type { DataSource } from 'typeorm';
import { isOfTheData } from '#persistence';

type Value = string | number | Date | null;

/** A text as its column can hold it: one caller's overlong word must not keep a whole batch from being written. */
export function cut(text: string | undefined, width: number): string | null {
  if (text === undefined) return null;
  return text.length > width ? [...text].slice(0, width).join('') : text;
}

/**
 * Writes rows in one statement. If the data of one of them is refused, they are written one by one and only that one is dropped.
 *
 * @param into table and columns: `t (a, b)`
 * @param onRefused told of each dropped row
 * @throws what a repetition may heal: no connection, a deadlock
 */
export async function insertRows(
  dataSource: DataSource,
  into: string,
  rows: readonly (readonly Value[])[],
  onRefused: (error: unknown) => void,
): Promise<void> {
  const write = (some: readonly (readonly Value[])[]) =>
    dataSource.query(
      `INSERT INTO ${into} VALUES ${some.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ')}`,
      some.flat(),
    );
  try {
    await write(rows);
  } catch (error) {
    if (!isOfTheData(error)) throw error;
    if (rows.length === 1) return onRefused(error);
    for (const row of rows) await insertRows(dataSource, into, [row], onRefused);
  }
}
