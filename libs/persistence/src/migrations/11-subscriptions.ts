import type { MigrationInterface, QueryRunner } from 'typeorm';

const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

/** Who gets which events, and how each delivery went. */
export class Subscriptions1700000000011 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_subscription (
  subscription_id varchar(32) NOT NULL,
  client_id varchar(32) NOT NULL,
  name varchar(128) NOT NULL,
  url varchar(2048) NOT NULL,
  component_appid varchar(64) DEFAULT NULL COMMENT 'NULL: every component',
  authorizers text DEFAULT NULL COMMENT 'JSON list of appids; NULL: all',
  kinds text NOT NULL COMMENT 'JSON list of patterns, * matches any text',
  body_format varchar(16) NOT NULL DEFAULT 'wxplane' COMMENT 'wxplane | wxcomponent',
  ordered tinyint NOT NULL DEFAULT 0 COMMENT '1: one after the other for each authorizer',
  replier_scope varchar(160) DEFAULT NULL COMMENT '<component>/<authorizer or *>: it answers messages of that scope',
  secret varchar(512) NOT NULL COMMENT 'encrypted',
  previous_secret varchar(512) DEFAULT NULL COMMENT 'encrypted; signs too until previous_secret_until',
  previous_secret_until datetime(3) DEFAULT NULL,
  state varchar(16) NOT NULL DEFAULT 'enabled' COMMENT 'enabled | disabled',
  disabled_reason varchar(255) DEFAULT NULL,
  failing_since datetime(3) DEFAULT NULL COMMENT 'first failure after the last success',
  failures int unsigned NOT NULL DEFAULT 0 COMMENT 'attempts that failed since the last success',
  last_success_at datetime(3) DEFAULT NULL,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (subscription_id),
  UNIQUE KEY uq_subscription_replier (replier_scope),
  KEY ix_subscription_client (client_id)
) ${OPTIONS} COMMENT='events forwarded to teams'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_delivery (
  delivery_id bigint unsigned NOT NULL AUTO_INCREMENT,
  subscription_id varchar(32) NOT NULL,
  event_id bigint unsigned NOT NULL DEFAULT 0 COMMENT '0: a test event',
  replay varchar(32) NOT NULL DEFAULT '' COMMENT 'of which replay or test; empty: the event itself',
  authorizer_appid varchar(64) NOT NULL DEFAULT '',
  kind varchar(96) NOT NULL,
  state varchar(16) NOT NULL DEFAULT 'pending' COMMENT 'pending | delivered | failed | cancelled',
  attempts int unsigned NOT NULL DEFAULT 0,
  next_attempt_at datetime(3) NOT NULL,
  last_status smallint unsigned DEFAULT NULL,
  last_error varchar(255) DEFAULT NULL,
  created_at datetime(3) NOT NULL,
  finished_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (delivery_id),
  UNIQUE KEY uq_delivery (subscription_id, event_id, replay),
  KEY ix_delivery_due (state, next_attempt_at, subscription_id),
  KEY ix_delivery_lane (subscription_id, state, authorizer_appid, delivery_id),
  KEY ix_delivery_finished (finished_at)
) ${OPTIONS} COMMENT='one event for one subscription'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_deliveryattempt (
  attempt_id bigint unsigned NOT NULL AUTO_INCREMENT,
  delivery_id bigint unsigned NOT NULL,
  at datetime(3) NOT NULL,
  duration_ms int unsigned NOT NULL,
  status smallint unsigned DEFAULT NULL COMMENT 'of the answer; NULL: there was none',
  error varchar(255) DEFAULT NULL,
  excerpt varchar(512) DEFAULT NULL COMMENT 'begin of the answer',
  PRIMARY KEY (attempt_id),
  KEY ix_attempt_delivery (delivery_id, attempt_id)
) ${OPTIONS} COMMENT='each try of a delivery'`);
  }

  async down(): Promise<void> {}
}
