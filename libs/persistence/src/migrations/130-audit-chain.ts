import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex } from './schema.js';

const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

/** Who, why and what changed, in each entry; entries in chains, and checkpoints over these. */
export class AuditChain1700000000130 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_accesslog', {
      actor_kind: `varchar(16) DEFAULT NULL COMMENT 'key, person, workload, tool, app; stranger: nothing of it is proven'`,
      actor_issuer: 'varchar(191) DEFAULT NULL',
      actor_subject: 'varchar(191) DEFAULT NULL',
      person_id: 'varchar(191) DEFAULT NULL',
      permission: 'varchar(64) DEFAULT NULL',
      reason: `varchar(64) DEFAULT NULL COMMENT 'why it was refused or failed'`,
      peer_ip: `varchar(64) DEFAULT NULL COMMENT 'of the socket, where it is a proxy and ip came in its header'`,
      trace_id: 'varchar(32) DEFAULT NULL',
      before_sha256: 'char(64) DEFAULT NULL',
      after_sha256: 'char(64) DEFAULT NULL',
      difference: `text DEFAULT NULL COMMENT 'what a write changed, without secrets'`,
      writer: `varchar(32) DEFAULT NULL COMMENT 'the process; NULL: of a release that made no chain'`,
      seq: 'bigint unsigned DEFAULT NULL',
      prev: 'char(64) DEFAULT NULL',
      hash: 'char(64) DEFAULT NULL',
    });
    await addIndex(db, 'f_wechat_accesslog', 'UNIQUE KEY', 'uk_accesslog_chain', 'writer, seq');
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_auditcheckpoint (
  seq bigint unsigned NOT NULL,
  at datetime(3) NOT NULL,
  kind varchar(16) NOT NULL COMMENT 'minute, retention',
  document mediumtext NOT NULL COMMENT 'what hash and signature are over',
  hash char(64) NOT NULL,
  key_id varchar(32) DEFAULT NULL,
  signature varchar(128) DEFAULT NULL,
  PRIMARY KEY (seq),
  KEY ix_auditcheckpoint_at (at)
) ${OPTIONS} COMMENT='the heads of the audit log''s chains, minute by minute'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_audithead (
  writer varchar(32) NOT NULL,
  to_seq bigint unsigned NOT NULL,
  hash char(64) NOT NULL,
  checkpoint_seq bigint unsigned NOT NULL,
  PRIMARY KEY (writer, to_seq),
  KEY ix_audithead_checkpoint (checkpoint_seq)
) ${OPTIONS} COMMENT='where the checkpoints have seen each chain; the documents decide'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
