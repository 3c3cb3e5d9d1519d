import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Resets of WeChat's quotas: ten a month for each account, of which WeChat tells nobody how many are left. */
export class QuotaResets1700000000170 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_quotareset (
  reset_id bigint unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  account_appid varchar(64) NOT NULL COMMENT 'whose quotas: a merchant, or the component itself',
  month char(7) NOT NULL COMMENT 'in Beijing, YYYY-MM',
  path varchar(191) NOT NULL DEFAULT '' COMMENT 'of one API; empty: all of the account, which is one of its ten',
  state varchar(16) NOT NULL COMMENT 'asked | done | refused | unclear',
  errcode int DEFAULT NULL,
  client_id varchar(32) DEFAULT NULL,
  reason varchar(255) NOT NULL,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (reset_id),
  KEY ix_quotareset_account (account_appid, month)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='resets of quotas at WeChat'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
