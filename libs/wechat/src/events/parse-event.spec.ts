import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { XmlRefusedError } from '../wire/xml.js';
import { dedupeKey, formerDedupeKey } from './dedupe-key.js';
import type { EventOf } from './event.js';
import { EVENT_KINDS, parseEvent, screenshotIds } from './parse-event.js';
import { imageReply, newsReply, replyAddress, textReply, transferCustomerServiceReply } from './reply.js';

const AT = 1700000300;
const component = (infoType: string, fields: string) =>
  `<xml><AppId><![CDATA[wxcomponent]]></AppId><CreateTime>${AT}</CreateTime><InfoType><![CDATA[${infoType}]]></InfoType>${fields}</xml>`;
const received = (msgType: string, fields: string) =>
  `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[openid-1]]></FromUserName><CreateTime>${AT}</CreateTime><MsgType><![CDATA[${msgType}]]></MsgType>${fields}</xml>`;
const event = (name: string, fields: string) => received('event', `<Event><![CDATA[${name}]]></Event>${fields}`);

const GRANT =
  '<AuthorizerAppid>wxa</AuthorizerAppid><AuthorizationCode>queryauthcode@@@c</AuthorizationCode><AuthorizationCodeExpiredTime>1608190715</AuthorizationCodeExpiredTime><PreAuthCode>preauthcode@@@p</PreAuthCode>';
const grant = {
  AuthorizerAppid: 'wxa',
  AuthorizationCode: 'queryauthcode@@@c',
  AuthorizationCodeExpiredTime: 1608190715,
  PreAuthCode: 'preauthcode@@@p',
};
const ENTERPRISE =
  '<info><name>公司</name><code>91</code><code_type>1</code_type><legal_persona_wechat>w</legal_persona_wechat><legal_persona_name>n</legal_persona_name><component_phone>1</component_phone></info>';
const enterprise = {
  name: '公司',
  code: '91',
  code_type: 1,
  legal_persona_wechat: 'w',
  legal_persona_name: 'n',
  component_phone: '1',
};
const TRIAL =
  '<ApplyAuthorizationInfoNoitfy><appid>wxt</appid><mp_appid>wxm</mp_appid><status>1</status><msg>m</msg><operation_time>5</operation_time><ticket>t</ticket></ApplyAuthorizationInfoNoitfy>';
const trial = {
  ApplyAuthorizationInfoNoitfy: { appid: 'wxt', mp_appid: 'wxm', status: 1, msg: 'm', operation_time: 5, ticket: 't' },
};

const PAYMENT =
  '<transaction_id>4200000001202601010000000001</transaction_id><merchant_id>1230000109</merchant_id><sub_merchant_id>1900000109</sub_merchant_id><merchant_trade_no>no-1</merchant_trade_no><pay_time>1700000000</pay_time>';

