import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** Punishments beside violations, and appeals against them. */
export class Appeals1700000000211 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_violation', {
      kind: `varchar(16) NOT NULL DEFAULT 'record' COMMENT 'record | punishment'`,
      punishment: `text DEFAULT NULL COMMENT 'JSON: what WeChat does, and for how long'`,
    });
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_appeal (
  appeal_id bigint unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL,
  record_id varchar(64) DEFAULT NULL COMMENT 'illegal_record_id; NULL: an event told of it, which does not name it',
  state varchar(16) NOT NULL COMMENT 'asking | unclear | open | upheld | rejected | withdrawn | refused | not-sent',
  open_of varchar(64) DEFAULT NULL COMMENT 'the appid while it may be open: WeChat takes one at a time',
  wechat_id varchar(64) DEFAULT NULL COMMENT 'appeal_record_id',
  by_provider tinyint DEFAULT NULL COMMENT '1: by a provider, 0: by the user',
  audit_reason text DEFAULT NULL,
  refusal text DEFAULT NULL COMMENT 'JSON: why WeChat did not take it',
  client_id varchar(32) DEFAULT NULL,
  asked_at datetime(3) NOT NULL,
  audited_at datetime(3) DEFAULT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (appeal_id),
  UNIQUE KEY ux_appeal_open (component_appid, open_of),
  UNIQUE KEY ux_appeal_wechat (component_appid, authorizer_appid, wechat_id),
  KEY ix_appeal_state (state, updated_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='appeals against violations'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
