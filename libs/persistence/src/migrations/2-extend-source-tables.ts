import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex, relaxDates } from './schema.js';

/**
 * Several components in one database, ciphertext instead of plain text, and room for what WeChat really sends.
 * Only adds and widens: an older system that still writes goes on working.
 *
 * `component_appid` is '' in rows of an older system; `migrate` fills it in when it knows the component (see adopt.ts).
 */
export class ExtendSourceTables1700000000002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await relaxDates(db);
    for (const table of ['f_wechat_verifyticket', 'f_wechat_refreshtoken', 'f_wechat_submitaudit']) {
      await db.query(`ALTER TABLE \`${table}\` CONVERT TO CHARACTER SET utf8mb4`);
    }
    await this.tickets(db);
    await this.refreshTokens(db);
    await this.releases(db);
  }

  private async tickets(db: QueryRunner): Promise<void> {
    const table = 'f_wechat_verifyticket';
    await db.query(`ALTER TABLE \`${table}\` MODIFY \`component_verify_ticket\` varchar(2048) NOT NULL`);
    await addColumns(db, table, {
      component_appid: `varchar(64) NOT NULL DEFAULT ''`,
      pushed_at: `datetime DEFAULT NULL COMMENT 'CreateTime of the push, UTC; the order of tickets'`,
    });
    // An older system may have written its local time: no ticket of its may count as newer than the next one that is pushed.
    await db.query(
      `UPDATE \`${table}\` SET pushed_at = LEAST(create_time, UTC_TIMESTAMP() - INTERVAL 10 MINUTE) WHERE pushed_at IS NULL`,
    );
    await addIndex(db, table, 'KEY', 'ix_ticket_newest', 'component_appid, pushed_at, ticket_id');
  }

  private async refreshTokens(db: QueryRunner): Promise<void> {
    const table = 'f_wechat_refreshtoken';
    await db.query(
      `ALTER TABLE \`${table}\` MODIFY \`authorizer_refresh_token\` varchar(2048) NOT NULL COMMENT '授权方的刷新令牌',
       MODIFY \`is_cancel\` tinyint(1) NOT NULL DEFAULT 0 COMMENT '是否停止授权 1是 0否'`,
    );
    await addColumns(db, table, {
      component_appid: `varchar(64) NOT NULL DEFAULT ''`,
      previous_refresh_token: `varchar(2048) DEFAULT NULL COMMENT 'the one replaced last; a fallback'`,
      granted_at: `datetime DEFAULT NULL COMMENT 'when the merchant granted, by WeChat, UTC'`,
      cancel_time: 'datetime DEFAULT NULL',
      cancel_reason: 'varchar(64) DEFAULT NULL',
      update_time: 'datetime DEFAULT NULL',
    });
    // An older system may have appended a row at each re-authorization: the newest stays live, the others become history.
    await db.query(`
      UPDATE \`${table}\` AS older
        JOIN (SELECT component_appid, authorizer_appid, MAX(refresh_id) AS newest
                FROM \`${table}\` WHERE is_cancel = 0 GROUP BY component_appid, authorizer_appid) AS live
          ON live.component_appid = older.component_appid AND live.authorizer_appid = older.authorizer_appid
         SET older.is_cancel = 1, older.cancel_reason = 'superseded'
       WHERE older.is_cancel = 0 AND older.refresh_id < live.newest`);
    await addColumns(db, table, {
      is_live: `tinyint GENERATED ALWAYS AS (IF(is_cancel = 0, 1, NULL)) STORED COMMENT 'one live row per authorizer, held by the unique key'`,
    });
    await addIndex(db, table, 'UNIQUE KEY', 'uq_refreshtoken_live', 'component_appid, authorizer_appid, is_live');
  }

  private async releases(db: QueryRunner): Promise<void> {
    const table = 'f_wechat_submitaudit';
    await db.query(`ALTER TABLE \`${table}\`
      MODIFY \`weapp_id\` int(10) NOT NULL DEFAULT 0 COMMENT '小程序ID',
      MODIFY \`user_desc\` varchar(1024) NOT NULL COMMENT '代码描述',
      MODIFY \`user_version\` varchar(64) NOT NULL COMMENT '代码版本号',
      MODIFY \`ext_json\` mediumtext NOT NULL COMMENT '第三方自定义的配置',
      MODIFY \`auditid\` varchar(32) DEFAULT NULL COMMENT '审核编号',
      MODIFY \`reason\` mediumtext DEFAULT NULL COMMENT '当status=1,审核被拒绝时,返回的拒绝原因'`);
    await addColumns(db, table, {
      component_appid: `varchar(64) NOT NULL DEFAULT ''`,
      state: `varchar(32) DEFAULT NULL COMMENT 'our state machine; NULL in rows an older system writes: derived from status and is_release'`,
      is_delayed: `tinyint(1) NOT NULL DEFAULT 0 COMMENT 'WeChat answered 4 (delayed): still pending'`,
      delay_reason: 'mediumtext DEFAULT NULL',
      screenshot: `text DEFAULT NULL COMMENT 'media ids of a rejection, joined by |'`,
      intent: `varchar(32) DEFAULT NULL COMMENT 'a step that cannot be repeated was begun and its outcome is not known yet'`,
      intent_at: 'datetime(3) DEFAULT NULL',
      submit_request: `mediumtext DEFAULT NULL COMMENT 'JSON body of submit_audit'`,
      submitted_at: 'datetime(3) DEFAULT NULL',
      last_error: `mediumtext DEFAULT NULL COMMENT 'JSON: errcode, errmsg, rid, step, at'`,
      next_check_at: `datetime(3) DEFAULT NULL COMMENT 'when the poller looks again'`,
      revision: `int unsigned NOT NULL DEFAULT 0 COMMENT 'counts writes'`,
      client_id: `varchar(32) DEFAULT NULL COMMENT 'who asked'`,
      created_at: 'datetime(3) DEFAULT NULL',
    });
    await addIndex(db, table, 'KEY', 'ix_submitaudit_app', 'component_appid, app_id, submitaudit_id');
    await addIndex(db, table, 'KEY', 'ix_submitaudit_due', 'state, next_check_at');
  }

  async down(): Promise<void> {}
}