/** Every event of the documents: kind, document, and what must be read beside the common fields. */
const CASES: [kind: string, xml: string, fields: Record<string, unknown>][] = [
  [
    'component_verify_ticket',
    component('component_verify_ticket', '<ComponentVerifyTicket><![CDATA[ticket@@@x]]></ComponentVerifyTicket>'),
    { ComponentVerifyTicket: 'ticket@@@x', AppId: 'wxcomponent', InfoType: 'component_verify_ticket' },
  ],
  ['authorized', component('authorized', GRANT), grant],
  ['updateauthorized', component('updateauthorized', GRANT), grant],
  ['unauthorized', component('unauthorized', '<AuthorizerAppid>wxa</AuthorizerAppid>'), { AuthorizerAppid: 'wxa' }],
  [
    'notify_third_fasteregister',
    component(
      'notify_third_fasteregister',
      `<appid>wxnew</appid><status>0</status><auth_code>code@@@1</auth_code><msg>OK</msg>${ENTERPRISE}`,
    ),
    { AppId: 'wxcomponent', appid: 'wxnew', status: 0, auth_code: 'code@@@1', msg: 'OK', info: enterprise },
  ],
  [
    'notify_third_fastregisterbetaapp',
    component(
      'notify_third_fastregisterbetaapp',
      '<appid>wxnew</appid><status>0</status><msg>OK</msg><info><unique_id>u</unique_id><name>n</name></info>',
    ),
    { appid: 'wxnew', status: 0, info: { unique_id: 'u', name: 'n' } },
  ],
  [
    'notify_third_fastverifybetaapp',
    component('notify_third_fastverifybetaapp', `<appid>wxnew</appid><status>-1</status><msg>no</msg>${ENTERPRISE}`),
    { status: -1, info: enterprise },
  ],
  [
    'notify_icpfiling_verify_result',
    component(
      'notify_icpfiling_verify_result',
      '<task_id>9007199254740993</task_id><verify_appid>wxa</verify_appid><result>3</result><along_with_auth_result>9</along_with_auth_result>',
    ),
    { task_id: '9007199254740993', verify_appid: 'wxa', result: 3, along_with_auth_result: 9 },
  ],
  [
    'notify_apply_icpfiling_result',
    component('notify_apply_icpfiling_result', '<authorizer_appid>wxa</authorizer_appid><beian_status>6</beian_status>'),
    { authorizer_appid: 'wxa', beian_status: 6 },
  ],
  [
    'notify_3rd_wxa_auth',
    component(
      'notify_3rd_wxa_auth',
      '<appid>wxa</appid><taskid>t</taskid><task_status>12</task_status><apply_status>2</apply_status><message>m</message><dispatch_info><provider>p</provider><contact>c</contact><dispatch_time>7</dispatch_time></dispatch_info>',
    ),
    { taskid: 't', task_status: 12, apply_status: 2, dispatch_info: { provider: 'p', contact: 'c', dispatch_time: 7 } },
  ],
  [
    'notify_3rd_wxa_wxverify',
    component('notify_3rd_wxa_wxverify', '<appid>wxa</appid><expired>1700000000</expired><message>m</message>'),
    { appid: 'wxa', expired: 1700000000, message: 'm' },
  ],
  [
    'notify_3rd_wxa_auth_and_icp',
    component(
      'notify_3rd_wxa_auth_and_icp',
      '<appid>wxa</appid><procedure_id>p</procedure_id><procedure_status>26</procedure_status>',
    ),
    { procedure_id: 'p', procedure_status: 26 },
  ],
  [
    'order_path_apply_result_notify',
    component(
      'order_path_apply_result_notify',
      '<list><appid>wx1</appid><ret_code>0</ret_code></list><list><appid>wx2</appid><ret_code>-1</ret_code></list>',
    ),
    {
      list: [
        { appid: 'wx1', ret_code: 0 },
        { appid: 'wx2', ret_code: -1 },
      ],
    },
  ],
  [
    'order_path_audit_result_notify',
    component(
      'order_path_audit_result_notify',
      '<list><appid>wx1</appid><audit_id>5</audit_id><status>4</status><apply_time>1</apply_time><audit_time>2</audit_time><reason>r</reason></list>',
    ),
    { list: [{ appid: 'wx1', audit_id: '5', status: 4, apply_time: 1, audit_time: 2, reason: 'r' }] },
  ],
  [
    'order_path_batch_result',
    '<xml><List><Appid>wx1</Appid><AuditId>7</AuditId><RetCode>-2</RetCode></List></xml>',
    { List: [{ Appid: 'wx1', AuditId: '7', RetCode: -2 }] },
  ],
  [
    'weapp_audit_success',
    event('weapp_audit_success', '<SuccTime>1700000299</SuccTime>'),
    { SuccTime: 1700000299, ToUserName: 'gh_1', FromUserName: 'openid-1', MsgType: 'event', Event: 'weapp_audit_success' },
  ],
  [
    'weapp_audit_fail',
    event(
      'weapp_audit_fail',
      '<Reason><![CDATA[1:名称😀:<br>(1):"&<b>]]></Reason><FailTime>1700000299</FailTime><ScreenShot>a|b</ScreenShot>',
    ),
    { Reason: '1:名称😀:<br>(1):"&<b>', FailTime: 1700000299, ScreenShot: 'a|b' },
  ],
  [
    'weapp_audit_delay',
    event('weapp_audit_delay', '<Reason>wait</Reason><DelayTime>1700000299</DelayTime>'),
    { Reason: 'wait', DelayTime: 1700000299 },
  ],
  [
    'wxa_nickname_audit',
    event('wxa_nickname_audit', '<ret>3</ret><nickname>店</nickname><reason></reason>'),
    { ret: 3, nickname: '店', reason: '' },
  ],
  [
    'wxa_category_audit',
    event('wxa_category_audit', '<ret>2</ret><first>8</first><second>37</second><reason>r</reason>'),
    { ret: 2, first: 8, second: 37, reason: 'r' },
  ],
  [
    'wxa_privacy_apply',
    event(
      'wxa_privacy_apply',
      '<result_info><api_name>wx.getLocation</api_name><apply_time>1</apply_time><audit_id>4294967299</audit_id><audit_time>2</audit_time><reason>r</reason><status>5</status></result_info>',
    ),
    { result_info: { api_name: 'wx.getLocation', apply_time: 1, audit_id: '4294967299', audit_time: 2, reason: 'r', status: 5 } },
  ],
  [
    'wxa_appeal_record',
    event(
      'wxa_appeal_record',
      '<appeal_record_id>1</appeal_record_id><appid>wxa</appid><appeal_time>2</appeal_time><appeal_count>1</appeal_count><appeal_from>0</appeal_from><appeal_status>1</appeal_status><audit_time>3</audit_time><audit_reason>r</audit_reason><punish_description>p</punish_description><material><illegal_material><content>c</content><content_url>u</content_url></illegal_material><appeal_material><reason>x</reason><proof_material_id>m1</proof_material_id><proof_material_id>m2</proof_material_id></appeal_material></material><material><illegal_material><content>d</content></illegal_material></material>',
    ),
    {
      appeal_from: 0,
      appeal_status: 1,
      material: [
        {
          illegal_material: { content: 'c', content_url: 'u' },
          appeal_material: { reason: 'x', proof_material_id: ['m1', 'm2'] },
        },
        { illegal_material: { content: 'd' } },
      ],
    },
  ],
  [
    'wxa_illegal_record',
    event(
      'wxa_illegal_record',
      '<illegal_record_id>2_11100</illegal_record_id><appid>wxa</appid><create_time>1777599990</create_time><illegal_reason>r</illegal_reason><illegal_content>c</illegal_content><rule_url>u</rule_url><rule_name>n</rule_name>',
    ),
    {
      illegal_record_id: '2_11100',
      appid: 'wxa',
      create_time: 1777599990,
      illegal_reason: 'r',
      illegal_content: 'c',
      rule_url: 'u',
      rule_name: 'n',
    },
  ],
  [
    'wxa_punish_event',
    event(
      'wxa_punish_event',
      '<event_type>e</event_type><punish_id>1</punish_id><appid>wxa</appid><punish_time>9</punish_time><detail>{"a":1}</detail>',
    ),
    { punish_id: '1', punish_time: 9, detail: '{"a":1}' },
  ],
  [
    'wxa_media_check',
    event(
      'wxa_media_check',
      '<appid>wxa</appid><trace_id>t</trace_id><version>2</version><detail><strategy>s</strategy><errcode>0</errcode><suggest>risky</suggest><label>20002</label><prob>90</prob></detail><result><suggest>risky</suggest><label>20002</label></result>',
    ),
    {
      trace_id: 't',
      version: 2,
      detail: [{ strategy: 's', errcode: 0, suggest: 'risky', label: 20002, prob: 90 }],
      result: { suggest: 'risky', label: 20002 },
    },
  ],
  ['betaapp_verify_event', event('betaapp_verify_event', TRIAL), trial],
  ['betaapp_verify_apply_event', event('betaapp_verify_apply_event', TRIAL), trial],
  ['betaapp_authorization_apply_event', event('betaapp_authorization_apply_event', TRIAL), trial],
  ['qualification_verify_success', event('qualification_verify_success', '<ExpiredTime>9</ExpiredTime>'), { ExpiredTime: 9 }],
  [
    'qualification_verify_fail',
    event('qualification_verify_fail', '<FailTime>9</FailTime><FailReason>r</FailReason>'),
    { FailTime: 9, FailReason: 'r' },
  ],
  ['naming_verify_success', event('naming_verify_success', '<ExpiredTime>9</ExpiredTime>'), { ExpiredTime: 9 }],
  ['naming_verify_fail', event('naming_verify_fail', '<FailTime>9</FailTime><FailReason>r</FailReason>'), { FailReason: 'r' }],
  ['annual_renew', event('annual_renew', '<ExpiredTime>9</ExpiredTime>'), { ExpiredTime: 9 }],
  ['verify_expired', event('verify_expired', '<ExpiredTime>9</ExpiredTime>'), { ExpiredTime: 9 }],
  ['event.debug_demo', event('debug_demo', '<debug_str>hello world</debug_str>'), { debug_str: 'hello world' }],
  [
    'event.subscribe',
    event('subscribe', '<EventKey>qrscene_1</EventKey><Ticket>T</Ticket>'),
    { EventKey: 'qrscene_1', Ticket: 'T' },
  ],
  ['event.unsubscribe', event('unsubscribe', '<EventKey></EventKey>'), { EventKey: '' }],
  ['event.SCAN', event('SCAN', '<EventKey>1</EventKey><Ticket>T</Ticket>'), { EventKey: '1' }],
  [
    'event.LOCATION',
    event('LOCATION', '<Latitude>23.137466</Latitude><Longitude>113.352425</Longitude><Precision>119.385040</Precision>'),
    { Latitude: 23.137466, Longitude: 113.352425, Precision: 119.38504 },
  ],
  ['event.CLICK', event('CLICK', '<EventKey>k</EventKey>'), { EventKey: 'k' }],
  [
    'event.VIEW',
    event('VIEW', '<EventKey>http://a/?b=1&amp;c=2</EventKey><MenuId>5</MenuId>'),
    { EventKey: 'http://a/?b=1&c=2', MenuId: '5' },
  ],
  [
    'event.view_miniprogram',
    event('view_miniprogram', '<EventKey>pages/a</EventKey><MenuId>5</MenuId>'),
    { EventKey: 'pages/a' },
  ],
  [
    'event.TEMPLATESENDJOBFINISH',
    event('TEMPLATESENDJOBFINISH', '<MsgID>200163836</MsgID><Status>success</Status>'),
    { MsgID: '200163836', Status: 'success' },
  ],
  [
    'event.MASSSENDJOBFINISH',
    event(
      'MASSSENDJOBFINISH',
      '<MsgID>1000001625</MsgID><Status>err(30003)</Status><TotalCount>0</TotalCount><FilterCount>0</FilterCount><SentCount>0</SentCount><ErrorCount>0</ErrorCount>',
    ),
    { MsgID: '1000001625', TotalCount: 0 },
  ],
  [
    'event.PUBLISHJOBFINISH',
    event(
      'PUBLISHJOBFINISH',
      '<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>0</publish_status><article_id>a</article_id><article_detail><count>1</count><item><idx>1</idx><article_url>u</article_url></item></article_detail></PublishEventInfo>',
    ),
    {
      PublishEventInfo: {
        publish_id: '2247503051',
        publish_status: 0,
        article_id: 'a',
        article_detail: { count: 1, item: [{ idx: 1, article_url: 'u' }] },
      },
    },
  ],
  ['wx_verify_pay_succ', event('wx_verify_pay_succ', '<OrderId>o1</OrderId>'), { OrderId: 'o1' }],
  [
    'wx_verify_dispatch',
    event('wx_verify_dispatch', '<OrderId>o1</OrderId><Provider>p</Provider><Contact>c</Contact><DispatchTime>7</DispatchTime>'),
    { Provider: 'p', Contact: 'c', DispatchTime: 7 },
  ],
  ['trade_manage_remind_access_api', event('trade_manage_remind_access_api', '<msg>请接入</msg>'), { msg: '请接入' }],
  [
    'trade_manage_remind_shipping',
    event('trade_manage_remind_shipping', `${PAYMENT}<msg>m</msg>`),
    { transaction_id: '4200000001202601010000000001', merchant_id: '1230000109', pay_time: 1700000000, msg: 'm' },
  ],
  [
    'trade_manage_order_settlement',
    event(
      'trade_manage_order_settlement',
      `${PAYMENT}<shipped_time>1700000100</shipped_time><confirm_receive_method>1</confirm_receive_method><confirm_receive_time>1700000200</confirm_receive_time><settlement_time>1700000300</settlement_time>`,
    ),
    { merchant_trade_no: 'no-1', confirm_receive_method: 1, settlement_time: 1700000300 },
  ],
  ...['scancode_push', 'scancode_waitmsg'].map((name): (typeof CASES)[number] => [
    `event.${name}`,
    event(name, '<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo>'),
    { EventKey: 'k', ScanCodeInfo: { ScanType: 'qrcode', ScanResult: '1' } },
  ]),
  ...['pic_sysphoto', 'pic_photo_or_album', 'pic_weixin'].map((name): (typeof CASES)[number] => [
    `event.${name}`,
    event(name, '<SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>5a</PicMd5Sum></item></PicList></SendPicsInfo>'),
    { SendPicsInfo: { Count: 1, PicList: { item: [{ PicMd5Sum: '5a' }] } } },
  ]),
  [
    'event.location_select',
    event(
      'location_select',
      '<SendLocationInfo><Location_X>23.5</Location_X><Location_Y>113.5</Location_Y><Scale>15</Scale><Label>位置</Label></SendLocationInfo>',
    ),
    { SendLocationInfo: { Location_X: 23.5, Location_Y: 113.5, Scale: 15, Label: '位置' } },
  ],
  [
    'event.add_express_path',
    event(
      'add_express_path',
      '<DeliveryID>SF</DeliveryID><WayBillId>w</WayBillId><Version>16</Version><Count>1</Count><Actions><ActionTime>7</ActionTime><ActionType>100001</ActionType><ActionMsg>m</ActionMsg></Actions>',
    ),
    { DeliveryID: 'SF', Version: 16, Actions: [{ ActionTime: 7, ActionType: 100001, ActionMsg: 'm' }] },
  ],
  ['event.user_enter_tempsession', event('user_enter_tempsession', '<SessionFrom>s</SessionFrom>'), { SessionFrom: 's' }],
  [
    'event.subscribe_msg_popup_event',
    event(
      'subscribe_msg_popup_event',
      '<SubscribeMsgPopupEvent><List><TemplateId>t</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent>',
    ),
    { SubscribeMsgPopupEvent: { List: [{ TemplateId: 't', SubscribeStatusString: 'accept', PopupScene: '2' }] } },
  ],
  [
    'event.subscribe_msg_change_event',
    event(
      'subscribe_msg_change_event',
      '<SubscribeMsgChangeEvent><List><TemplateId>t</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent>',
    ),
    { SubscribeMsgChangeEvent: { List: [{ TemplateId: 't', SubscribeStatusString: 'reject' }] } },
  ],
  [
    'event.subscribe_msg_sent_event',
    event(
      'subscribe_msg_sent_event',
      '<SubscribeMsgSentEvent><List><TemplateId>t</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>',
    ),
    {
      SubscribeMsgSentEvent: {
        List: [{ TemplateId: 't', MsgID: '1700827132819554304', ErrorCode: '0', ErrorStatus: 'success' }],
      },
    },
  ],
  [
    'event.user_info_modified',
    event('user_info_modified', '<OpenID>o</OpenID><AppID>wxa</AppID><RevokeInfo>1</RevokeInfo>'),
    { OpenID: 'o', AppID: 'wxa', RevokeInfo: '1' },
  ],
  [
    'event.user_authorization_revoke',
    event('user_authorization_revoke', '<OpenID>o</OpenID><RevokeInfo>301</RevokeInfo>'),
    { RevokeInfo: '301' },
  ],
  ['event.user_authorization_cancellation', event('user_authorization_cancellation', '<OpenID>o</OpenID>'), { OpenID: 'o' }],
  [
    'message.text',
    received('text', '<Content><![CDATA[ hi 😀 <!DOCTYPE html> ]]></Content><MsgId>6054768590064713728</MsgId>'),
    { Content: ' hi 😀 <!DOCTYPE html> ', MsgId: '6054768590064713728' },
  ],
  ['message.image', received('image', '<PicUrl>u</PicUrl><MediaId>m</MediaId><MsgId>1</MsgId>'), { PicUrl: 'u', MediaId: 'm' }],
  [
    'message.voice',
    received('voice', '<MediaId>m</MediaId><Format>amr</Format><Recognition>r</Recognition><MsgId>1</MsgId>'),
    { Format: 'amr', Recognition: 'r' },
  ],
  [
    'message.video',
    received('video', '<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId><MsgId>1</MsgId>'),
    { ThumbMediaId: 't' },
  ],
  [
    'message.shortvideo',
    received('shortvideo', '<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId><MsgId>1</MsgId>'),
    { ThumbMediaId: 't' },
  ],
  [
    'message.location',
    received(
      'location',
      '<Location_X>23.134521</Location_X><Location_Y>113.358803</Location_Y><Scale>20</Scale><Label>位置</Label><MsgId>1</MsgId>',
    ),
    { Location_X: 23.134521, Location_Y: 113.358803, Scale: 20, Label: '位置' },
  ],
  [
    'message.link',
    received('link', '<Title>t</Title><Description>d</Description><Url>u</Url><MsgId>1</MsgId>'),
    { Title: 't', Url: 'u' },
  ],
  [
    'message.miniprogrampage',
    received(
      'miniprogrampage',
      '<Title>t</Title><AppId>wxother</AppId><PagePath>p</PagePath><ThumbUrl>u</ThumbUrl><ThumbMediaId>m</ThumbMediaId><MsgId>1</MsgId>',
    ),
    { AppId: 'wxother', PagePath: 'p' },
  ],
];

