import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** Violations that WeChat has recorded, with what was online when we heard of them. */
export class Violations1700000000172 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_violation (
  violation_id bigint unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL,
  record_id varchar(64) NOT NULL COMMENT 'WeChat''s illegal_record_id',
  at datetime(3) NOT NULL,
  reason text DEFAULT NULL,
  content text DEFAULT NULL,
  rule_name varchar(255) DEFAULT NULL,
  rule_url varchar(255) DEFAULT NULL,
  template_id int DEFAULT NULL COMMENT 'of what was online then, if it was put there from here',
  version varchar(64) DEFAULT NULL,
  source varchar(16) NOT NULL COMMENT 'event | reading',
  seen_at datetime(3) NOT NULL,
  PRIMARY KEY (violation_id),
  UNIQUE KEY ux_violation (component_appid, authorizer_appid, record_id),
  KEY ix_violation_at (component_appid, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='violations of mini programs'`);
    await addColumns(db, 'f_wechat_miniprogram', { violations_read_at: `datetime(3) DEFAULT NULL` });
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
