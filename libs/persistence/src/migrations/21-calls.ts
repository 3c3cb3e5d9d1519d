import type { MigrationInterface, QueryRunner } from 'typeorm';

const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

/** Calls of WeChat's API: each one for some days, their numbers per day, and the runs of the authorizer sync. */
export class Calls1700000000021 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_call (
  call_id bigint unsigned NOT NULL AUTO_INCREMENT,
  at datetime(3) NOT NULL,
  app varchar(16) NOT NULL,
  api varchar(96) NOT NULL,
  method varchar(8) NOT NULL,
  path varchar(191) NOT NULL COMMENT 'without the query: that holds tokens',
  component_appid varchar(64) DEFAULT NULL,
  authorizer_appid varchar(64) DEFAULT NULL,
  client_id varchar(32) DEFAULT NULL COMMENT 'who asked; NULL: the suite itself',
  request_id varchar(64) DEFAULT NULL,
  outcome varchar(16) NOT NULL COMMENT 'ok | errcode | bad-answer | timeout | network',
  errcode int DEFAULT NULL,
  rid varchar(64) DEFAULT NULL COMMENT 'the only thing WeChat''s staff can look up',
  http_status smallint unsigned DEFAULT NULL,
  duration_ms int unsigned NOT NULL,
  PRIMARY KEY (call_id),
  KEY ix_call_at (at),
  KEY ix_call_rid (rid),
  KEY ix_call_authorizer (component_appid, authorizer_appid, call_id),
  KEY ix_call_errcode (errcode, call_id)
) ${OPTIONS} COMMENT='calls of WeChat, kept for some days'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_callcount (
  day date NOT NULL COMMENT 'in Beijing: WeChat''s quotas end at its midnight',
  component_appid varchar(64) NOT NULL DEFAULT '',
  api varchar(96) NOT NULL,
  calls bigint unsigned NOT NULL DEFAULT 0,
  failures bigint unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (day, component_appid, api)
) ${OPTIONS} COMMENT='calls of WeChat per day'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_sync (
  sync_id int unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  client_id varchar(32) DEFAULT NULL COMMENT 'who asked; NULL: the nightly run',
  state varchar(16) NOT NULL DEFAULT 'waiting' COMMENT 'waiting | running | done | failed',
  created_at datetime(3) NOT NULL,
  started_at datetime(3) DEFAULT NULL,
  finished_at datetime(3) DEFAULT NULL,
  total int unsigned DEFAULT NULL COMMENT 'as WeChat says',
  seen int unsigned NOT NULL DEFAULT 0,
  added int unsigned NOT NULL DEFAULT 0,
  recovered int unsigned NOT NULL DEFAULT 0 COMMENT 'refresh tokens that were missing here or differed',
  missing int unsigned NOT NULL DEFAULT 0 COMMENT 'known here, not in the listing',
  problem varchar(512) DEFAULT NULL,
  PRIMARY KEY (sync_id),
  KEY ix_sync_component (component_appid, sync_id)
) ${OPTIONS} COMMENT='runs of the authorizer sync'`);
  }

  async down(): Promise<void> {}
}
