import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex } from './schema.js';

/** A visit that comes back holds one use of its link until its code is exchanged; and it is sent on to the client once. */
export class VisitHolds1700000000054 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_preauthcode', {
      held_until: `datetime(3) DEFAULT NULL COMMENT 'until then one use of the link is kept for this visit'`,
      returned_at: `datetime(3) DEFAULT NULL COMMENT 'when the browser was first sent on with a signed return'`,
    });
    await addIndex(db, 'f_wechat_preauthcode', 'KEY', 'ix_preauthcode_link', 'link_id, held_until');
  }

  async down(): Promise<void> {}
}
