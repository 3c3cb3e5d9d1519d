import type { MigrationInterface, QueryRunner } from 'typeorm';

const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

/** Rollouts, and what they are made of: audit profiles, variables; screenshots of rejections; approvals of a second person. */
export class Rollouts1700000000031 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_rollout (
  rollout_id int unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  name varchar(128) NOT NULL,
  spec mediumtext NOT NULL COMMENT 'JSON: template, version, ext_json, variables, audit, policy',
  options text NOT NULL COMMENT 'JSON: canary, concurrency, rate, reserve, limits of failure',
  preview_hash char(64) NOT NULL,
  state varchar(16) NOT NULL COMMENT 'running | waiting | paused | completed | aborted',
  stage varchar(16) NOT NULL COMMENT 'canary | full',
  reason mediumtext DEFAULT NULL COMMENT 'JSON: why it waits or was paused',
  client_id varchar(32) DEFAULT NULL,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  finished_at datetime(3) DEFAULT NULL,
  next_check_at datetime(3) DEFAULT NULL,
  launched_at datetime(3) DEFAULT NULL COMMENT 'when the last batch was launched, for the rate',
  PRIMARY KEY (rollout_id),
  KEY ix_rollout_component (component_appid, rollout_id),
  KEY ix_rollout_next (next_check_at)
) ${OPTIONS} COMMENT='one template to many mini programs'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_rollouttarget (
  rollout_id int unsigned NOT NULL,
  authorizer_appid varchar(64) NOT NULL,
  position int unsigned NOT NULL,
  is_canary tinyint NOT NULL DEFAULT 0,
  state varchar(16) NOT NULL COMMENT 'pending | running | succeeded | failed | skipped',
  reason mediumtext DEFAULT NULL COMMENT 'JSON',
  release_id int unsigned DEFAULT NULL,
  attempts int unsigned NOT NULL DEFAULT 0,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (rollout_id, authorizer_appid),
  KEY ix_rollouttarget_state (rollout_id, state, position)
) ${OPTIONS} COMMENT='one mini program of one rollout'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_auditprofile (
  profile_id int unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  name varchar(64) NOT NULL,
  body mediumtext NOT NULL COMMENT 'JSON body of submit_audit',
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (profile_id),
  UNIQUE KEY uq_auditprofile (component_appid, name)
) ${OPTIONS} COMMENT='what reviewers are told, reusable'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_extsettings (
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL DEFAULT '' COMMENT 'empty: the default of the platform',
  variables mediumtext NOT NULL COMMENT 'JSON object',
  ext_json mediumtext DEFAULT NULL COMMENT 'JSON object with {{variables}}; NULL: that of the layer below',
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (component_appid, authorizer_appid)
) ${OPTIONS} COMMENT='ext_json and its variables, in layers'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_screenshot (
  screenshot_id int unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL,
  release_id int unsigned NOT NULL,
  media_id varchar(128) NOT NULL,
  state varchar(16) NOT NULL COMMENT 'pending | stored | lost',
  content_type varchar(64) DEFAULT NULL,
  bytes int unsigned DEFAULT NULL,
  attempts int unsigned NOT NULL DEFAULT 0,
  note varchar(255) DEFAULT NULL,
  created_at datetime(3) NOT NULL,
  next_try_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (screenshot_id),
  UNIQUE KEY uq_screenshot (release_id, media_id),
  KEY ix_screenshot_next (next_try_at)
) ${OPTIONS} COMMENT='pictures of rejections; WeChat keeps them only for a while'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_screenshotdata (
  screenshot_id int unsigned NOT NULL,
  data mediumblob NOT NULL,
  PRIMARY KEY (screenshot_id)
) ${OPTIONS}`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_releaseapproval (
  release_id int unsigned NOT NULL,
  client_id varchar(32) NOT NULL,
  at datetime(3) NOT NULL,
  note varchar(255) DEFAULT NULL,
  PRIMARY KEY (release_id, client_id)
) ${OPTIONS} COMMENT='who agreed that a release may go online'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
