import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** What has to be agreed to, sealed; what a rollout would send to each mini program, as it was when it began; who wrote settings last. */
export class Approvals1700000000115 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_approval (
  approval_id varchar(40) NOT NULL,
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL DEFAULT '' COMMENT 'empty: several mini programs, or the component itself',
  effect varchar(32) NOT NULL,
  state varchar(16) NOT NULL COMMENT 'open | executing | done | failed | refused | withdrawn | expired',
  payload mediumtext NOT NULL COMMENT 'sealed JSON: digest, makers, approvals, the request itself',
  revision int unsigned NOT NULL DEFAULT 0,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (approval_id),
  KEY ix_approval_component (component_appid, created_at, approval_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what others than its makers have to agree to'`);
    await addColumns(db, 'f_wechat_rollout', {
      is_frozen: `tinyint NOT NULL DEFAULT 0 COMMENT '1: each target has the digest of what it is sent, which others agree to'`,
    });
    await addColumns(db, 'f_wechat_rollouttarget', {
      digest: `char(64) DEFAULT NULL COMMENT 'SHA-256 of what it is sent'`,
    });
    const writer = { written_by: `varchar(128) DEFAULT NULL COMMENT 'who wrote it last'` };
    await addColumns(db, 'f_wechat_extsettings', writer);
    await addColumns(db, 'f_wechat_auditprofile', writer);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
