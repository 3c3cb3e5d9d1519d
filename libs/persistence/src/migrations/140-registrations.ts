import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Registrations of mini programs at WeChat, and where each came from. */
export class Registrations1700000000140 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_registration (
  row_id bigint unsigned NOT NULL AUTO_INCREMENT,
  registration_id char(32) NOT NULL COMMENT 'in the address of its page',
  component_appid varchar(64) NOT NULL,
  way varchar(24) NOT NULL COMMENT 'enterprise | personal | trial | trial-to-enterprise | trial-to-personal | trial-to-account | account',
  state varchar(16) NOT NULL COMMENT 'preparing | waiting | submitting | created | done | failed | expired',
  subject_hash char(64) NOT NULL COMMENT 'SHA-256 of component, way and what WeChat tells apart',
  open_key char(64) DEFAULT NULL COMMENT 'subject_hash while it is open: one at a time',
  source_appid varchar(64) NOT NULL DEFAULT '' COMMENT 'the trial that is converted, or the official account that is reused',
  appid varchar(64) DEFAULT NULL COMMENT 'the mini program that came of it',
  reference varchar(128) DEFAULT NULL COMMENT 'the caller''s own',
  request mediumtext NOT NULL COMMENT 'sealed JSON: what was asked for',
  task_id varchar(128) DEFAULT NULL COMMENT 'WeChat''s taskid or unique_id',
  authorize_url text DEFAULT NULL COMMENT 'sealed: where a person acts',
  ticket text DEFAULT NULL COMMENT 'sealed: what an administrator''s consent gave',
  step tinyint unsigned NOT NULL DEFAULT 1 COMMENT 'of a way where two persons act one after the other',
  wechat_status int DEFAULT NULL COMMENT 'as WeChat told it last',
  round int unsigned NOT NULL DEFAULT 1 COMMENT 'how often it was begun: one more with each renewal',
  attempts int unsigned NOT NULL DEFAULT 0 COMMENT 'calls of this round and step that begin something at WeChat',
  attempted_at datetime(3) DEFAULT NULL COMMENT 'such a call was sent, and its answer is not stored',
  begun_at datetime(3) NOT NULL COMMENT 'of this round',
  expires_at datetime(3) DEFAULT NULL COMMENT 'until when the person may act',
  next_at datetime(3) DEFAULT NULL COMMENT 'when it is looked at again',
  errcode int DEFAULT NULL,
  reason varchar(512) DEFAULT NULL COMMENT 'why it is where it is; no data of persons',
  client_id varchar(64) DEFAULT NULL,
  revision int unsigned NOT NULL DEFAULT 0,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (row_id),
  UNIQUE KEY ux_registration_id (registration_id),
  UNIQUE KEY ux_registration_open (open_key),
  KEY ix_registration_component (component_appid, row_id),
  KEY ix_registration_next (next_at),
  KEY ix_registration_subject (subject_hash),
  KEY ix_registration_task (task_id),
  KEY ix_registration_appid (component_appid, appid),
  KEY ix_registration_source (component_appid, source_appid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='mini programs that are being registered'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_registrationhistory (
  history_id bigint unsigned NOT NULL AUTO_INCREMENT,
  registration_row bigint unsigned NOT NULL,
  at datetime(3) NOT NULL,
  from_state varchar(16) DEFAULT NULL,
  to_state varchar(16) NOT NULL,
  cause varchar(64) NOT NULL COMMENT 'the request, event or reading that moved it',
  task_id varchar(128) DEFAULT NULL COMMENT 'that this move brought',
  errcode int DEFAULT NULL,
  reason varchar(512) DEFAULT NULL,
  client_id varchar(64) DEFAULT NULL,
  PRIMARY KEY (history_id),
  KEY ix_registrationhistory_row (registration_row, history_id),
  KEY ix_registrationhistory_task (task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='where each registration came from'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
