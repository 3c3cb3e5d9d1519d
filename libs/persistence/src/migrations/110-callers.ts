import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who was here last, in which hour. */
export class Callers1700000000110 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_caller (
  caller_id varchar(32) NOT NULL COMMENT 'of a key its client_id; of a token made of issuer and subject',
  kind varchar(16) NOT NULL,
  name varchar(128) NOT NULL,
  issuer varchar(255) DEFAULT NULL,
  subject varchar(255) DEFAULT NULL,
  person_id varchar(255) DEFAULT NULL,
  known mediumtext DEFAULT NULL COMMENT 'JSON: groups and second factor of the last token',
  last_used_at datetime(3) NOT NULL COMMENT 'the hour',
  PRIMARY KEY (caller_id)
) DEFAULT CHARSET = utf8mb4`);
  }

  async down(): Promise<void> {}
}
