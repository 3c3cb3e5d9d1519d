import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Merchants that are taken from their papers to a mini program that is online. */
export class Onboardings1700000000200 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_onboarding (
  row_id bigint unsigned NOT NULL AUTO_INCREMENT,
  onboarding_id char(32) NOT NULL,
  component_appid varchar(64) NOT NULL,
  reference varchar(128) NOT NULL COMMENT 'the caller''s own, one order each',
  start varchar(16) NOT NULL COMMENT 'new | trial | account | existing',
  goal varchar(16) NOT NULL COMMENT 'registered | certified | filed | online',
  state varchar(16) NOT NULL COMMENT 'running | waiting | failed | done | cancelled',
  step varchar(24) NOT NULL COMMENT 'where it is',
  step_since datetime(3) NOT NULL,
  request mediumtext NOT NULL COMMENT 'sealed JSON: the merchant''s data',
  appid varchar(64) DEFAULT NULL COMMENT 'the mini program',
  facts text NOT NULL COMMENT 'JSON: numbers of what was begun elsewhere; no data of persons',
  task text DEFAULT NULL COMMENT 'JSON: what a person must do',
  task_code varchar(48) DEFAULT NULL,
  task_who varchar(24) DEFAULT NULL,
  task_since datetime(3) DEFAULT NULL,
  task_until datetime(3) DEFAULT NULL,
  reminded_at datetime(3) DEFAULT NULL COMMENT 'when subscribers were told of the task last',
  problem text DEFAULT NULL COMMENT 'JSON: why it has failed, and what to do',
  next_at datetime(3) DEFAULT NULL COMMENT 'when it is looked at again',
  held_until datetime(3) DEFAULT NULL COMMENT 'so long one replica has it to itself',
  client_id varchar(64) NOT NULL COMMENT 'with whose rights it goes on',
  revision int unsigned NOT NULL DEFAULT 0,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  ended_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (row_id),
  UNIQUE KEY ux_onboarding_id (onboarding_id),
  UNIQUE KEY ux_onboarding_reference (component_appid, reference),
  KEY ix_onboarding_state (component_appid, state, row_id),
  KEY ix_onboarding_next (next_at),
  KEY ix_onboarding_appid (component_appid, appid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='merchants on their way to a mini program that is online'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_onboardinghistory (
  history_id bigint unsigned NOT NULL AUTO_INCREMENT,
  onboarding_row bigint unsigned NOT NULL,
  at datetime(3) NOT NULL,
  step varchar(24) NOT NULL,
  what varchar(24) NOT NULL COMMENT 'ordered | begun | task | done | failed | changed | retried | completed | cancelled',
  cause varchar(64) NOT NULL,
  detail text DEFAULT NULL COMMENT 'JSON; no data of persons',
  client_id varchar(64) DEFAULT NULL,
  PRIMARY KEY (history_id),
  KEY ix_onboardinghistory_row (onboarding_row, history_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='what happened to each order'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_onboardingpaper (
  paper_id bigint unsigned NOT NULL AUTO_INCREMENT,
  onboarding_row bigint unsigned NOT NULL,
  name varchar(64) NOT NULL COMMENT 'what the request calls it',
  content_type varchar(32) NOT NULL,
  bytes int unsigned NOT NULL,
  sha256 char(64) NOT NULL,
  data longtext NOT NULL COMMENT 'encrypted, in Base64',
  created_at datetime(3) NOT NULL,
  PRIMARY KEY (paper_id),
  UNIQUE KEY ux_onboardingpaper_name (onboarding_row, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='papers of merchants, until they are with WeChat'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
