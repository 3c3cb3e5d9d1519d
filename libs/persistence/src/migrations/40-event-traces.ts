import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** So that whoever hands an event over, in whichever replica, goes on with the trace of the push that brought it. */
export class EventTraces1700000000040 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_event', {
      traceparent: `char(55) DEFAULT NULL COMMENT 'W3C Trace Context of the push; null: it was not traced'`,
    });
  }

  async down(): Promise<void> {}
}
