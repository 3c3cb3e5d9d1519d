import type { MigrationInterface, QueryRunner } from 'typeorm';

const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

/** Our own tables beside the three: inbox, tokens, authorizers, links, clients, access log, idempotency. */
export class OwnTables1700000000003 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_event (
  event_id bigint unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) DEFAULT NULL,
  family varchar(16) NOT NULL COMMENT 'component | authorizer',
  kind varchar(96) NOT NULL,
  dedupe_key char(64) NOT NULL COMMENT 'SHA-256 in hex; see dedupeKey in libs/wechat',
  create_time datetime DEFAULT NULL COMMENT 'CreateTime of WeChat, UTC',
  received_at datetime(3) NOT NULL,
  payload mediumtext NOT NULL COMMENT 'the decrypted XML, encrypted at rest',
  state varchar(16) NOT NULL DEFAULT 'received' COMMENT 'received: not handed over yet | queued | mismatch: kept, not acted on',
  handed_over_at datetime(3) DEFAULT NULL,
  note varchar(255) DEFAULT NULL,
  PRIMARY KEY (event_id),
  UNIQUE KEY uq_event_dedupe (component_appid, dedupe_key),
  KEY ix_event_state (state, event_id),
  KEY ix_event_authorizer (component_appid, authorizer_appid, event_id),
  KEY ix_event_kind (kind, event_id),
  KEY ix_event_received (received_at)
) ${OPTIONS} COMMENT='the inbox: every event WeChat pushed, once'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_eventeffect (
  event_id bigint unsigned NOT NULL,
  consumer varchar(64) NOT NULL,
  state varchar(16) NOT NULL COMMENT 'done | skipped | failed',
  attempts int unsigned NOT NULL DEFAULT 1,
  note varchar(512) DEFAULT NULL,
  at datetime(3) NOT NULL,
  PRIMARY KEY (event_id, consumer)
) ${OPTIONS} COMMENT='which consumer has done what with which event'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_accesstoken (
  token_id bigint unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL DEFAULT '' COMMENT 'empty: the component itself',
  kind varchar(32) NOT NULL COMMENT 'component | authorizer | jsapi | wx_card',
  access_token text DEFAULT NULL COMMENT 'encrypted; NULL: none',
  expires_at datetime(3) DEFAULT NULL,
  refreshed_at datetime(3) DEFAULT NULL,
  generation bigint unsigned NOT NULL DEFAULT 0 COMMENT 'the fence: a write names the generation it started from',
  failed_at datetime(3) DEFAULT NULL,
  failures int unsigned NOT NULL DEFAULT 0,
  failure varchar(512) DEFAULT NULL COMMENT 'JSON: errcode, rid, reaction of the last failure',
  PRIMARY KEY (token_id),
  UNIQUE KEY uq_accesstoken (component_appid, authorizer_appid, kind)
) ${OPTIONS} COMMENT='the current short-lived credentials'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_authorizer (
  authorizer_id int unsigned NOT NULL AUTO_INCREMENT,
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL,
  state varchar(32) NOT NULL DEFAULT 'active' COMMENT 'active | degraded | needs_reauthorization | cancelled',
  state_reason varchar(255) DEFAULT NULL,
  state_at datetime(3) DEFAULT NULL,
  kind varchar(32) DEFAULT NULL COMMENT 'official_account | mini_program | channels | store | talent | supplier',
  user_name varchar(64) DEFAULT NULL COMMENT 'original id, gh_…',
  nick_name varchar(255) DEFAULT NULL,
  principal_name varchar(255) DEFAULT NULL,
  head_img varchar(1024) DEFAULT NULL,
  profile mediumtext DEFAULT NULL COMMENT 'JSON: authorizer_info as WeChat gave it',
  profile_at datetime(3) DEFAULT NULL,
  granted_at datetime(3) DEFAULT NULL COMMENT 'newest grant or update, by WeChat',
  cancelled_at datetime(3) DEFAULT NULL COMMENT 'newest cancellation, by WeChat',
  missing_since datetime(3) DEFAULT NULL COMMENT 'the listing no longer has it',
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (authorizer_id),
  UNIQUE KEY uq_authorizer (component_appid, authorizer_appid),
  KEY ix_authorizer_user_name (component_appid, user_name)
) ${OPTIONS} COMMENT='authorizer profile and state'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_authorizerpermission (
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) NOT NULL,
  funcscope_id int unsigned NOT NULL,
  PRIMARY KEY (component_appid, authorizer_appid, funcscope_id),
  KEY ix_permission_set (component_appid, funcscope_id)
) ${OPTIONS} COMMENT='granted permission sets, one row each'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_authorizationlink (
  link_id varchar(32) NOT NULL,
  component_appid varchar(64) NOT NULL,
  client_id varchar(32) NOT NULL,
  auth_type tinyint unsigned NOT NULL,
  biz_appid varchar(64) DEFAULT NULL,
  category_id_list varchar(255) DEFAULT NULL,
  state varchar(512) DEFAULT NULL COMMENT 'the client''s own',
  return_url varchar(2048) DEFAULT NULL,
  max_uses int unsigned NOT NULL DEFAULT 1,
  uses int unsigned NOT NULL DEFAULT 0 COMMENT 'authorizations that came of it',
  expires_at datetime(3) NOT NULL,
  created_at datetime(3) NOT NULL,
  revoked_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (link_id)
) ${OPTIONS}`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_preauthcode (
  pre_auth_code_hash char(64) NOT NULL COMMENT 'SHA-256 in hex',
  visit_id varchar(32) NOT NULL COMMENT 'rides in the redirect_uri and finds the visit again',
  component_appid varchar(64) NOT NULL,
  link_id varchar(32) NOT NULL,
  expires_at datetime(3) NOT NULL,
  created_at datetime(3) NOT NULL,
  authorizer_appid varchar(64) DEFAULT NULL COMMENT 'who authorized with it',
  used_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (pre_auth_code_hash),
  UNIQUE KEY uq_preauthcode_visit (visit_id),
  KEY ix_preauthcode_expires (expires_at)
) ${OPTIONS} COMMENT='one visit of a launch page'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_authorizationcode (
  code_hash char(64) NOT NULL COMMENT 'SHA-256 in hex',
  component_appid varchar(64) NOT NULL,
  authorizer_appid varchar(64) DEFAULT NULL,
  source varchar(16) NOT NULL COMMENT 'callback | push | registration',
  state varchar(16) NOT NULL COMMENT 'exchanging | exchanged | failed',
  at datetime(3) NOT NULL,
  PRIMARY KEY (code_hash),
  KEY ix_authorizationcode_at (at)
) ${OPTIONS} COMMENT='codes seen: first wins, the second is a no-op'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_client (
  client_id varchar(32) NOT NULL,
  name varchar(128) NOT NULL,
  secret_sha256 char(64) NOT NULL,
  previous_secret_sha256 char(64) DEFAULT NULL,
  previous_expires_at datetime(3) DEFAULT NULL,
  scopes text NOT NULL COMMENT 'JSON list',
  authorizers text DEFAULT NULL COMMENT 'JSON list of appids; NULL: all',
  options text DEFAULT NULL COMMENT 'JSON: rate limit, proxy paths, return hosts',
  expires_at datetime(3) DEFAULT NULL,
  revoked_at datetime(3) DEFAULT NULL,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (client_id)
) ${OPTIONS} COMMENT='calling teams and their keys'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_accesslog (
  accesslog_id bigint unsigned NOT NULL AUTO_INCREMENT,
  at datetime(3) NOT NULL,
  app varchar(16) NOT NULL,
  client_id varchar(32) DEFAULT NULL,
  action varchar(64) NOT NULL,
  component_appid varchar(64) DEFAULT NULL,
  authorizer_appid varchar(64) DEFAULT NULL,
  subject varchar(128) DEFAULT NULL COMMENT 'id of what was touched',
  outcome varchar(32) NOT NULL,
  ip varchar(64) DEFAULT NULL,
  request_id varchar(64) DEFAULT NULL,
  PRIMARY KEY (accesslog_id),
  KEY ix_accesslog_at (at),
  KEY ix_accesslog_client (client_id, accesslog_id)
) ${OPTIONS} COMMENT='the audit log: who revealed or wrote what'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_idempotency (
  client_id varchar(32) NOT NULL,
  idempotency_key varchar(128) NOT NULL,
  request_hash char(64) NOT NULL,
  status smallint unsigned DEFAULT NULL COMMENT 'NULL: still running',
  response mediumtext DEFAULT NULL,
  created_at datetime(3) NOT NULL,
  PRIMARY KEY (client_id, idempotency_key),
  KEY ix_idempotency_created (created_at)
) ${OPTIONS}`);
  }

  async down(): Promise<void> {}
}
