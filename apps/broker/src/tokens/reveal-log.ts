import type { Access, AccessLog, Client } from '#service';
import { type TokenSubject, tokenKey } from './token.domain.js';

/**
 * Reads of a token come by the thousand: see `AccessLog.count`.
 * @param key `tokenKey(subject)`, if it is at hand: the log keeps it
 */
export function recordReveal(
  log: AccessLog,
  subject: TokenSubject,
  client: Client,
  ip: string,
  requestId: () => string,
  key = tokenKey(subject),
): void {
  log.count(reveal, `${client.clientId} ${ip}`, key, requestId);
}

/** Neither client ids nor addresses hold a space, neither kinds nor appids a colon. */
function reveal(caller: string, key: string): Access {
  const [clientId, ip] = caller.split(' ');
  const [subject, componentAppid, authorizerAppid] = key.split(':');
  return {
    action: 'token.reveal',
    outcome: 'ok',
    clientId,
    ip,
    subject,
    componentAppid,
    authorizerAppid: authorizerAppid || undefined,
  };
}
