import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Filters of mini programs that are kept by name. */
export class Selections1700000000222 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_selection (
  component_appid varchar(64) NOT NULL,
  name varchar(64) NOT NULL,
  targets mediumtext NOT NULL COMMENT 'JSON: as in a rollout',
  written_by varchar(128) NOT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (component_appid, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='targets of rollouts that are kept by name'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
