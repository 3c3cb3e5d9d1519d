import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** So that a job that Redis lost is made again under its own name: one that still lives is then not doubled. */
export class Replays1700000000050 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_event', {
      replays: `smallint unsigned NOT NULL DEFAULT 0 COMMENT 'how often it was sent to its consumers anew; part of the names of its jobs'`,
    });
  }

  async down(): Promise<void> {}
}
