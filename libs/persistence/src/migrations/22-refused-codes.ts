import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** So that nobody tries codes on one visit of the launch page without end. */
export class RefusedCodes1700000000022 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_preauthcode', {
      refused: `tinyint unsigned NOT NULL DEFAULT 0 COMMENT 'codes that WeChat refused on this visit; at three it is closed'`,
    });
  }

  async down(): Promise<void> {}
}
