import type { DataSource } from 'typeorm';
import { SEALED_COLUMNS } from '#persistence';

export interface StoredKey {
  readonly table: string;
  readonly column: string;
  readonly purpose: string;
  /** `''`: plain text, from an older system. */
  readonly keyId: string;
  readonly count: number;
  /** One of the values, sealed as it is. */
  readonly sample: string;
}

/**
 * Under which keys the stored secrets are, column by column.
 * @param inboxRows the inbox may be large: look only at so many of its oldest and of its newest rows. Default: at all
 */
export async function storedKeys(db: DataSource, inboxRows?: number): Promise<StoredKey[]> {
  const found: StoredKey[] = [];
  for (const { table, column, id, purpose } of SEALED_COLUMNS) {
    const ends = (order: string) =>
      `(SELECT \`${id}\`, \`${column}\` FROM \`${table}\` ORDER BY \`${id}\` ${order} LIMIT ${inboxRows})`;
    const source =
      table === 'f_wechat_event' && inboxRows !== undefined
        ? `(SELECT * FROM ${ends('ASC')} AS a UNION SELECT * FROM ${ends('DESC')} AS b) AS t`
        : `\`${table}\` AS t`;
    const rows: { key_id: string; n: string | number; sample: string }[] = await db.query(
      `SELECT IF(LEFT(\`${column}\`, 7) = 'enc:v1:', SUBSTRING_INDEX(SUBSTRING_INDEX(LEFT(\`${column}\`, 64), ':', 3), ':', -1), '') AS key_id,
              COUNT(*) AS n, MIN(\`${column}\`) AS sample
         FROM ${source} WHERE \`${column}\` IS NOT NULL AND \`${column}\` <> '' GROUP BY key_id`,
    );
    for (const { key_id, n, sample } of rows) found.push({ table, column, purpose, keyId: key_id, count: Number(n), sample });
  }
  return found;
}
