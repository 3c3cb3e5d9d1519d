import type { QueryRunner } from 'typeorm';

export const MIGRATION_TABLE = 'f_wechat_migration';

/**
 * The list of the migrations that have run, made by us: TypeORM would make it in the schema's own character set, which on many servers is
 * latin1. One that an earlier release made so is converted.
 */
export async function prepareMigrationTable(db: QueryRunner): Promise<void> {
  await db.query(
    `CREATE TABLE IF NOT EXISTS ${MIGRATION_TABLE} (
       id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
       timestamp bigint NOT NULL,
       name varchar(255) NOT NULL
     ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4`,
  );
  const [narrow] = await db.query(
    `SELECT 1 FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND TABLE_COLLATION NOT LIKE 'utf8mb4%'`,
    [MIGRATION_TABLE],
  );
  if (narrow) await db.query(`ALTER TABLE ${MIGRATION_TABLE} CONVERT TO CHARACTER SET utf8mb4`);
}
