import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** A person's word about an event that was kept and not believed. */
export class AcceptedEvents1700000000013 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_event', {
      accepted: `tinyint NOT NULL DEFAULT 0 COMMENT '1: a person looked at it and wants it acted on, whatever its path says'`,
    });
  }

  async down(): Promise<void> {}
}
