import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex } from './schema.js';

/** Rings of rollouts, and what was changed of a rollout's pace while it ran. Rollouts of before have a canary or none, and no ring. */
export class Rings1700000000221 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_rollout', {
      ring: `smallint unsigned DEFAULT NULL COMMENT 'number of the ring that goes now; NULL: it has none'`,
      pace: `text DEFAULT NULL COMMENT 'JSON: options that were changed while it ran'`,
    });
    await addColumns(db, 'f_wechat_rollouttarget', {
      ring: `smallint unsigned DEFAULT NULL COMMENT 'number of its ring; NULL: the rollout has none'`,
    });
    await addIndex(db, 'f_wechat_rollouttarget', 'KEY', 'ix_rollouttarget_ring', 'rollout_id, state, ring');
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
