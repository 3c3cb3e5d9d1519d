import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex } from './schema.js';

/** What of ours is online in each mini program, and a rollback whose outcome is not known yet. */
export class OnlineFacts1700000000032 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_miniprogram', {
      released_version: `varchar(64) DEFAULT NULL COMMENT 'what was put online from here; WeChat''s own word is online_version'`,
      released_template_id: 'int DEFAULT NULL',
      released_ext_hash: `char(64) DEFAULT NULL COMMENT 'SHA-256 in hex of the ext_json that was committed'`,
      rollback_at: `datetime(3) DEFAULT NULL COMMENT 'a rollback was begun and its outcome is not known yet'`,
      rollback_from: `text DEFAULT NULL COMMENT 'JSON: what was online before it'`,
    });
    // Counting the targets of a large rollout reads this index alone.
    await addIndex(db, 'f_wechat_rollouttarget', 'KEY', 'ix_rollouttarget_counts', 'rollout_id, state, is_canary');
    await db.query(`
      UPDATE f_wechat_miniprogram m
        JOIN (SELECT component_appid, app_id, MAX(submitaudit_id) AS id FROM f_wechat_submitaudit
               WHERE state = 'released' GROUP BY component_appid, app_id) newest
          ON newest.component_appid = CONVERT(m.component_appid USING utf8mb4)
         AND newest.app_id = CONVERT(m.authorizer_appid USING utf8mb4)
        JOIN f_wechat_submitaudit r ON r.submitaudit_id = newest.id
         SET m.released_version = r.user_version, m.released_template_id = r.template_id, m.released_ext_hash = SHA2(r.ext_json, 256)
       WHERE m.released_version IS NULL`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
