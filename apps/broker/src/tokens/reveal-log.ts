import type { Access, AccessLog, Client } from '#service';
import { type TokenSubject, tokenKey } from './token.domain.js';

/**
 * Reads of a token come by the thousand: see `AccessLog.count`.
 * @param key `tokenKey(subject)`, best the very text that the copy in memory has: the log keeps it
 */
export function recordReveal(log: AccessLog, key: string, client: Client, ip: string, requestId: () => string): void {
  log.count(revealed, callerOf(client, ip), key, requestId);
}

/** And so do reads that fail: clients try again and again while there is no token. */
export function recordFailure(log: AccessLog, subject: TokenSubject, client: Client, ip: string, requestId: string): void {
  log.count(failed, callerOf(client, ip), tokenKey(subject), () => requestId);
}

const callerOf = ({ clientId }: Client, ip: string) => `${clientId} ${ip}`;

const revealed = (caller: string, key: string) => access('ok', caller, key);
const failed = (caller: string, key: string) => access('failed', caller, key);

/** Neither client ids nor addresses hold a space, neither kinds nor appids a colon. */
function access(outcome: Access['outcome'], caller: string, key: string): Access {
  const [clientId, ip] = caller.split(' ');
  const [subject, componentAppid, authorizerAppid] = key.split(':');
  return {
    action: 'token.reveal',
    outcome,
    clientId,
    ip,
    subject,
    componentAppid,
    authorizerAppid: authorizerAppid || undefined,
  };
}
