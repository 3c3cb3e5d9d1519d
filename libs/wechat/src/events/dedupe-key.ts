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
 * messages by `MsgId`; grants by their code; audit results by account, event and their own time; everything else by content and `CreateTime`.
 */
export function dedupeKey(event: WechatEvent, xml: string, context: DedupeContext): string {
  return hash('sha256', JSON.stringify([context.componentAppid, event.kind, ...identity(event, xml, context)]), 'hex');
}

function identity(event: WechatEvent, xml: string, context: DedupeContext): (string | number)[] {
  // `ToUserName` was encrypted and signed, the path was not: it says whose event this is.
  const subject = ('ToUserName' in event && event.ToUserName) || context.authorizerAppid || '';
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
      return ['audit', subject, event.SuccTime ?? event.createTime];
    case 'weapp_audit_fail':
      return ['audit', subject, event.FailTime ?? event.createTime];
    case 'weapp_audit_delay':
      return ['audit', subject, event.DelayTime ?? event.createTime];
    default:
      if ('MsgId' in event && event.MsgId) {
        return ['message', subject, event.MsgId];
      }
  }
  return ['content', subject, event.createTime, hash('sha256', xml, 'hex')];
}
