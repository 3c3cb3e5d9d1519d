import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** While the queues cannot be used, consumers take their events from the inbox: those of which ingestion has decided whose they are. */
export class DecidedEvents1700000000052 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_event', {
      decided_at: `datetime(3) DEFAULT NULL COMMENT 'its consumers may take it although it was not handed over: the queues were away'`,
    });
  }

  async down(): Promise<void> {}
}
