import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** Mini programs of a rollout that wait, not begun, until they may go online. */
export class TargetsThatWait1700000000210 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_rollouttarget', {
      look_again_at: `datetime(3) DEFAULT NULL COMMENT 'not begun before: it cannot go online yet'`,
    });
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
