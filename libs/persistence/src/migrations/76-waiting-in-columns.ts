import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** A member of a JSON text as a column that the database computes: whoever writes the text, of whatever version, has written the column. */
const member = (column: string, path: string) =>
  `varchar(16) GENERATED ALWAYS AS (IF(JSON_VALID(${column}), LEFT(JSON_UNQUOTE(JSON_EXTRACT(${column}, '${path}')), 16), NULL)) VIRTUAL`;

/**
 * What queries ask of a release's JSON texts. The columns are virtual: adding them rewrites no row and locks nobody out, there is nothing
 * to fill in, and rows that a replica of the former release writes are right as well.
 */
export class WaitingInColumns1700000000076 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_submitaudit', {
      waits_for: `${member('waiting', '$.for')} COMMENT 'what it waits for; NULL: nothing, or it was stopped'`,
      last_verdict: `${member('last_error', '$.verdict')} COMMENT 'what its last failure meant'`,
      submits: `${member('policy', '$.submit')} COMMENT 'auto: it is submitted by itself'`,
    });
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
