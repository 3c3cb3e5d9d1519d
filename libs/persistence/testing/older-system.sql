-- What an older system left behind: the source design's tables, and rows as such a system wrote them.
CREATE TABLE `f_wechat_verifyticket` (
  `ticket_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `component_verify_ticket` varchar(255) NOT NULL,
  `create_time` datetime NOT NULL COMMENT '创建日期',
  PRIMARY KEY (`ticket_id`)
) COMMENT = '微信发送的ticket表';
CREATE TABLE `f_wechat_refreshtoken` (
  `refresh_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `authorizer_refresh_token` varchar(255) NOT NULL COMMENT '授权方的刷新令牌',
  `authorizer_appid` varchar(255) NOT NULL COMMENT '授权方appid',
  `create_time` datetime NOT NULL COMMENT '创建日期',
  `is_cancel` tinyint(1) NOT NULL COMMENT '是否停止授权 1是 0否',
  PRIMARY KEY (`refresh_id`)
) COMMENT = '授权方的刷新令牌表';
CREATE TABLE `f_wechat_submitaudit` (
  `submitaudit_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `weapp_id` int(10) NOT NULL COMMENT '小程序ID',
  `app_id` varchar(50) NOT NULL COMMENT '小程序appid',
  `template_id` int(10) NOT NULL COMMENT '代码库中的代码模版ID',
  `user_desc` varchar(150) NOT NULL COMMENT '代码描述',
  `user_version` varchar(10) NOT NULL COMMENT '代码版本号',
  `ext_json` text NOT NULL COMMENT '第三方自定义的配置',
  `auditid` varchar(15) DEFAULT NULL COMMENT '审核编号',
  `status` tinyint(1) DEFAULT NULL COMMENT '审核状态,其中0为审核成功,1为审核失败,2为审核中,3已撤回 4未提交审核',
  `reason` varchar(100) DEFAULT NULL COMMENT '当status=1,审核被拒绝时,返回的拒绝原因',
  `create_time` datetime DEFAULT NULL COMMENT '提交审核的日期',
  `is_release` tinyint(1) NOT NULL DEFAULT '0' COMMENT '是否发布 1是 0否',
  `release_time` datetime DEFAULT NULL COMMENT '发布日期',
  `auditresult_time` datetime DEFAULT NULL COMMENT '审核成功(失败)的日期',
  `update_time` datetime DEFAULT NULL COMMENT '最新操作的日期',
  PRIMARY KEY (`submitaudit_id`)
) COMMENT = '小程序提交审核版本表';

INSERT INTO f_wechat_verifyticket (ticket_id, component_verify_ticket, create_time) VALUES
  (1, 'ticket@@@older-1', '2023-05-01 00:00:00'),
  (2, 'ticket@@@older-2', '2023-05-01 00:10:00');

INSERT INTO f_wechat_refreshtoken (refresh_id, authorizer_refresh_token, authorizer_appid, create_time, is_cancel) VALUES
  (1, 'refreshtoken@@@a-first', 'wxaaaaaaaaaaaaaaaa', '2022-01-01 08:00:00', 0),
  (2, 'refreshtoken@@@b-gone', 'wxbbbbbbbbbbbbbbbb', '2022-02-01 08:00:00', 1),
  (3, 'refreshtoken@@@a-second', 'wxaaaaaaaaaaaaaaaa', '2022-03-01 08:00:00', 0),
  (4, 'refreshtoken@@@b-gone-too', 'wxbbbbbbbbbbbbbbbb', '2022-04-01 08:00:00', 1),
  (5, 'refreshtoken@@@c-only', 'wxcccccccccccccccc', '2022-05-01 08:00:00', 0);

INSERT INTO f_wechat_submitaudit
  (submitaudit_id, weapp_id, app_id, template_id, user_desc, user_version, ext_json, auditid, status, reason, create_time, is_release, release_time, auditresult_time, update_time) VALUES
  (1, 7, 'wxaaaaaaaaaaaaaaaa', 3, '第一版', '1.0.0', '{"extAppid":"wxaaaaaaaaaaaaaaaa"}', '429827924', 0, NULL, '2023-01-01 00:00:00', 1, '2023-01-03 00:00:00', '2023-01-02 00:00:00', '2023-01-03 00:00:00'),
  (2, 7, 'wxaaaaaaaaaaaaaaaa', 4, '第二版', '1.1.0', '{}', '429827999', 1, '1:小程序内容不符合规则:<br>(1):你好，你的小程序页面', '2023-02-01 00:00:00', 0, NULL, '2023-02-02 00:00:00', '2023-02-02 00:00:00'),
  (3, 9, 'wxcccccccccccccccc', 4, 'pending', '1.1.0', '{}', '430000001', 2, NULL, '2023-03-01 00:00:00', 0, NULL, NULL, '2023-03-01 00:00:00'),
  (4, 9, 'wxcccccccccccccccc', 5, 'never submitted', '1.2.0', '{}', NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL),
  (5, 9, 'wxcccccccccccccccc', 5, 'withdrawn', '1.2.1', '{}', '430000002', 3, NULL, '2023-04-01 00:00:00', 0, NULL, NULL, '2023-04-01 01:00:00'),
  (6, 9, 'wxcccccccccccccccc', 5, 'not submitted', '1.2.2', '{}', NULL, 4, NULL, NULL, 0, NULL, NULL, '2023-05-01 01:00:00');
