import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** Rollouts that take back what another one published: what each target was rolled back from, written before WeChat is called. */
export class RollbacksOfRollouts1700000000220 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_rollouttarget', {
      back: `text DEFAULT NULL COMMENT 'JSON: the release that is taken back, and what was online before the call'`,
    });
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
