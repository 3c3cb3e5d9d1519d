import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** Which upload a release's trial version is, for another one may have the same version and words. */
export class TrialTime1700000000063 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_submitaudit', {
      trial_at: `datetime DEFAULT NULL COMMENT 'WeChat''s exp_time right after the commit; NULL: not read'`,
    });
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
