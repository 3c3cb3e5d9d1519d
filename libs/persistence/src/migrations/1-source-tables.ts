import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The three tables of the source design, letter for letter. A database that an older system filled already has them:
 * then nothing is done here, and the following migrations extend them with every row kept.
 */
export class SourceTables1700000000001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
CREATE TABLE IF NOT EXISTS \`f_wechat_verifyticket\` (
  \`ticket_id\` int(10) unsigned NOT NULL AUTO_INCREMENT,
  \`component_verify_ticket\` varchar(255) NOT NULL,
  \`create_time\` datetime NOT NULL COMMENT '创建日期',
  PRIMARY KEY (\`ticket_id\`)
) COMMENT = '微信发送的ticket表'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS \`f_wechat_refreshtoken\` (
  \`refresh_id\` int(10) unsigned NOT NULL AUTO_INCREMENT,
  \`authorizer_refresh_token\` varchar(255) NOT NULL COMMENT '授权方的刷新令牌',
  \`authorizer_appid\` varchar(255) NOT NULL COMMENT '授权方appid',
  \`create_time\` datetime NOT NULL COMMENT '创建日期',
  \`is_cancel\` tinyint(1) NOT NULL COMMENT '是否停止授权 1是 0否',
  PRIMARY KEY (\`refresh_id\`)
) COMMENT = '授权方的刷新令牌表'`);
    await db.query(`
CREATE TABLE IF NOT EXISTS \`f_wechat_submitaudit\` (
  \`submitaudit_id\` int(10) unsigned NOT NULL AUTO_INCREMENT,
  \`weapp_id\` int(10) NOT NULL COMMENT '小程序ID',
  \`app_id\` varchar(50) NOT NULL COMMENT '小程序appid',
  \`template_id\` int(10) NOT NULL COMMENT '代码库中的代码模版ID',
  \`user_desc\` varchar(150) NOT NULL COMMENT '代码描述',
  \`user_version\` varchar(10) NOT NULL COMMENT '代码版本号',
  \`ext_json\` text NOT NULL COMMENT '第三方自定义的配置',
  \`auditid\` varchar(15) DEFAULT NULL COMMENT '审核编号',
  \`status\` tinyint(1) DEFAULT NULL COMMENT '审核状态,其中0为审核成功,1为审核失败,2为审核中,3已撤回 4未提交审核',
  \`reason\` varchar(100) DEFAULT NULL COMMENT '当status=1,审核被拒绝时,返回的拒绝原因',
  \`create_time\` datetime DEFAULT NULL COMMENT '提交审核的日期',
  \`is_release\` tinyint(1) NOT NULL DEFAULT '0' COMMENT '是否发布 1是 0否',
  \`release_time\` datetime DEFAULT NULL COMMENT '发布日期',
  \`auditresult_time\` datetime DEFAULT NULL COMMENT '审核成功(失败)的日期',
  \`update_time\` datetime DEFAULT NULL COMMENT '最新操作的日期',
  PRIMARY KEY (\`submitaudit_id\`)
) COMMENT = '小程序提交审核版本表'`);
  }

  /** Facts are never dropped by a migration. */
  async down(): Promise<void> {}
}
