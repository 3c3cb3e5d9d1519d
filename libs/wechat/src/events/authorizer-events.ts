import { id, list, must, number, object, text, textOrTexts } from './fields.js';

/** One payment, in the words of the events of trade management (fleet-duties.md §3.9). */
const payment = {
  transaction_id: text,
  merchant_id: text,
  sub_merchant_id: text,
  merchant_trade_no: text,
  pay_time: number,
};

const trial = {
  // WeChat's spelling.
  ApplyAuthorizationInfoNoitfy: object({
    appid: text,
    mp_appid: text,
    status: number,
    msg: text,
    operation_time: number,
    ticket: text,
  }),
};

/**
 * Events about the account itself, decided by WeChat (authorization.md §3.2, mini-program-release.md §4).
 * The kind is the `Event`, as it stands.
 */
export const ACCOUNT_EVENTS = {
  weapp_audit_success: { SuccTime: number },
  /** `Reason` is untrusted HTML with `<br>`; `ScreenShot` joins media ids with `|`, see `screenshotIds`. */
  weapp_audit_fail: { Reason: text, FailTime: number, ScreenShot: text },
  /** Not final: success or fail follows. */
  weapp_audit_delay: { Reason: text, DelayTime: number },
  /** `ret`: 2 failed, 3 passed. */
  wxa_nickname_audit: { nickname: text, ret: number, reason: text },
  /** `ret`: 2 failed, 3 passed; `first`, `second` are category ids. */
  wxa_category_audit: { first: number, second: number, ret: number, reason: text },
  wxa_privacy_apply: {
    result_info: object({
      api_name: text,
      audit_id: text,
      status: number,
      apply_time: number,
      audit_time: number,
      reason: text,
    }),
  },
  wxa_appeal_record: {
    appeal_record_id: text,
    appid: text,
    appeal_time: number,
    appeal_count: number,
    appeal_from: number,
    appeal_status: number,
    audit_time: number,
    audit_reason: text,
    punish_description: text,
    material: list(
      object({
        illegal_material: object({ content: text, content_url: text }),
        appeal_material: object({ reason: text, proof_material_id: list(text) }),
      }),
    ),
  },
  /** `illegal_content` may be missing. */
  wxa_illegal_record: {
    illegal_record_id: text,
    appid: text,
    create_time: number,
    illegal_reason: text,
    illegal_content: text,
    rule_url: text,
    rule_name: text,
  },
  wxa_punish_event: {
    event_type: text,
    punish_id: text,
    appid: text,
    punish_time: number,
    illegal_reason: text,
    /** One text in the page's table, several in every sample of it. */
    illegal_content: textOrTexts,
    rule_name: text,
    rule_url: text,
    adjust_guide_url: text,
    /** JSON, as text. */
    detail: text,
  },
  wxa_media_check: {
    appid: text,
    trace_id: text,
    version: number,
    errcode: number,
    errmsg: text,
    detail: list(
      object({ strategy: text, errcode: number, suggest: text, label: number, level: number, prob: number, keyword: text }),
    ),
    result: object({ suggest: text, label: number }),
  },
  betaapp_verify_event: trial,
  betaapp_verify_apply_event: trial,
  betaapp_authorization_apply_event: trial,
  qualification_verify_success: { ExpiredTime: number },
  qualification_verify_fail: { FailTime: number, FailReason: text },
  naming_verify_success: { ExpiredTime: number },
  naming_verify_fail: { FailTime: number, FailReason: text },
  annual_renew: { ExpiredTime: number },
  verify_expired: { ExpiredTime: number },
  wx_verify_pay_succ: { OrderId: text },
  wx_verify_dispatch: { OrderId: text, Provider: text, Contact: text, DispatchTime: number },
  /** It sells, and has never reported a shipment: repeated daily. */
  trade_manage_remind_access_api: { msg: text },
  /** An order is not shipped after two days. */
  trade_manage_remind_shipping: { ...payment, msg: text },
  /** `confirm_receive_method`: 1 automatic, 2 by hand. `settlement_time` is there once it is settled. */
  trade_manage_order_settlement: {
    ...payment,
    shipped_time: number,
    estimated_settlement_time: number,
    confirm_receive_method: number,
    confirm_receive_time: number,
    settlement_time: number,
  },
} as const;

