import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Child, stopLeftover } from './child.ts';
import { type LocalServer, type LocalServerOptions, persistentSecret, rememberedPort } from './mariadb.ts';
import { freePort } from './ports.ts';
import { findProgram, PACKAGES } from './programs.ts';

/**
 * Starts a Redis of our own on 127.0.0.1 with a random password; unless `relaxed`, with an append-only file beside it.
 * @throws Error with the end of the server's log when it does not come up.
 */
export async function startRedis({ folder, relaxed = false }: LocalServerOptions): Promise<LocalServer> {
  const server = findProgram(...PACKAGES.redis.programs[0]);
  if (!server) throw new Error('redis-server is not installed');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pidFile = join(folder, 'redis.pid');
  const config = join(folder, 'redis.conf');
  await stopLeftover(pidFile, config);

  const password = persistentSecret(join(folder, 'password'));
  const port = await freePort(rememberedPort(folder));
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  // The password goes by file: a command line can be read by every user of the machine.
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${data}"`,
    `appendonly ${relaxed ? 'no' : 'yes'}`,
    'save ""',
    'maxmemory-policy noeviction',
    'daemonize no',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });

  // Redis rewrites the title of its process; `set-proc-title no` keeps the path of the configuration in it, which stopLeftover looks for.
  const child = new Child({
    name: 'redis-server',
    command: server,
    args: [config, '--set-proc-title', 'no'],
    logFile: join(folder, 'redis.log'),
    pidFile,
  });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  try {
    await child.waitUntil(() => answers(url), 30_000);
  } catch (error) {
    await child.stop();
    throw error;
  }
  writeFileSync(join(folder, 'port'), `${port}\n`);
  return { child, url, port };
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0, connectTimeout: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
