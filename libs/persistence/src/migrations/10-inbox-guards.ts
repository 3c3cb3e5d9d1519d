import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex } from './schema.js';

/** What the inbox needs to know a replayed push, and an event that came over another account's path. */
export class InboxGuards1700000000010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_event', {
      msg_signature: `char(40) DEFAULT NULL COMMENT 'of the push that brought it; the same bytes sent again change nothing'`,
      to_user_name: `varchar(64) DEFAULT NULL COMMENT 'ToUserName of the decrypted content: original id of the account'`,
    });
    await addIndex(db, 'f_wechat_event', 'UNIQUE KEY', 'uq_event_signature', 'component_appid, msg_signature');
  }

  async down(): Promise<void> {}
}
