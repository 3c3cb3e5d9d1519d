import { BlockList, isIP } from 'node:net';

/** Networks that are not the Internet (RFC 6890 and what came after): a subscriber has no business there. */
const NOT_PUBLIC: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  // Azure's platform: DHCP, DNS, health and the guest agent.
  ['168.63.129.16', 32, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 96, 'ipv6'],
  // IPv4 behind a translator (RFC 2765). What is mapped, ::ffff:0:0/96, is judged as the IPv4 address that it is.
  ['::ffff:0:0:0', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['5f00::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];
// Alibaba Cloud's metadata address is inside 100.64.0.0/10, the others' inside 169.254.0.0/16 and fc00::/7.

const MAPPED = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;

/** Which addresses a subscriber may have. */
export class AddressGuard {
  private readonly refused = new BlockList();
  private readonly allowed = new BlockList();

  /** @param allowedCidrs `10.1.0.0/16, fd00::/8`: exceptions that the operator makes. */
  constructor(allowedCidrs = '') {
    for (const [net, prefix, family] of NOT_PUBLIC) this.refused.addSubnet(net, prefix, family);
    for (const cidr of allowedCidrs.split(',').map((part) => part.trim())) {
      if (cidr === '') continue;
      const [net = '', prefix = ''] = cidr.split('/');
      this.allowed.addSubnet(net, Number(prefix), isIP(net) === 6 ? 'ipv6' : 'ipv4');
    }
  }

  permits(address: string): boolean {
    return this.isPublic(address) || isIn(this.allowed, address);
  }

  /** Whether it is one of the Internet, whatever exceptions there are. */
  isPublic(address: string): boolean {
    return isIP(unmap(address)) !== 0 && !isIn(this.refused, address);
  }
}

function isIn(list: BlockList, address: string): boolean {
  const plain = unmap(address);
  const family = isIP(plain);
  return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

/** `::ffff:10.0.0.1` is 10.0.0.1 by another name. */
function unmap(address: string): string {
  const match = MAPPED.exec(address);
  if (!match) return address;
  if (match[1]) return match[1];
  const [high, low] = [Number.parseInt(match[2]!, 16), Number.parseInt(match[3]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * What is wrong with a subscriber's URL by its text alone; the address is judged when the connection is made.
 * @returns `undefined` when nothing is
 */
export function urlProblem(text: string, guard: AddressGuard, allowHttp: boolean): string | undefined {
  if (!URL.canParse(text)) return 'is not a URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:')) return 'must be https';
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or a password';
  if (url.hash !== '') return 'must not have a fragment';
  // `$APPID$` may be in the path; whoever a push names must not choose the server.
  if (url.host.includes('$')) return 'must not have a $ in its host';
  const host = plainHost(url.hostname);
  if (isIP(host) !== 0 && !guard.permits(host)) return 'leads to an address that is not public';
  return undefined;
}

/** The same for its port. Without TLS, which is for trying things out, it may be any. */
export function portProblem(text: string, ports: ReadonlySet<number>): string | undefined {
  const url = new URL(text);
  if (url.protocol !== 'https:' || ports.has(Number(url.port || 443))) return undefined;
  return `must have port ${[...ports].join(' or ')} (SUBSCRIBER_PORTS)`;
}

/** Whether a client that names these hosts may have that one at a private address. */
export function namesHost(hosts: readonly string[], text: string): boolean {
  const { host, hostname } = new URL(text);
  return hosts.some((each) => [host, hostname].includes(each.toLowerCase()));
}

export const plainHost = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');
