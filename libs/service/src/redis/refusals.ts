import { INVALIDATION_CHANNEL, QUEUE_PREFIX } from '#queues';

/** The first word of a refusal: `NOREPLICAS`, `OOM`, `READONLY`, `NOPERM`, `WRONGPASS`, `ERR`. */
export const wordOf = ({ message }: Error): string =>
  NO_RIGHT.test(message) ? 'NOPERM' : (/^(?:Ready check failed: )?-?([A-Z]{2,20})\b/.exec(message)?.[1] ?? 'ERR');

/** Of a command inside a script Redis says it in other words. */
const NO_RIGHT = /NOPERM|ACL failure|no permissions|user executing the script can't/i;

/** With these Redis lets nobody in: the connection is not even made. */
export const isDenial = (error: Error): boolean => ['NOAUTH', 'WRONGPASS'].includes(wordOf(error));

const REMEDIES: Readonly<Record<string, string>> = {
  NOREPLICAS:
    'Its replicas are gone, or min-replicas-to-write asks for more than there are: bring them back, or CONFIG SET min-replicas-to-write 0.',
  OOM: 'It has no room: raise maxmemory, or find what fills it (redis-cli --bigkeys). Not by evicting: jobs and pushes would be lost.',
  READONLY: 'This is a replica: point REDIS_URL to the master, or use REDIS_MODE=sentinel.',
  MISCONF: 'It cannot write its file: make room on its disk, or look at its log.',
  NOAUTH: 'It wants a password, and REDIS_URL holds none: redis://:password@host:port, or redis://user:password@host:port.',
  WRONGPASS:
    'It refuses the user or password of REDIS_URL: was the password changed, is the user off? Special characters are percent-encoded in a URL.',
  CLUSTERDOWN: 'The cluster has no owner for a slot: redis-cli --cluster check.',
  LOADING: 'It is reading its file; wait.',
};

/** What to do about a refusal of Redis: the right or the setting that is missing. */
export function remedyFor(error: Error, page = '"What Redis must allow" in docs/operations.md'): string {
  const word = wordOf(error);
  if (word === 'NOPERM') return `Its user lacks a right: ${rightFor(error.message)} (${page}).`;
  if (/bad lua script|KEYS array|should be passed using/i.test(error.message))
    return 'A proxy checks the keys of scripts, and the queues make keys inside: switch that check off (Alibaba Cloud: script_check_enable 0), or use an address without the proxy.';
  if (/unknown command/i.test(error.message))
    return 'The product does not have that command: ask for an instance that has it, or an address without its proxy.';
  return REMEDIES[word] ?? `Look at the log of Redis; ${page} says what each cloud’s product needs.`;
}

function rightFor(message: string): string {
  if (/channel/i.test(message)) return `ACL SETUSER … &${QUEUE_PREFIX}:* &${INVALIDATION_CHANNEL}:*`;
  if (/\bkeys?\b/i.test(message)) return `ACL SETUSER … ~${QUEUE_PREFIX}:*`;
  const command = /run the '([a-z|]+)'|'([a-z|]+)' command/i.exec(message);
  return `ACL SETUSER … +${command?.[1] ?? command?.[2] ?? '@all'}`;
}
