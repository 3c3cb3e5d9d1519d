import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex } from './schema.js';

const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

/** What the release app needs to carry a release on by itself, and to remember how it got there. */
export class ReleaseSteps1700000000030 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_submitaudit', {
      policy: `mediumtext DEFAULT NULL COMMENT 'JSON: what happens by itself'`,
      scan_result: `mediumtext DEFAULT NULL COMMENT 'JSON: without_auth_list, without_conf_list of the privacy scan'`,
      committed_at: 'datetime(3) DEFAULT NULL',
      attempts: `int unsigned NOT NULL DEFAULT 0 COMMENT 'failed tries of the present step'`,
      waiting: `mediumtext DEFAULT NULL COMMENT 'JSON: what it waits for'`,
      gray_percentage: 'tinyint unsigned DEFAULT NULL',
      gray_at: 'datetime(3) DEFAULT NULL',
      rollout_id: 'int unsigned DEFAULT NULL',
    });
    await addIndex(db, 'f_wechat_submitaudit', 'KEY', 'ix_submitaudit_next', 'next_check_at');
    await addIndex(db, 'f_wechat_submitaudit', 'KEY', 'ix_submitaudit_status', 'status, state');
    await addIndex(db, 'f_wechat_submitaudit', 'KEY', 'ix_submitaudit_rollout', 'rollout_id, submitaudit_id');
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_releasehistory (
  history_id bigint unsigned NOT NULL AUTO_INCREMENT,
  release_id int unsigned NOT NULL COMMENT 'submitaudit_id',
  at datetime(3) NOT NULL,
  from_state varchar(32) DEFAULT NULL,
  to_state varchar(32) NOT NULL,
  cause varchar(64) NOT NULL COMMENT 'the step, event or reading that moved it',
  client_id varchar(32) DEFAULT NULL,
  detail mediumtext DEFAULT NULL COMMENT 'JSON',
  PRIMARY KEY (history_id),
  KEY ix_releasehistory_release (release_id, history_id)
) ${OPTIONS} COMMENT='every move of every release'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_miniprogram (
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL,
  write_owner varchar(32) DEFAULT NULL COMMENT 'who is writing to this mini program at WeChat: one at a time',
  write_until datetime(3) DEFAULT NULL,
  trial_version varchar(64) DEFAULT NULL,
  trial_desc mediumtext DEFAULT NULL,
  trial_at datetime DEFAULT NULL,
  online_version varchar(64) DEFAULT NULL,
  online_desc mediumtext DEFAULT NULL,
  online_at datetime DEFAULT NULL,
  versions_read_at datetime(3) DEFAULT NULL,
  visit_status tinyint DEFAULT NULL COMMENT '1 in service, 0 suspended',
  problem mediumtext DEFAULT NULL COMMENT 'JSON: why it could not be read',
  tags text DEFAULT NULL COMMENT 'JSON list',
  PRIMARY KEY (component_appid, authorizer_appid),
  KEY ix_miniprogram_online (component_appid, online_version),
  KEY ix_miniprogram_read (versions_read_at)
) ${OPTIONS} COMMENT='what each mini program runs, as last read from WeChat'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_templatepromotion (
  promotion_id int unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  draft_id int NOT NULL,
  user_version varchar(255) NOT NULL,
  user_desc mediumtext NOT NULL,
  draft_create_time int unsigned NOT NULL,
  ids_before mediumtext NOT NULL COMMENT 'JSON list of template ids that were there before',
  state varchar(16) NOT NULL COMMENT 'intent | done | failed',
  template_id int DEFAULT NULL,
  client_id varchar(32) DEFAULT NULL,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  is_open tinyint GENERATED ALWAYS AS (IF(state = 'intent', 1, NULL)) STORED COMMENT 'one open promotion per component, held by the unique key',
  PRIMARY KEY (promotion_id),
  UNIQUE KEY uq_templatepromotion_open (component_appid, is_open)
) ${OPTIONS} COMMENT='drafts made templates: WeChat does not answer the new id'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
