import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Room for a client's list of 10,000 authorizers, and for WeChat's path where calls are counted: its last part is not unique. */
export class RoomForLists1700000000023 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `ALTER TABLE f_wechat_client MODIFY COLUMN authorizers mediumtext DEFAULT NULL COMMENT 'JSON list of appids; NULL: all'`,
    );
    await db.query(
      `ALTER TABLE f_wechat_callcount MODIFY COLUMN api varchar(191) NOT NULL COMMENT 'WeChat''s path; before migration 23, its name'`,
    );
  }

  async down(): Promise<void> {}
}
