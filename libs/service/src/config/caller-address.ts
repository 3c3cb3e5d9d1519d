import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Whether a proxy at this address, this many steps away from us, is believed when it says who asked it. */
export type ProxyTrust = (address: string, hop: number) => boolean;

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
};
const NOBODY: ProxyTrust = () => false;

/**
 * `false`: nobody · `2`: so many proxies stand before us (`true`: one) · `10.0.4.0/22,fd00:1::/64`: proxies in these networks, also
 * `loopback` and `private`.
 * @returns `undefined` when it is none of these
 */
export function parseProxyTrust(text: string): ProxyTrust | undefined {
  if (/^(false|no|0)?$/i.test(text)) return NOBODY;
  const hops = /^(true|yes)$/i.test(text) ? 1 : /^[1-9]$/.test(text) ? Number(text) : undefined;
  if (hops !== undefined) return (_, hop) => hop < hops;
  const networks = parseNetworks(text.split(',').flatMap((part) => NAMED[part.trim()] ?? [part.trim()]));
  return networks && ((address) => isIn(networks, address));
}

/** @returns `undefined` when one is neither an address nor a network such as `10.1.0.0/16` */
export function parseNetworks(entries: readonly string[]): BlockList | undefined {
  const networks = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
    const most = family === 'ipv4' ? 32 : 128;
    if (family === undefined || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) return undefined;
    networks.addSubnet(address, bits === undefined ? most : Number(bits), family);
  }
  return networks;
}

export const isIn = (networks: BlockList, address: string): boolean => networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

/**
 * Who asks: the other end of the connection, or, as long as that is a proxy that is believed, whom it names. `X-Forwarded-For` is read
 * from its end, since everything before the believed proxies' own entries was written by strangers; what is no address ends the reading.
 */
export function callerAddress(request: IncomingMessage, trust: ProxyTrust): string {
  let address = plain(request.socket.remoteAddress ?? '');
  const chain = request.headers['x-forwarded-for'];
  if (chain === undefined || address === '') return address;
  const named = (Array.isArray(chain) ? chain.join(',') : chain).split(',');
  for (let hop = 0; named.length > 0 && trust(address, hop); hop += 1) {
    const next = plain(named.pop()!.trim());
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

/** Without a port or zone, and IPv4 as such: `::ffff:1.2.3.4`, `1.2.3.4:5`, `[::1]:5`, `fe80::1%eth0`. */
function plain(address: string): string {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
  return bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
}

/** What a limit counts by: an IPv4 address, or the /64 that one owner of IPv6 addresses has at least. */
export function networkOf(address: string): string {
  const bare = plain(address);
  if (!isIPv6(bare)) return bare;
  const [head, tail] = bare
    .toLowerCase()
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':')));
  const groups = head ?? [];
  const rest = tail ?? [];
  // An IPv4 address at the end is two groups.
  const missing = 8 - groups.length - rest.length - (bare.includes('.') ? 1 : 0);
  const all = [...groups, ...Array<string>(missing).fill('0'), ...rest];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/** From here on the header holds the one address that is believed, or is not there: whoever reads it later reads no stranger's words. */
export function settleCaller(request: IncomingMessage, trust: ProxyTrust): void {
  if (request.headers['x-forwarded-for'] === undefined) return;
  const address = callerAddress(request, trust);
  if (address === plain(request.socket.remoteAddress ?? '')) delete request.headers['x-forwarded-for'];
  else request.headers['x-forwarded-for'] = address;
}
