import { hash } from 'node:crypto';
import type { WechatEvent } from './event.js';

export interface DedupeContext {
  readonly componentAppid: string;
  /** From the path of the message event URL; used only when the event names no `ToUserName`. */
  readonly authorizerAppid?: string;
}

/**
 * A key that is equal for two deliveries of one event, and different for two events: hex SHA-256, so codes and tickets in it stay hidden.
 * After authorization.md §2.1, §3.1 and mini-program-release.md §4:
 * messages by account, user, `MsgId` and `CreateTime` (an id alone was seen on messages of two users); grants by their code; audit results
 * by account, event and their own time; everything else by content and `CreateTime`.
 */
export function dedupeKey(event: WechatEvent, xml: string, context: DedupeContext): string {
  return hash('sha256', JSON.stringify([context.componentAppid, event.kind, ...identity(event, xml, context)]), 'hex');
}

/**
 * The key that the release before gave to a message: by account and `MsgId`. Under it a repetition of what that release took is found.
 * `undefined`: this event has the same key in both.
 */
export function formerDedupeKey(event: WechatEvent, context: DedupeContext): string | undefined {
  if (!('MsgId' in event) || !event.MsgId) return undefined;
  const identity = ['message', subjectOf(event, context), event.MsgId];
  return hash('sha256', JSON.stringify([context.componentAppid, event.kind, ...identity]), 'hex');
}

/** `ToUserName` was encrypted and signed, the path was not: it says whose event this is. */
function subjectOf(event: WechatEvent, context: DedupeContext): string {
  return ('ToUserName' in event && event.ToUserName) || context.authorizerAppid || '';
}

function identity(event: WechatEvent, xml: string, context: DedupeContext): (string | number)[] {
  const subject = subjectOf(event, context);
  switch (event.kind) {
    case 'authorized':
    case 'updateauthorized':
      return ['code', event.AuthorizerAppid, event.AuthorizationCode];
    case 'notify_third_fasteregister':
      if (event.auth_code) {
        return ['code', event.appid ?? '', event.auth_code];
      }
      break;
    case 'weapp_audit_success':
      // `||`: a time of 0 is none, and must not make one event of all audits of an account.
      return ['audit', subject, event.SuccTime || event.createTime];
    case 'weapp_audit_fail':
      return ['audit', subject, event.FailTime || event.createTime];
    case 'weapp_audit_delay':
      return ['audit', subject, event.DelayTime || event.createTime];
    default:
      if ('MsgId' in event && event.MsgId) {
        return ['message', subject, event.FromUserName, event.MsgId, event.createTime];
      }
  }
  return ['content', subject, event.createTime, hash('sha256', xml, 'hex')];
}
