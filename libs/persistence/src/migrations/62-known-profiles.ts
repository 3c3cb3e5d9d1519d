import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns } from './schema.js';

/** Which authorizers' permission sets are known at all, and how far a sync has read them. */
export class KnownProfiles1700000000062 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_authorizer', {
      permission_sets_at: `datetime(3) DEFAULT NULL COMMENT 'when its permission sets were stored; NULL: they were never read'`,
    });
    // Those that were stored before. Who has none may have been stored without them: that one is read again.
    await db.query(
      `UPDATE f_wechat_authorizer a SET a.permission_sets_at = a.updated_at
        WHERE a.permission_sets_at IS NULL AND EXISTS (SELECT 1 FROM f_wechat_authorizerpermission p
               WHERE p.component_appid = a.component_appid AND p.authorizer_appid = a.authorizer_appid)`,
    );
    await addColumns(db, 'f_wechat_sync', {
      listed_at: `datetime(3) DEFAULT NULL COMMENT 'when the whole list was read'`,
      profiles_total: `int unsigned DEFAULT NULL COMMENT 'authorizers whose profile or permission sets were not known then'`,
      profiles_read: 'int unsigned NOT NULL DEFAULT 0',
      profiles_failed: `int unsigned NOT NULL DEFAULT 0 COMMENT 'WeChat gave none'`,
      heartbeat_at: `datetime(3) DEFAULT NULL COMMENT 'when it last moved'`,
    });
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
