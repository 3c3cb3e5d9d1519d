import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

const ROW_NUMBER = `bigint unsigned NOT NULL AUTO_INCREMENT UNIQUE COMMENT 'by which keys migrate goes through the rows'`;

/**
 * What people wrote into releases is sealed: what a query asks of such a text has a column of its own, and each table a number to go
 * through its rows by. Writers of the former release leave the columns empty; their rows are in plain text, and read as before.
 */
export class SealedTexts1700000000125 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_submitaudit', {
      ext_hash: `char(64) DEFAULT NULL COMMENT 'SHA-256 in hex of ext_json; NULL: that is plain text'`,
      secret_values: `mediumtext DEFAULT NULL COMMENT 'JSON: values of secret variables, which no answer shows; sealed'`,
    });
    await addColumns(db, 'f_wechat_extsettings', { settings_id: ROW_NUMBER });
    await addColumns(db, 'f_wechat_idempotency', { row_id: ROW_NUMBER });
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
