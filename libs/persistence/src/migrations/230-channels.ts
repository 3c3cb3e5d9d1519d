import type { MigrationInterface, QueryRunner } from 'typeorm';

const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

/** Where people are told, and what each place is told: intent first, then sent. */
export class Channels1700000000230 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_channel (
  channel_id varchar(32) NOT NULL,
  component_appid varchar(64) NOT NULL,
  kind varchar(16) NOT NULL COMMENT 'wecom | feishu | dingtalk | mail',
  name varchar(128) NOT NULL,
  target mediumtext NOT NULL COMMENT 'encrypted JSON: url and secret of a robot, or addresses',
  place varchar(255) NOT NULL COMMENT 'what may be shown of it: the host, or how many addresses',
  kinds text NOT NULL COMMENT 'JSON, patterns',
  least_severity varchar(16) NOT NULL,
  language varchar(8) NOT NULL,
  quiet varchar(255) DEFAULT NULL COMMENT 'JSON: from, to, utc_offset_minutes',
  digest_minutes smallint unsigned DEFAULT NULL COMMENT 'NULL: at once',
  state varchar(16) NOT NULL DEFAULT 'enabled' COMMENT 'enabled | disabled',
  next_send_at datetime(3) NOT NULL COMMENT 'not before; also the claim of who sends',
  failures int unsigned NOT NULL DEFAULT 0 COMMENT 'since the last success',
  failing_since datetime(3) DEFAULT NULL,
  last_error varchar(255) DEFAULT NULL,
  last_success_at datetime(3) DEFAULT NULL,
  created_by varchar(191) NOT NULL,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (channel_id),
  KEY ix_channel_component (component_appid, created_at, channel_id)
) ${OPTIONS} COMMENT='robots and mailboxes that people are told by'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_notice (
  notice_id bigint unsigned NOT NULL AUTO_INCREMENT,
  channel_id varchar(32) NOT NULL,
  event_id bigint unsigned NOT NULL,
  kind varchar(96) NOT NULL,
  state varchar(16) NOT NULL DEFAULT 'pending' COMMENT 'pending | sent | failed | skipped | cancelled',
  attempts int unsigned NOT NULL DEFAULT 0,
  next_attempt_at datetime(3) NOT NULL,
  message_id varchar(64) DEFAULT NULL COMMENT 'the message it is part of; several may be joined in one',
  last_error varchar(255) DEFAULT NULL,
  created_at datetime(3) NOT NULL,
  finished_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (notice_id),
  UNIQUE KEY uq_notice (channel_id, event_id),
  KEY ix_notice_due (channel_id, state, next_attempt_at),
  KEY ix_notice_state (state, finished_at)
) ${OPTIONS} COMMENT='one event for one channel'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
