import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is signed in at the console, and which one-time links were used. */
export class Console1700000000240 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_consolesession (
  session_sha256 char(64) NOT NULL COMMENT 'of the id in the cookie, which is stored nowhere',
  public_id char(16) NOT NULL COMMENT 'what people end it by',
  person_sha256 char(64) NOT NULL COMMENT 'of issuer and subject',
  person mediumtext NOT NULL COMMENT 'JSON: who, as the issuer said',
  seal char(64) NOT NULL COMMENT 'HMAC over the row',
  created_at datetime(3) NOT NULL,
  last_seen_at datetime(3) NOT NULL,
  expires_at datetime(3) NOT NULL COMMENT 'the end, however often it is used',
  ended_at datetime(3) DEFAULT NULL,
  ip varchar(64) NOT NULL,
  agent varchar(255) NOT NULL,
  PRIMARY KEY (session_sha256),
  KEY ix_consolesession_person (person_sha256),
  KEY ix_consolesession_expires (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='persons signed in at the console'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_consolelink (
  link_sha256 char(64) NOT NULL,
  used_at datetime(3) NOT NULL,
  expires_at datetime(3) NOT NULL,
  PRIMARY KEY (link_sha256),
  KEY ix_consolelink_expires (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='one-time links that were used'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
