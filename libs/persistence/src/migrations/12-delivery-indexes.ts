import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addIndex } from './schema.js';

/** So that what waits for a subscriber that is dead costs nothing to look past, and so that order is the order of the events. */
export class DeliveryIndexes1700000000012 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addIndex(db, 'f_wechat_delivery', 'KEY', 'ix_delivery_next', 'subscription_id, state, next_attempt_at');
    await addIndex(db, 'f_wechat_delivery', 'KEY', 'ix_delivery_order', 'subscription_id, state, authorizer_appid, event_id');
  }

  async down(): Promise<void> {}
}
