import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex } from './schema.js';

/** What the broker needs to let one refresh happen at a time, to survive a crash in the middle of it, and to say so. */
export class BrokerClaims1700000000020 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addColumns(db, 'f_wechat_accesstoken', {
      claim_owner: `varchar(64) DEFAULT NULL COMMENT 'who refreshes it now'`,
      claim_until: `datetime(3) DEFAULT NULL COMMENT 'until when the claim holds, by the clock of this server'`,
      attempted_at: `datetime(3) DEFAULT NULL COMMENT 'a refresh was begun then and its outcome is not known: the token may die five minutes later'`,
      retry_at: `datetime(3) DEFAULT NULL COMMENT 'no refresh before this, after a failure'`,
    });
    await addColumns(db, 'f_wechat_authorizationlink', {
      return_secret: `varchar(512) DEFAULT NULL COMMENT 'encrypted; signs the way back to return_url'`,
    });
    await addColumns(db, 'f_wechat_accesslog', {
      times: `int unsigned NOT NULL DEFAULT 1 COMMENT 'how often, between at and last_at'`,
      last_at: 'datetime(3) DEFAULT NULL',
    });
    await addIndex(db, 'f_wechat_accesslog', 'KEY', 'ix_accesslog_authorizer', 'component_appid, authorizer_appid, accesslog_id');
    await addIndex(db, 'f_wechat_authorizer', 'KEY', 'ix_authorizer_state', 'component_appid, state, authorizer_id');
  }

  async down(): Promise<void> {}
}
