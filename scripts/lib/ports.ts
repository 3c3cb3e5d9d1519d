import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { tryLock } from './lock.ts';

/** Below the ports that Linux gives to outgoing connections: none of those can take a port before its server listens. */
const FIRST = 20_000;
const LAST = 32_000;
/** Between choosing a port and listening on it lies the start of a server; a lock per port says whose it is until then. */
const LOCKS = join(tmpdir(), `wxplane-ports-${userInfo().username}`);

/**
 * A TCP port of the loopback interface that nothing listens on, and that no other process gets from here while this one lives.
 * @param preferred taken when it is free: a second start then keeps the addresses of the first.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && !takenByAnother(preferred) && (await canListen(preferred))) return preferred;
  for (let tries = 0; tries < 1_000; tries += 1) {
    const port = randomInt(FIRST, LAST);
    if (tryLock(join(LOCKS, String(port)), 'port') === undefined && (await canListen(port))) return port;
  }
  throw new Error(`No free TCP port between ${FIRST} and ${LAST} on 127.0.0.1.`);
}

/** Several ports at once, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

function takenByAnother(port: number): boolean {
  const holder = tryLock(join(LOCKS, String(port)), 'port');
  return holder !== undefined && holder.pid !== process.pid;
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
