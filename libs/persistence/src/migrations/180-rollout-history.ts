import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who did what with a rollout, and what it did by itself. */
export class RolloutHistory1700000000180 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS f_wechat_rollouthistory (
  history_id bigint unsigned NOT NULL AUTO_INCREMENT,
  rollout_id int unsigned NOT NULL,
  at datetime(3) NOT NULL,
  what varchar(32) NOT NULL COMMENT 'started, paused, resumed, retried, approved, set-aside …',
  from_state varchar(16) DEFAULT NULL COMMENT 'NULL: it began',
  to_state varchar(16) NOT NULL,
  actor varchar(191) DEFAULT NULL COMMENT 'person or key; NULL: the rollout itself',
  detail mediumtext DEFAULT NULL COMMENT 'JSON',
  PRIMARY KEY (history_id),
  KEY ix_rollouthistory_rollout (rollout_id, history_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='each thing that happened to a rollout'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