describe('parseEvent', () => {
  it.each(CASES)('%s', (kind, xml, fields) => {
    const parsed = parseEvent(xml);
    const family = /ToUserName/.test(xml) ? 'authorizer' : 'component';
    expect(parsed).toMatchObject({ kind, family, createTime: kind === 'order_path_batch_result' ? 0 : AT, ...fields });
    if (!('extra' in fields)) {
      expect(parsed.extra).toBeUndefined();
    }
  });

  it('the table above has every kind, and no other', () => {
    expect(CASES.map(([kind]) => kind).sort()).toEqual([...EVENT_KINDS].sort());
  });

  it('the README names every kind', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const named = new Set([...readme.matchAll(/^\| `([\w.]+)` \|/gm)].map((match) => match[1]));
    expect([...named].sort()).toEqual([...EVENT_KINDS, 'unknown'].sort());
  });

  it('narrows by kind', () => {
    const parsed = parseEvent(component('authorized', GRANT));
    if (parsed.kind === 'authorized') {
      expectTypeOf(parsed.AuthorizationCode).toEqualTypeOf<string>();
    }
    expectTypeOf<EventOf<'weapp_audit_fail'>['FailTime']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<EventOf<'message.text'>['MsgId']>().toEqualTypeOf<string | undefined>();
  });

  it.each([
    [
      'an InfoType nobody knows',
      component('brand_new', '<x>1</x>'),
      { family: 'component', name: 'brand_new', why: 'new', AppId: 'wxcomponent' },
    ],
    [
      'an Event nobody knows',
      event('brand_new', '<x><y>1</y><y>2</y></x>'),
      { family: 'authorizer', name: 'event.brand_new', why: 'new', ToUserName: 'gh_1' },
    ],
    ['a MsgType nobody knows', received('hologram', ''), { name: 'message.hologram', why: 'new' }],
    [
      'a ticket push without ticket',
      component('component_verify_ticket', ''),
      { name: 'component_verify_ticket', why: 'incomplete' },
    ],
    [
      'a grant without code',
      component('authorized', '<AuthorizerAppid>wxa</AuthorizerAppid>'),
      { name: 'authorized', why: 'incomplete' },
    ],
    [
      'two codes in one grant',
      component('authorized', `${GRANT}<AuthorizationCode>second</AuthorizationCode>`),
      { why: 'incomplete' },
    ],
    [
      'a component event in an authorizer push',
      received('event', '<InfoType>authorized</InfoType><Event>x</Event>'),
      { family: 'authorizer', why: 'new' },
    ],
    ['the names of object members', component('constructor', ''), { name: 'constructor', why: 'new' }],
    ['nothing', '<xml></xml>', { name: '', why: 'new', createTime: 0 }],
  ])('keeps %s as unknown, raw', (_, xml, expected) => {
    const parsed = parseEvent(xml);
    expect(parsed).toMatchObject({ kind: 'unknown', ...expected });
    expect(parsed.kind === 'unknown' && parsed.raw).toBeTypeOf('object');
  });

  it('keeps what it cannot read as text in extra', () => {
    const parsed = parseEvent(event('weapp_audit_success', '<SuccTime>soon</SuccTime><New>1</New>'));
    expect(parsed).toMatchObject({ kind: 'weapp_audit_success', extra: { SuccTime: 'soon', New: '1' } });
    expect(parsed).not.toHaveProperty('SuccTime');
  });

  it('keeps what the documents do not name inside of a nested object, or of one in a list', () => {
    const scanned = event('scancode_push', '<ScanCodeInfo><ScanResult>1</ScanResult><New><Deep>2</Deep></New></ScanCodeInfo>');
    expect(parseEvent(scanned)).toMatchObject({ ScanCodeInfo: { ScanResult: '1', extra: { New: { Deep: '2' } } } });
    const paths = component(
      'order_path_apply_result_notify',
      '<list><appid>wx1</appid><ret_code>0</ret_code><new>1</new></list>',
    );
    expect(parseEvent(paths)).toMatchObject({ list: [{ appid: 'wx1', ret_code: 0, extra: { new: '1' } }] });
  });

  it('takes a punishment’s content as one text and as several, page 5 and page 10, and its detail as text', () => {
    const punished = (content: string, type: number) =>
      event('wxa_punish_event', `<event_type>${type}</event_type>${content}<detail>{&quot;path&quot;:&quot;a&quot;}</detail>`);
    const detail = '{"path":"a"}';
    expect(parseEvent(punished('<illegal_content>x</illegal_content>', 5))).toMatchObject({ illegal_content: 'x', detail });
    const many = '<illegal_content>x</illegal_content><illegal_content>y</illegal_content>';
    expect(parseEvent(punished(many, 10))).toMatchObject({ event_type: '10', illegal_content: ['x', 'y'], detail });
    const json = { ToUserName: 'gh_1', FromUserName: 'o', CreateTime: AT, MsgType: 'event', Event: 'wxa_punish_event' };
    const pushed = parseEvent(JSON.stringify({ ...json, event_type: 10, illegal_content: ['x'], detail }));
    expect(pushed).toMatchObject({ kind: 'wxa_punish_event', event_type: '10', illegal_content: ['x'], detail });
  });

  it('refuses what is not the XML of WeChat', () => {
    expect(() => parseEvent('<html></html>')).toThrow(XmlRefusedError);
  });

  it('splits screenshots and drops empty ones', () => {
    expect(screenshotIds('a|b||')).toEqual(['a', 'b']);
    expect(screenshotIds(undefined)).toEqual([]);
  });
});

