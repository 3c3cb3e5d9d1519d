import { timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { ConfigError, sha256 } from '#service';
import type { SidecarConfig } from './sidecar.config.js';

/** The kernel's list of connections of this machine, or pod, with the user that each end belongs to (Linux, proc(5)). */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;
const ESTABLISHED = '01';

/** As the tables write addresses of this machine: in words of 32 bits, each with its lowest byte first; a port with its highest. */
const LOOPBACK = '0100007F';
const MAPPED = `0000000000000000FFFF0000${LOOPBACK}`;
const LOOPBACK_6 = '00000000000000000000000001000000';
const hexPort = (port = 0) => port.toString(16).toUpperCase().padStart(4, '0');

/**
 * Who beside may ask, as far as the settings bound it: users of this machine, whoever knows a secret, or both.
 * @returns why a request is refused; `undefined`: it is not
 * @throws ConfigError where users are to be told apart and cannot be
 */
export function peerCheck(
  { SIDECAR_UIDS, SIDECAR_KEY }: Pick<SidecarConfig, 'SIDECAR_UIDS' | 'SIDECAR_KEY'>,
  tables: readonly string[] = TABLES,
): (request: IncomingMessage) => Promise<'uid' | 'key' | undefined> {
  const uids = new Set(SIDECAR_UIDS.split(',').filter(Boolean));
  if (uids.size > 0 && !tables.some(existsSync))
    throw new ConfigError([
      { key: 'SIDECAR_UIDS', problem: `this system has no ${tables[0]}, which tells whose a connection is; use SIDECAR_KEY` },
    ]);
  // A connection keeps its owner.
  const known = new WeakMap<Socket, Promise<boolean>>();
  const isAllowed = (socket: Socket) => {
    const found = known.get(socket) ?? uidOf(socket, tables).then((uid) => uid !== undefined && uids.has(uid));
    known.set(socket, found);
    return found;
  };
  return async (request) => {
    if (SIDECAR_KEY && !hasKey(request.headers.authorization, SIDECAR_KEY)) return 'key';
    return uids.size === 0 || (await isAllowed(request.socket)) ? undefined : 'uid';
  };
}

/** The user that the other end belongs to; of one that was closed meanwhile nothing is known. */
async function uidOf({ localPort, remotePort }: Socket, tables: readonly string[]): Promise<string | undefined> {
  const [theirs, ours] = [hexPort(remotePort), hexPort(localPort)];
  const ends = new Set([LOOPBACK, MAPPED, LOOPBACK_6].map((address) => `${address}:${theirs} ${address}:${ours}`));
  for (const table of tables) {
    const text = await readFile(table, 'latin1').catch(() => '');
    for (const line of text.split('\n')) {
      const [, local, remote, state, , , , uid] = line.trim().split(/\s+/);
      if (state === ESTABLISHED && ends.has(`${local} ${remote}`)) return uid;
    }
  }
  return undefined;
}

/** `Authorization: Bearer <key>`, or the password of `Basic`, which services send whose address is `http://x:<key>@127.0.0.1:8081`. */
function hasKey(header: string | undefined, key: string): boolean {
  const [, scheme = '', credentials = ''] = /^(Bearer|Basic) ([^\s]+)$/i.exec(header ?? '') ?? [];
  const given =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(credentials, 'base64')
          .toString()
          .replace(/^[^:]*:/, '')
      : credentials;
  return timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(key)));
}
