import type { DataSource } from 'typeorm';
import { type Binding, SEALED_COLUMNS, type SealedColumn, type SealedVersion } from '#persistence';

export interface StoredKey {
  readonly table: string;
  readonly column: string;
  /** `plain`: not encrypted. */
  readonly form: SealedVersion | 'plain';
  /** `''`: plain text. */
  readonly keyId: string;
  readonly count: number;
  /** One of the values as it is stored, and what it is bound to. */
  readonly sample: { readonly stored: string; readonly binding: Binding };
}

/**
 * In which form and under which keys the stored secrets are, column by column.
 * @param endRows of large tables look only at so many of the oldest and of the newest rows. Default: at all
 */
export async function storedKeys(db: DataSource, endRows?: number): Promise<StoredKey[]> {
  const found: StoredKey[] = [];
  for (const sealed of SEALED_COLUMNS) {
    const { table, column, id, large } = sealed;
    const ends = (order: string) =>
      `(SELECT \`${id}\`, \`${column}\` FROM \`${table}\` ORDER BY \`${id}\` ${order} LIMIT ${endRows})`;
    const source =
      large && endRows !== undefined
        ? `(SELECT * FROM ${ends('ASC')} AS a UNION SELECT * FROM ${ends('DESC')} AS b) AS t`
        : `\`${table}\` AS t`;
    const rows: { form: SealedVersion | 'plain'; key_id: string; n: string | number; sample: unknown }[] = await db.query(
      `SELECT CASE LEFT(\`${column}\`, 7) WHEN 'enc:v1:' THEN 'v1' WHEN 'enc:v2:' THEN 'v2' ELSE 'plain' END AS form,
              IF(LEFT(\`${column}\`, 7) IN ('enc:v1:', 'enc:v2:'),
                 SUBSTRING_INDEX(SUBSTRING_INDEX(LEFT(\`${column}\`, 64), ':', 3), ':', -1), '') AS key_id,
              COUNT(*) AS n, MIN(\`${id}\`) AS sample
         FROM ${source} WHERE \`${column}\` IS NOT NULL AND \`${column}\` <> '' GROUP BY form, key_id ORDER BY form, key_id`,
    );
    for (const { form, key_id, n, sample } of rows) {
      const read = await readSample(db, sealed, sample);
      if (read) found.push({ table, column, form, keyId: key_id, count: Number(n), sample: read });
    }
  }
  return found;
}

/** `undefined`: the row went meanwhile. */
async function readSample(db: DataSource, { table, column, id, key, bindingOf }: SealedColumn, row: unknown) {
  const columns = key.map((name) => `\`${name}\``).join(', ');
  const [found] = await db.query(`SELECT \`${column}\` AS stored, ${columns} FROM \`${table}\` WHERE \`${id}\` = ?`, [row]);
  return found?.stored ? { stored: String(found.stored), binding: bindingOf(found) } : undefined;
}
