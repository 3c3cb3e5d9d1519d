import type { DataSource, QueryRunner } from 'typeorm';

type Asker = Pick<DataSource | QueryRunner, 'query'>;

/** A table of ours that is not stored as it must be. */
export interface OddTable {
  readonly table: string;
  readonly engine: string;
  readonly rowFormat: string;
  /** `engine`: transactions do not hold. `row format`: an index over a text column of utf8mb4 is too long for it. */
  readonly odd: 'engine' | 'row format';
}

/** Tables that another system may have made; ours are made in the server's default format, which is looked at before. */
const SOURCE_TABLES = `'f_wechat_verifyticket', 'f_wechat_refreshtoken', 'f_wechat_submitaudit'`;

/** Tables without transactions, and older systems' tables in formats of MySQL 5.6 and before. */
export async function oddTables(db: Asker): Promise<OddTable[]> {
  const rows: { name: string; engine: string | null; format: string | null }[] = await db.query(
    `SELECT TABLE_NAME AS name, ENGINE AS engine, ROW_FORMAT AS format FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND LEFT(TABLE_NAME, 9) = 'f_wechat_'
        AND (ENGINE <> 'InnoDB' OR (TABLE_NAME IN (${SOURCE_TABLES}) AND ROW_FORMAT IN ('Compact', 'Redundant')))
      ORDER BY TABLE_NAME`,
  );
  return rows.map(({ name, engine, format }) => ({
    table: name,
    engine: engine ?? 'unknown',
    rowFormat: format ?? 'unknown',
    odd: engine === 'InnoDB' ? 'row format' : 'engine',
  }));
}

/**
 * Before anything is touched: what would stop the migrations half-way.
 * @throws Error that says what is wrong and what to do
 */
export async function requireServer(db: Asker): Promise<void> {
  const [server] = await db.query(
    `SELECT @@global.read_only AS read_only, EXISTS (SELECT 1 FROM information_schema.TABLES
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'f_wechat_migration') AS begun`,
  );
  if (Number(server.read_only) === 1)
    throw new Error('the server is read-only: this is a replica, or a demoted primary; point DATABASE_URL to the primary');
  if (Number(server.begun) === 1) return;
  const [format] = await db.query(`SHOW GLOBAL VARIABLES LIKE 'innodb_default_row_format'`);
  if (format && !/^dynamic$/i.test(format.Value))
    throw new Error(
      `the server makes new tables in the row format ${format.Value}, whose indexes are too short; nothing was changed. ` +
        'SET GLOBAL innodb_default_row_format = DYNAMIC (and in its configuration), then run this again',
    );
}

/** Converts them; each conversion happens as a whole, and is seen as done when this runs again. @returns what was converted, for people */
export async function convertOddTables(db: Asker): Promise<string[]> {
  const converted: string[] = [];
  for (const { table, engine, rowFormat } of await oddTables(db)) {
    await db.query(`ALTER TABLE \`${table}\` ENGINE = InnoDB, ROW_FORMAT = DYNAMIC`);
    converted.push(`${table} from ${engine} ${rowFormat} to InnoDB Dynamic`);
  }
  return converted;
}
