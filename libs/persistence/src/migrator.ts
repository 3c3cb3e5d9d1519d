import { createHash } from 'node:crypto';
import type { DataSource, QueryRunner } from 'typeorm';
import { prepareMigrationTable } from './migration-table.js';
import { changedRows } from './mysql/errors.js';
import { convertOddTables, requireServer } from './tables.js';

/** MySQL 8 allows lock names of 64 characters, and a schema's name alone may have as many. */
const lockName = (schema: string) => `wxplane.migrate.${createHash('sha256').update(schema).digest('hex').slice(0, 32)}`;

export interface MigrationReport {
  /** Names of the migrations that were run now, in order. */
  readonly applied: readonly string[];
  /** Tables that were not stored as they must be, and are now; in words. */
  readonly converted: readonly string[];
  /** Rows of an older system that were assigned to the component, by table. */
  readonly adopted: Readonly<Record<string, number>>;
  /** Rows of an older system that still belong to no component. */
  readonly unassigned: number;
}

/**
 * Brings the schema up to date. Safe to run twice at once: a named lock of the server lets one pass and the others wait.
 *
 * @param legacyComponent the component that rows of an older system belong to (that system knew only one); without it they are left unassigned.
 * @param waitS how long to wait for another migration to end. Default 600.
 */
export async function migrate(dataSource: DataSource, legacyComponent?: string, waitS = 600): Promise<MigrationReport> {
  const lock = dataSource.createQueryRunner();
  await lock.connect();
  try {
    const schema = await currentSchema(lock);
    const [row] = await lock.query('SELECT GET_LOCK(?, ?) AS got', [lockName(schema), waitS]);
    if (Number(row.got) !== 1) throw new Error(`another migration of "${schema}" has been running for more than ${waitS} s`);
    await requireServer(lock);
    const converted = await convertOddTables(lock);
    await prepareMigrationTable(lock);
    const applied = await dataSource.runMigrations({ transaction: 'none' });
    const adopted = legacyComponent ? await adopt(lock, legacyComponent) : {};
    const unassigned = await countUnassigned(lock);
    await lock.query('SELECT RELEASE_LOCK(?)', [lockName(schema)]);
    return { applied: applied.map((migration) => migration.name), converted, adopted, unassigned };
  } finally {
    await lock.release();
  }
}

const SOURCE_TABLES = ['f_wechat_verifyticket', 'f_wechat_refreshtoken', 'f_wechat_submitaudit'] as const;

/** Rows written by an older system know no component: give them the one that system served. */
async function adopt(db: QueryRunner, component: string): Promise<Record<string, number>> {
  const adopted: Record<string, number> = {};
  for (const table of SOURCE_TABLES) {
    // A live refresh token that the component already has from us is newer than the older system's: that one becomes history.
    if (table === 'f_wechat_refreshtoken') {
      await db.query(
        `UPDATE ${table} AS older JOIN ${table} AS ours
            ON ours.component_appid = ? AND ours.authorizer_appid = older.authorizer_appid AND ours.is_cancel = 0
           SET older.is_cancel = 1, older.cancel_reason = 'superseded'
         WHERE older.component_appid = '' AND older.is_cancel = 0`,
        [component],
      );
    }
    const result = await db.query(`UPDATE ${table} SET component_appid = ? WHERE component_appid = ''`, [component]);
    const rows = changedRows(result);
    if (rows > 0) adopted[table] = rows;
  }
  await db.query(
    `INSERT IGNORE INTO f_wechat_authorizer (component_appid, authorizer_appid, state, state_reason, state_at, created_at, updated_at)
     SELECT component_appid, authorizer_appid, 'active', 'taken over from an older system', UTC_TIMESTAMP(3), create_time, UTC_TIMESTAMP(3)
       FROM f_wechat_refreshtoken WHERE component_appid = ? AND is_cancel = 0`,
    [component],
  );
  return adopted;
}

async function countUnassigned(db: QueryRunner): Promise<number> {
  let count = 0;
  for (const table of SOURCE_TABLES) {
    const [row] = await db.query(`SELECT COUNT(*) AS n FROM ${table} WHERE component_appid = ''`);
    count += Number(row.n);
  }
  return count;
}

async function currentSchema(db: QueryRunner): Promise<string> {
  const [row] = await db.query('SELECT DATABASE() AS name');
  return String(row.name);
}
