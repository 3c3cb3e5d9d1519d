import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** A visit of a launch page belongs to the browser that opened it. */
export class VisitBrowsers1700000000084 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_preauthcode', {
      browser_hash: `char(64) DEFAULT NULL COMMENT 'SHA-256 of the cookie of the browser that opened the page'`,
    });
  }

  async down(): Promise<void> {}
}
