import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts whose calls WeChat wants signed and encrypted (API 安全), and their keys. */
export class ApiSecurity1700000000212 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_apisecurity (
  row_id bigint unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  account_appid varchar(64) NOT NULL COMMENT 'a merchant, or the component itself',
  secret_keys mediumtext DEFAULT NULL COMMENT 'ciphertext; NULL: none are here',
  numbers text DEFAULT NULL COMMENT 'JSON: the numbers of the keys, as the console shows them',
  client_id varchar(32) DEFAULT NULL,
  set_at datetime(3) DEFAULT NULL,
  demanded_at datetime(3) DEFAULT NULL COMMENT 'when WeChat last refused a call for its want of them, or for wrong ones',
  demanded_errcode int DEFAULT NULL,
  PRIMARY KEY (row_id),
  UNIQUE KEY ux_apisecurity (component_appid, account_appid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='keys of API security'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