describe('dedupeKey', () => {
  const key = (xml: string, componentAppid = 'wxc', authorizerAppid = 'wxa') =>
    dedupeKey(parseEvent(xml), xml, { componentAppid, authorizerAppid });
  const audit = (succ: number, at: number) =>
    event('weapp_audit_success', `<SuccTime>${succ}</SuccTime>`).replace(String(AT), String(at));
  const text = (msgId: string, content: string) => received('text', `<Content>${content}</Content><MsgId>${msgId}</MsgId>`);

  it('is a hex SHA-256 without the code', () => {
    expect(key(component('authorized', GRANT))).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['messages: MsgId decides, not the content', text('1', 'a'), text('1', 'b'), true],
    ['messages: other MsgId', text('1', 'a'), text('2', 'a'), false],
    ['messages: one MsgId, two users', text('1', 'a'), text('1', 'a').replace('openid-1', 'openid-2'), false],
    ['messages: one MsgId, two times', text('1', 'a'), text('1', 'a').replace(String(AT), '1'), false],
    ['grants: the code decides', component('authorized', GRANT), component('authorized', `${GRANT}<x>1</x>`), true],
    ['grants: other code', component('authorized', GRANT), component('authorized', GRANT.replace('@@@c', '@@@d')), false],
    ['audits: SuccTime decides, not CreateTime', audit(5, 1), audit(5, 2), true],
    ['audits: other SuccTime', audit(5, 1), audit(6, 1), false],
    ['audits: a SuccTime of 0 is none, CreateTime decides', audit(0, 1), audit(0, 2), false],
    ['others: same content', event('SCAN', ''), event('SCAN', ''), true],
    ['others: other content', event('SCAN', '<EventKey>1</EventKey>'), event('SCAN', '<EventKey>2</EventKey>'), false],
    [
      'tickets: the same ticket at another time',
      component('component_verify_ticket', '<ComponentVerifyTicket>t</ComponentVerifyTicket>'),
      component('component_verify_ticket', '<ComponentVerifyTicket>t</ComponentVerifyTicket>').replace(String(AT), '1'),
      false,
    ],
  ])('%s', (_, one, other, same) => {
    expect(key(one) === key(other)).toBe(same);
  });

  it('keeps components and accounts apart', () => {
    const message = text('1', 'a');
    expect(key(message, 'wxc1')).not.toBe(key(message, 'wxc2'));
    expect(key(message)).not.toBe(key(message.replace('gh_1', 'gh_2')));
  });

  it('of the release before is that of a message without user and time', () => {
    const former = (xml: string) => formerDedupeKey(parseEvent(xml), { componentAppid: 'wxc', authorizerAppid: 'wxa' });
    const message = text('1', 'a');
    expect(former(message)).toBe('df345005d8e171895359dfc137b069c7615a3bde7a1acf876814ae0a357bdac9');
    expect(former(message.replace('openid-1', 'openid-2'))).toBe(former(message));
    expect(former(event('SCAN', ''))).toBeUndefined();
  });

  it('cannot be changed by the path, which nobody signed', () => {
    expect(key(text('1', 'a'), 'wxc', 'wxa')).toBe(key(text('1', 'a'), 'wxc', 'wxb'));
  });
});

describe('passive replies', () => {
  const address = replyAddress({ ToUserName: 'gh_1', FromUserName: 'openid-1' }, 1700000000);

  it('answer the sender, and survive any text', () => {
    const content = 'a]]>b <&> 😀\u0000';
    expect(parseEvent(textReply(address, content))).toMatchObject({
      kind: 'message.text',
      ToUserName: 'openid-1',
      FromUserName: 'gh_1',
      CreateTime: 1700000000,
      Content: 'a]]>b <&> 😀',
    });
  });

  it('image, news, transfer', () => {
    expect(imageReply(address, 'm')).toContain('<Image><MediaId><![CDATA[m]]></MediaId></Image>');
    const news = newsReply(address, [{ title: 't', description: 'd', picUrl: 'p', url: 'u' }]);
    expect(news).toContain('<ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[t]]></Title>');
    expect(() => newsReply(address, [])).toThrow(RangeError);
    expect(transferCustomerServiceReply(address)).toContain('<MsgType><![CDATA[transfer_customer_service]]></MsgType></xml>');
    expect(transferCustomerServiceReply(address, 'k@a')).toContain(
      '<TransInfo><KfAccount><![CDATA[k@a]]></KfAccount></TransInfo>',
    );
  });
});