const menu = { EventKey: text, MenuId: text };
const scan = { ...menu, ScanCodeInfo: object({ ScanType: text, ScanResult: text }) };
const pictures = {
  ...menu,
  SendPicsInfo: object({ Count: number, PicList: object({ item: list(object({ PicMd5Sum: text })) }) }),
};

/** Events that a user (or a job of ours) caused. The kind is `event.` and the `Event`, as it stands. */
export const USER_EVENTS = {
  debug_demo: { debug_str: text },
  subscribe: { EventKey: text, Ticket: text },
  unsubscribe: { EventKey: text },
  SCAN: { EventKey: text, Ticket: text },
  LOCATION: { Latitude: number, Longitude: number, Precision: number },
  CLICK: menu,
  VIEW: menu,
  view_miniprogram: menu,
  scancode_push: scan,
  scancode_waitmsg: scan,
  pic_sysphoto: pictures,
  pic_photo_or_album: pictures,
  pic_weixin: pictures,
  location_select: {
    ...menu,
    SendLocationInfo: object({ Location_X: number, Location_Y: number, Scale: number, Label: text, Poiname: text }),
  },
  add_express_path: {
    DeliveryID: text,
    OrderId: text,
    WayBillId: text,
    Version: number,
    Count: number,
    Actions: list(object({ ActionTime: number, ActionType: number, ActionMsg: text })),
  },
  TEMPLATESENDJOBFINISH: { MsgID: id, Status: text },
  MASSSENDJOBFINISH: { MsgID: id, Status: text, TotalCount: number, FilterCount: number, SentCount: number, ErrorCount: number },
  PUBLISHJOBFINISH: {
    PublishEventInfo: object({
      publish_id: id,
      publish_status: number,
      article_id: text,
      article_detail: object({ count: number, item: list(object({ idx: number, article_url: text })) }),
      fail_idx: list(number),
    }),
  },
  user_enter_tempsession: { SessionFrom: text },
  subscribe_msg_popup_event: {
    SubscribeMsgPopupEvent: object({
      List: list(object({ TemplateId: text, SubscribeStatusString: text, PopupScene: text })),
    }),
  },
  subscribe_msg_change_event: {
    SubscribeMsgChangeEvent: object({ List: list(object({ TemplateId: text, SubscribeStatusString: text })) }),
  },
  subscribe_msg_sent_event: {
    SubscribeMsgSentEvent: object({
      List: list(object({ TemplateId: text, MsgID: id, ErrorCode: text, ErrorStatus: text })),
    }),
  },
  user_info_modified: { OpenID: text, AppID: text, openid: text, appid: text, RevokeInfo: text },
  user_authorization_revoke: { OpenID: text, AppID: text, openid: text, appid: text, RevokeInfo: text },
  user_authorization_cancellation: { OpenID: text, AppID: text, openid: text, appid: text, RevokeInfo: text },
} as const;

const media = { MediaId: text };

/** Messages by `MsgType` (authorization.md §3.3). The kind is `message.` and the `MsgType`. */
export const MESSAGES = {
  text: { Content: must(text), bizmsgmenuid: text },
  image: { PicUrl: text, ...media },
  voice: { ...media, Format: text, Recognition: text, MediaId16K: text },
  video: { ...media, ThumbMediaId: text },
  shortvideo: { ...media, ThumbMediaId: text },
  location: { Location_X: number, Location_Y: number, Scale: number, Label: text },
  link: { Title: text, Description: text, Url: text },
  miniprogrampage: { Title: text, AppId: text, PagePath: text, ThumbUrl: text, ThumbMediaId: text },
} as const;
