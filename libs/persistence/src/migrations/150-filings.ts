import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEFAULTS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
const OF_APP = `component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL`;

/** ICP filing (备案) of mini programs: where each stands, what was applied with, face checks, papers, what happened. */
export class Filings1700000000150 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_filing (
  filing_id bigint unsigned NOT NULL AUTO_INCREMENT,
  ${OF_APP},
  status int DEFAULT NULL COMMENT 'WeChat\\'s number; NULL: never read',
  is_canceling tinyint NOT NULL DEFAULT 0,
  is_open tinyint NOT NULL DEFAULT 1 COMMENT '0: the entrance is closed for this app',
  sms_status tinyint DEFAULT NULL COMMENT 'of the authority: 1 waiting, 2 done, 3 timed out',
  sms_since datetime(3) DEFAULT NULL COMMENT 'when it was first seen waiting',
  reasons text DEFAULT NULL COMMENT 'JSON: why it was rejected, field by field',
  subject_record varchar(64) DEFAULT NULL,
  app_record varchar(64) DEFAULT NULL,
  intent varchar(16) DEFAULT NULL COMMENT 'apply | withdraw | cancel: it was decided, and its outcome is not known yet',
  intent_id varchar(40) DEFAULT NULL COMMENT 'the application',
  intent_until datetime(3) DEFAULT NULL COMMENT 'until then whoever wrote it works on it',
  revision int unsigned NOT NULL DEFAULT 0,
  status_at datetime(3) DEFAULT NULL COMMENT 'since when it is so',
  read_at datetime(3) DEFAULT NULL,
  read_problem varchar(512) DEFAULT NULL COMMENT 'why it could not be read last',
  next_read_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (filing_id),
  UNIQUE KEY ux_filing_app (component_appid, authorizer_appid),
  KEY ix_filing_due (next_read_at),
  KEY ix_filing_status (component_appid, status)
) ${DEFAULTS} COMMENT='where the filing of each mini program stands'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_filingapplication (
  row_id bigint unsigned NOT NULL AUTO_INCREMENT,
  application_id varchar(40) NOT NULL,
  ${OF_APP},
  state varchar(16) NOT NULL COMMENT 'sending | submitted | refused | not_sent | rejected | filed | withdrawn',
  form mediumtext NOT NULL COMMENT 'sealed JSON: as it was sent',
  refusal text DEFAULT NULL COMMENT 'JSON: errcode and hints, or reasons of a rejection',
  client_id varchar(32) DEFAULT NULL,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (row_id),
  UNIQUE KEY ux_filingapplication (application_id),
  KEY ix_filingapplication_app (component_appid, authorizer_appid, row_id)
) ${DEFAULTS} COMMENT='each application for a filing'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_filingverification (
  row_id bigint unsigned NOT NULL AUTO_INCREMENT,
  verification_id varchar(40) NOT NULL,
  ${OF_APP},
  state varchar(16) NOT NULL COMMENT 'creating | open | passed | failed | expired | unclear',
  task_id varchar(128) DEFAULT NULL COMMENT 'WeChat\\'s',
  along_with_auth tinyint NOT NULL DEFAULT 0,
  verify_url varchar(1024) DEFAULT NULL,
  face_status tinyint DEFAULT NULL,
  auth_result tinyint DEFAULT NULL,
  client_id varchar(32) DEFAULT NULL,
  created_at datetime(3) NOT NULL,
  expires_at datetime(3) NOT NULL,
  ended_at datetime(3) DEFAULT NULL,
  next_read_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (row_id),
  UNIQUE KEY ux_filingverification (verification_id),
  KEY ix_filingverification_app (component_appid, authorizer_appid, row_id),
  KEY ix_filingverification_task (task_id),
  KEY ix_filingverification_due (next_read_at)
) ${DEFAULTS} COMMENT='face checks of administrators'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_filingmedia (
  row_id bigint unsigned NOT NULL AUTO_INCREMENT,
  ${OF_APP},
  media_hash char(64) NOT NULL COMMENT 'SHA-256 in hex of the media id',
  type varchar(16) NOT NULL,
  certificate_type int DEFAULT NULL,
  field varchar(128) NOT NULL,
  created_at datetime(3) NOT NULL,
  PRIMARY KEY (row_id),
  UNIQUE KEY ux_filingmedia (component_appid, authorizer_appid, media_hash),
  KEY ix_filingmedia_time (created_at)
) ${DEFAULTS} COMMENT='what uploaded papers were uploaded as'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_filingconstants (
  component_appid varchar(64) NOT NULL,
  name varchar(32) NOT NULL,
  items mediumtext NOT NULL COMMENT 'JSON, as WeChat answered it',
  read_at datetime(3) NOT NULL,
  PRIMARY KEY (component_appid, name)
) ${DEFAULTS} COMMENT='the lists that a form is made of'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_filinghistory (
  history_id bigint unsigned NOT NULL AUTO_INCREMENT,
  ${OF_APP},
  at datetime(3) NOT NULL,
  from_state varchar(32) DEFAULT NULL,
  to_state varchar(32) NOT NULL,
  cause varchar(64) NOT NULL COMMENT 'client | event | poller, or the call of WeChat that said so',
  client_id varchar(32) DEFAULT NULL,
  detail text DEFAULT NULL COMMENT 'JSON',
  PRIMARY KEY (history_id),
  KEY ix_filinghistory_app (component_appid, authorizer_appid, history_id)
) ${DEFAULTS} COMMENT='what became of filings, step by step'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
