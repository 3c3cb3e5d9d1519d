import type { QueryRunner } from 'typeorm';

/*
 * MySQL commits each DDL statement on its own, so a migration that was killed half-way is run again from its first line.
 * These helpers make each statement repeatable, in the common subset of MySQL 8 and MariaDB 10.11.
 */

export async function tableExists(db: QueryRunner, table: string): Promise<boolean> {
  const rows = await db.query('SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?', [
    table,
  ]);
  return rows.length > 0;
}

async function columnExists(db: QueryRunner, table: string, column: string): Promise<boolean> {
  const rows = await db.query(
    'SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?',
    [table, column],
  );
  return rows.length > 0;
}

async function indexExists(db: QueryRunner, table: string, index: string): Promise<boolean> {
  const rows = await db.query(
    'SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = ? LIMIT 1',
    [table, index],
  );
  return rows.length > 0;
}

/** Adds the columns that are not there yet. */
export async function addColumns(db: QueryRunner, table: string, columns: Record<string, string>): Promise<void> {
  const missing: string[] = [];
  for (const [column, definition] of Object.entries(columns)) {
    if (!(await columnExists(db, table, column))) missing.push(`ADD COLUMN \`${column}\` ${definition}`);
  }
  if (missing.length > 0) await db.query(`ALTER TABLE \`${table}\` ${missing.join(', ')}`);
}

/** @param kind for example `UNIQUE KEY` or `KEY`. */
export async function addIndex(
  db: QueryRunner,
  table: string,
  kind: 'KEY' | 'UNIQUE KEY',
  name: string,
  columns: string,
): Promise<void> {
  if (!(await indexExists(db, table, name))) await db.query(`ALTER TABLE \`${table}\` ADD ${kind} \`${name}\` (${columns})`);
}

/** An older database may hold `0000-00-00` dates or another character set; neither may stop the take-over. */
export async function relaxDates(db: QueryRunner): Promise<void> {
  await db.query(`SET SESSION sql_mode = REPLACE(REPLACE(@@sql_mode, 'NO_ZERO_DATE', ''), 'NO_ZERO_IN_DATE', '')`);
}
