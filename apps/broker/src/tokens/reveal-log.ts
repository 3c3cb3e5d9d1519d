import { type Access, type AccessLog, type AskedBy, actorOf, type Caller, type FirstTime, whence } from '#service';
import { type TokenSubject, tokenKey } from './token.domain.js';

/**
 * Reads of a token come by the thousand: see `AccessLog.count`.
 * @param key `tokenKey(subject)`, best the very text that the copy in memory has: the log keeps it
 * @returns what the answer waits for, where the log is required and this is the first read of a minute
 */
export const recordReveal = (log: AccessLog, key: string, client: Caller, request: AskedBy): Promise<void> | undefined =>
  log.count(revealed, callerOf(client, request.ip), key, () => whence(request));

/** For an answer that cannot wait. @returns false: it must not be given so, and nothing was recorded */
export function recordWarmReveal(log: AccessLog, key: string, client: Caller, ip: string, first: () => FirstTime): boolean {
  if (log.required) return log.countAgain(revealed, callerOf(client, ip), key);
  log.countBehind(revealed, callerOf(client, ip), key, first);
  return true;
}

/** And so do reads that fail: clients try again and again while there is no token. */
export function recordFailure(log: AccessLog, subject: TokenSubject, client: Caller, request: AskedBy): void {
  log.tell(request);
  log.countBehind(failed, callerOf(client, request.ip), tokenKey(subject), () => whence(request));
}

/** A key is told by its client id alone; who else calls is made into a text once. */
const callerOf = (client: Caller, ip: string) =>
  client.actor.kind === 'key' ? `${client.clientId} ${ip}` : `${client.clientId} ${ip} ${actorText(client)}`;

const texts = new WeakMap<Caller, string>();

function actorText(client: Caller): string {
  const text = texts.get(client) ?? JSON.stringify(actorOf(client));
  texts.set(client, text);
  return text;
}

const revealed = (caller: string, key: string) => access('ok', caller, key);
const failed = (caller: string, key: string) => access('failed', caller, key);

/** Neither client ids nor addresses hold a space, neither kinds nor appids a colon. */
function access(outcome: Access['outcome'], caller: string, key: string): Access {
  const [clientId, ip, ...actor] = caller.split(' ');
  const [subject, componentAppid, authorizerAppid] = key.split(':');
  return {
    action: 'token.reveal',
    permission: subject === 'component' ? 'tokens.reveal-component' : 'tokens.reveal',
    outcome,
    clientId,
    actor: actor.length > 0 ? JSON.parse(actor.join(' ')) : { kind: 'key' },
    ip,
    subject,
    componentAppid,
    authorizerAppid: authorizerAppid || undefined,
  };
}
