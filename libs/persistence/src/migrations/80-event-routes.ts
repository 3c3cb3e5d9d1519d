import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** Rows of one statement. */
const STEP = 20_000n;

/** Events about WeChat's own test accounts were told by the words of their note. */
export class EventRoutes1700000000080 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_event', {
      route: `varchar(16) DEFAULT NULL COMMENT 'release-check: of an account of WeChat''s own check; NULL: the way of its kind'`,
    });
    // In steps by the primary key: WeChat's pushes are written meanwhile, and must not wait for one long lock.
    const [bounds] = await db.query('SELECT MIN(event_id) AS oldest, MAX(event_id) AS newest FROM f_wechat_event');
    if (bounds.oldest === null) return;
    const newest = BigInt(bounds.newest);
    for (let from = BigInt(bounds.oldest); from <= newest; from += STEP)
      await db.query(
        `UPDATE f_wechat_event SET route = 'release-check'
          WHERE event_id >= ? AND event_id < ? AND note = 'release check' AND route IS NULL`,
        [String(from), String(from + STEP)],
      );
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
