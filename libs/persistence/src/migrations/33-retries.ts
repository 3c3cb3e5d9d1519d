import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** What tells a lost step from one that never happens, and an old failure from a new one; who agreed to a whole rollout. */
export class Retries1700000000033 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_submitaudit', {
      unclear_count: `int unsigned NOT NULL DEFAULT 0 COMMENT 'how often in a row the present step was sent and nothing came of it'`,
      online_before: `datetime DEFAULT NULL COMMENT 'WeChat''s release_time of what was online when this was submitted'`,
    });
    await addColumns(db, 'f_wechat_rollout', {
      forgiven: `text DEFAULT NULL COMMENT 'JSON: succeeded and failed targets when it was last resumed'`,
      approved_by: `varchar(32) DEFAULT NULL COMMENT 'client that agreed, as the second person, for all its releases'`,
      refusals: `text DEFAULT NULL COMMENT 'JSON: how often in a row WeChat made it wait, and when last'`,
    });
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
