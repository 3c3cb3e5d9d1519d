import { isReleaseCheckAppid, isReleaseCheckUserName, replyAddress, textReply, type WechatEvent } from '#wechat';

const TEXT = 'TESTCOMPONENT_MSG_TYPE_TEXT';

/**
 * What WeChat's full-network release check (全网发布接入检测) wants as a passive reply: cases 2 and 5 of authorization.md §4.
 * Always on: the check comes unannounced, with one of five pairs of accounts.
 * @returns the plain XML; `undefined` when this is none of its pushes, or one that is answered by API.
 */
export function releaseCheckReply(incoming: {
  readonly authorizerAppid: string | null;
  readonly event: WechatEvent | undefined;
}): string | undefined {
  const { event, authorizerAppid } = incoming;
  if (event?.family !== 'authorizer' || !isReleaseCheckAppid(authorizerAppid ?? '')) return undefined;
  const { ToUserName: to, FromUserName: from } = event as { ToUserName?: string; FromUserName?: string };
  if (!to || !from || !isReleaseCheckUserName(to)) return undefined;
  const address = replyAddress({ ToUserName: to, FromUserName: from });
  if (event.kind === 'message.text') return event.Content === TEXT ? textReply(address, `${TEXT}_callback`) : undefined;
  const name = 'Event' in event ? event.Event : event.kind === 'unknown' ? event.name.replace(/^event\./, '') : '';
  const isEvent = event.kind.startsWith('event.') || (event.kind === 'unknown' && event.name.startsWith('event.'));
  return isEvent && name ? textReply(address, `${name}from_callback`) : undefined;
}
