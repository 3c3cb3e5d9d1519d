import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEFAULTS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';
const OF_APP = `component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL`;

/** Certification (认证) of mini programs: each order, until when each app is certified, and what happened. */
export class Certifications1700000000160 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_certification (
  row_id bigint unsigned NOT NULL AUTO_INCREMENT,
  certification_id varchar(40) NOT NULL,
  ${OF_APP},
  kind varchar(16) NOT NULL COMMENT 'single | with_filing',
  progress varchar(16) NOT NULL COMMENT 'sending | sent | unclear | refused | replaced',
  task_id varchar(128) DEFAULT NULL COMMENT 'WeChat\\'s taskid, or procedure_id of both in one',
  url varchar(1024) DEFAULT NULL COMMENT 'where the administrator acts, or pays',
  task_status int DEFAULT NULL,
  apply_status int DEFAULT NULL,
  procedure_status int DEFAULT NULL,
  sms_status tinyint DEFAULT NULL,
  order_id varchar(64) DEFAULT NULL,
  reason text DEFAULT NULL COMMENT 'why it was returned, or failed in the end',
  audit text DEFAULT NULL COMMENT 'JSON: hints and reasons of the filing, of both in one',
  dispatch text DEFAULT NULL COMMENT 'JSON: who reviews it',
  refusal text DEFAULT NULL COMMENT 'JSON',
  pay_type tinyint NOT NULL,
  form mediumtext NOT NULL COMMENT 'sealed JSON: as it was sent',
  replaces varchar(40) DEFAULT NULL,
  client_id varchar(32) DEFAULT NULL,
  revision int unsigned NOT NULL DEFAULT 0,
  created_at datetime(3) NOT NULL,
  acts_until datetime(3) DEFAULT NULL COMMENT 'until when the administrator can act',
  status_at datetime(3) NOT NULL,
  ended_at datetime(3) DEFAULT NULL,
  read_at datetime(3) DEFAULT NULL,
  read_problem varchar(512) DEFAULT NULL,
  next_read_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (row_id),
  UNIQUE KEY ux_certification (certification_id),
  KEY ix_certification_app (component_appid, authorizer_appid, row_id),
  KEY ix_certification_task (task_id),
  KEY ix_certification_due (next_read_at)
) ${DEFAULTS} COMMENT='each order of a certification'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_certificate (
  certificate_id bigint unsigned NOT NULL AUTO_INCREMENT,
  ${OF_APP},
  certified_at datetime(3) DEFAULT NULL,
  ends_at datetime(3) DEFAULT NULL,
  ends_from varchar(16) DEFAULT NULL COMMENT 'wechat: it said so | year: a year from the certification',
  message varchar(512) DEFAULT NULL COMMENT 'what WeChat said of the end',
  told_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (certificate_id),
  UNIQUE KEY ux_certificate_app (component_appid, authorizer_appid),
  KEY ix_certificate_end (component_appid, ends_at, certificate_id)
) ${DEFAULTS} COMMENT='until when each mini program is certified'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_certificationhistory (
  history_id bigint unsigned NOT NULL AUTO_INCREMENT,
  ${OF_APP},
  certification_id varchar(40) DEFAULT NULL,
  at datetime(3) NOT NULL,
  from_state varchar(32) DEFAULT NULL,
  to_state varchar(32) NOT NULL,
  cause varchar(64) NOT NULL,
  client_id varchar(32) DEFAULT NULL,
  detail text DEFAULT NULL COMMENT 'JSON',
  PRIMARY KEY (history_id),
  KEY ix_certificationhistory_app (component_appid, authorizer_appid, history_id)
) ${DEFAULTS} COMMENT='what became of certifications, step by step'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
