import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { askedBy } from '../clients/asked.js';
import { parseClientKey } from '../clients/client-key.js';
import { networkOf } from '../config/caller-address.js';
import { problemOf } from '../http/problem.filter.js';
import { type Access, type AccessLog, actorOf, whence } from './access-log.js';

/** Routes for clients. */
const OF_CLIENTS = '/v1/';
const REFUSED = new Set([401, 403, 429]);
/** Ids that nothing proves, of one network, and addresses of one client, in a minute; what comes beyond is counted together. */
const NAMES_OF_GROUP = 20;
/** Of all in a minute. */
const NAMES_IN_ALL = 5_000;
const MINUTE_MS = 60_000;

/**
 * Each refusal of a caller (401, 403, 429) is in the audit log, whoever refused it: the guard, the look at the key before the body, the
 * proxy, a handler. What a handler's own entry tells already is not told twice. A flood becomes one entry a minute for each caller, address,
 * route and reason; of the first time it is known whom it was about.
 */
export function auditRefusals(fastify: FastifyInstance, log: AccessLog): void {
  const names = new Names();
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (REFUSED.has(reply.statusCode) && request.url.startsWith(OF_CLIENTS) && !log.knows(request))
      countRefusal(log, names, request, reply.statusCode);
    done(null, payload);
  });
}

/**
 * What to do with each wrong key that is not a client's: an entry a minute for each address, or for many together.
 * @param where it was shown
 */
export function auditWrongKeys(log: AccessLog, where: string): (address: string) => void {
  const names = new Names();
  return (address) => log.countBehind(wrongKey, names.ofStranger('', address)[1], where, () => ({}));
}

const wrongKey = (address: string, subject: string): Access => ({
  action: 'request.refused',
  outcome: 'refused',
  ip: address || undefined,
  actor: { kind: 'stranger' },
  subject,
  reason: 'unauthorized',
});

function countRefusal(log: AccessLog, names: Names, request: FastifyRequest, status: number): void {
  const { client, permission = '' } = askedBy(request);
  const { ip = '', ...more } = whence(request);
  const actor = JSON.stringify(actorOf(client) ?? { kind: 'stranger' });
  const caller = client ? [client.clientId, names.addressOf(client.clientId, ip)] : names.ofStranger(claimedId(request), ip);
  const route = `${request.method} ${request.routeOptions?.url ?? '(no such route)'}`;
  const subject = [route, problemOf(request) ?? String(status), permission].join('\t');
  const { component_appid: componentAppid, authorizer_appid: authorizerAppid } = (request.params ?? {}) as Record<string, string>;
  log.countBehind(refused, [...caller, actor].join(' '), subject, () => ({ ...more, componentAppid, authorizerAppid }));
}

const refused = (caller: string, subject: string): Access => {
  const [clientId, ip, ...actor] = caller.split(' ');
  const [route, reason, permission] = subject.split('\t');
  return {
    action: 'request.refused',
    outcome: 'refused',
    clientId: clientId || undefined,
    ip: ip || undefined,
    actor: JSON.parse(actor.join(' ')),
    subject: route,
    reason,
    permission: permission || undefined,
  };
};

/** The id of the key that was sent, never its secret. Whoever sent it need not be its owner. */
function claimedId({ headers: { authorization = '' } }: FastifyRequest): string {
  return parseClientKey(/^Bearer ([^\s]+)$/i.exec(authorization)?.[1] ?? '')?.clientId ?? '';
}

/** Strangers may call themselves as they like, and come from many addresses: only so many are told apart in a minute. */
class Names {
  private readonly of = new LRUCache<string, Set<string>>({ max: NAMES_IN_ALL });
  private names = 0;
  private until = 0;

  /** @returns what an entry is counted under */
  ofStranger(id: string, ip: string): [id: string, ip: string] {
    const network = networkOf(ip);
    if (this.isNamed(network, `${id} ${ip}`)) return [id, ip];
    return this.names < NAMES_IN_ALL ? ['', network] : ['', ''];
  }

  addressOf(clientId: string, ip: string): string {
    return this.isNamed(clientId, ip) ? ip : '';
  }

  private isNamed(group: string, name: string): boolean {
    const now = performance.now();
    if (now >= this.until) {
      this.of.clear();
      this.names = 0;
      this.until = now + MINUTE_MS;
    }
    const known = this.of.get(group) ?? new Set<string>();
    if (known.has(name)) return true;
    if (this.names >= NAMES_IN_ALL || known.size >= NAMES_OF_GROUP) return false;
    known.add(name);
    this.names += 1;
    this.of.set(group, known);
    return true;
  }
}
