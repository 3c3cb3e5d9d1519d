import type { XmlRecord } from '../wire/xml.js';
import type { ACCOUNT_EVENTS, MESSAGES, USER_EVENTS } from './authorizer-events.js';
import type { COMPONENT_EVENTS } from './component-events.js';
import type { FieldTable, Read } from './fields.js';

/** `component`: came to the auth event URL, about our platform. `authorizer`: came to the message event URL, for one account. */
export type EventFamily = 'component' | 'authorizer';

interface EventBase {
  /** Unix seconds, as a number; 0 if WeChat sent none. */
  readonly createTime: number;
  /** Elements that the documents do not name: new ones appear without notice. Nested objects have an `extra` of their own. */
  readonly extra?: XmlRecord;
}

interface ComponentBase extends EventBase {
  readonly family: 'component';
  /** The component's appid; a registration event's `appid` is the new mini program. */
  readonly AppId: string;
  readonly CreateTime: number;
}

interface AuthorizerBase extends EventBase {
  readonly family: 'authorizer';
  /** Original id (`gh_…`) of the authorizer. */
  readonly ToUserName: string;
  /** The user's openid, or that of a system account. */
  readonly FromUserName: string;
  readonly CreateTime: number;
}

type ComponentTable = typeof COMPONENT_EVENTS;
type AccountTable = typeof ACCOUNT_EVENTS;
type UserTable = typeof USER_EVENTS;
type MessageTable = typeof MESSAGES;
type Fields<F> = F extends FieldTable ? Read<F> : never;

export type ComponentEvent = {
  [K in keyof ComponentTable]: ComponentBase & { readonly kind: K; readonly InfoType: K } & Fields<ComponentTable[K]>;
}[keyof ComponentTable];

export type AccountEvent = {
  [K in keyof AccountTable]: AuthorizerBase & { readonly kind: K; readonly MsgType: 'event'; readonly Event: K } & Fields<
      AccountTable[K]
    >;
}[keyof AccountTable];

export type UserEvent = {
  [K in keyof UserTable]: AuthorizerBase & { readonly kind: `event.${K}`; readonly MsgType: 'event'; readonly Event: K } & Fields<
      UserTable[K]
    >;
}[keyof UserTable];

export type MessageEvent = {
  [K in keyof MessageTable]: AuthorizerBase & {
    readonly kind: `message.${K}`;
    readonly MsgType: K;
    /** 64 bits, hence a text. */
    readonly MsgId?: string;
  } & Fields<MessageTable[K]>;
}[keyof MessageTable];

/** Answer of a batch order-path application in its documented form, which has neither `InfoType` nor `Event`. */
export interface OrderPathBatchEvent extends EventBase {
  readonly kind: 'order_path_batch_result';
  readonly family: EventFamily;
  readonly AppId?: string;
  readonly ToUserName?: string;
  readonly CreateTime?: number;
  readonly List: readonly { readonly Appid?: string; readonly AuditId?: string; readonly RetCode?: number }[];
}

/** Something WeChat sent that the documents do not know, or that lacks what they promise. Acknowledge it, keep it, look at it. */
export interface UnknownEvent extends EventBase {
  readonly kind: 'unknown';
  readonly family: EventFamily;
  /** What it calls itself, in the same scheme as kinds: `some_info_type`, `event.some_event`, `message.some_type`, or empty. */
  readonly name: string;
  /** `new`: the name is not known. `incomplete`: the name is known, a necessary element is missing. */
  readonly why: 'new' | 'incomplete';
  readonly AppId?: string;
  readonly ToUserName?: string;
  readonly FromUserName?: string;
  readonly raw: XmlRecord;
}

/** One decrypted push. `kind` discriminates. */
export type WechatEvent = ComponentEvent | AccountEvent | UserEvent | MessageEvent | OrderPathBatchEvent | UnknownEvent;
export type EventKind = WechatEvent['kind'];
export type EventOf<K extends EventKind> = Extract<WechatEvent, { readonly kind: K }>;
