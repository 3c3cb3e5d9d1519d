import type { AccessLog, Client } from '#service';
import { type TokenSubject, tokenKey } from './token.domain.js';

/** Reads of a token come by the thousand: equal ones of some seconds are one entry of the audit log, with a count. */
export function recordReveal(
  log: AccessLog,
  subject: TokenSubject,
  client: Client,
  ip: string,
  requestId: () => string,
  key = tokenKey(subject),
): void {
  log.count(`${client.clientId} ${ip} ${key}`, () => ({
    action: 'token.reveal',
    outcome: 'ok',
    clientId: client.clientId,
    componentAppid: subject.componentAppid,
    authorizerAppid: subject.authorizerAppid || undefined,
    subject: subject.kind,
    ip,
    requestId: requestId(),
  }));
}
