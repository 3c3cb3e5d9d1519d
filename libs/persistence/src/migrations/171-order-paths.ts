import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** What became of each mini program's order path; whose money WeChat holds until shipments are reported. */
export class OrderPaths1700000000171 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_orderpath (
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL,
  path varchar(255) NOT NULL,
  state varchar(16) NOT NULL COMMENT 'asked | busy | bad-appid | in-audit | rejected | approved | refused | unclear',
  audit_id varchar(32) DEFAULT NULL,
  reason varchar(1024) DEFAULT NULL,
  client_id varchar(32) DEFAULT NULL,
  asked_at datetime(3) NOT NULL,
  told_at datetime(3) DEFAULT NULL COMMENT 'by WeChat''s clock: when it said what became of it',
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (component_appid, authorizer_appid),
  KEY ix_orderpath_state (component_appid, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='order centre paths, the newest of each'`);
    await addColumns(db, 'f_wechat_miniprogram', {
      trade_managed: `tinyint DEFAULT NULL COMMENT '1: WeChat holds buyers'' money until shipments are reported; NULL: not known'`,
      trade_read_at: `datetime(3) DEFAULT NULL`,
      trade_reminder: `varchar(64) DEFAULT NULL COMMENT 'the newest reminder to report shipments'`,
      trade_reminded_at: `datetime(3) DEFAULT NULL`,
    });
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
