import { join } from 'node:path';
import { type ComposeServices, startCompose } from './compose.ts';
import { type LocalServer, startMariadb } from './mariadb.ts';
import { composeWorks, howToInstall, installMissing, MissingProgramsError, type PackageName, type Report } from './programs.ts';
import { startRedis } from './redis.ts';

export interface ServicesOptions {
  /** Folder for the private instances: `<folder>/mariadb`, `<folder>/redis`. */
  readonly folder: string;
  /** A database of your own; no private one is started then. */
  readonly databaseUrl?: string | undefined;
  /** A Redis of your own; no private one is started then. */
  readonly redisUrl?: string | undefined;
  /** For tests: less durable, faster. */
  readonly relaxed?: boolean;
  readonly report?: Report;
}

export interface LocalServices {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** How each was come by, for the table of addresses: "private, port 40123", "yours", "container, port 40123". */
  readonly database: string;
  readonly redis: string;
  /** Of a MariaDB that this run started as a process. */
  readonly databasePid: number | undefined;
  stop(): Promise<void>;
}

/** How one of the servers was come by. */
interface Come {
  readonly url: string;
  readonly how: string;
  readonly pid?: number | undefined;
}

/**
 * MariaDB and Redis for this run: yours if you name them, else private instances of the installed programs, which are
 * installed if need be and possible; else containers.
 * @throws MissingProgramsError with a message that says what to install.
 */
export async function startLocalServices(options: ServicesOptions): Promise<LocalServices> {
  const report = options.report ?? (() => {});
  const relaxed = options.relaxed ?? false;
  const wanted: PackageName[] = [];
  if (!options.databaseUrl) wanted.push('mariadb');
  if (!options.redisUrl) wanted.push('redis');

  const { missing, because } = await installMissing(wanted, report);
  let compose: ComposeServices | undefined;
  if (missing.length > 0) {
    if (!composeWorks()) throw new MissingProgramsError(howToInstall(missing, because));
    report('starting MariaDB and Redis as containers');
    compose = await startCompose(join(options.folder, 'compose'), relaxed);
  }

  const started: LocalServer[] = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.child.stop(30_000)));
    await compose?.stop();
  };
  try {
    const one = async (start: () => Promise<LocalServer>) => {
      const server = await start();
      started.push(server);
      return { url: server.url, how: `private, 127.0.0.1:${server.port}`, pid: server.child.pid };
    };
    const containered = (url: string) => ({ url, how: `container, ${new URL(url).host}` });
    const settled = await Promise.allSettled([
      options.databaseUrl
        ? { url: options.databaseUrl, how: 'yours (DATABASE_URL)' }
        : compose
          ? containered(compose.databaseUrl)
          : one(() => startMariadb({ folder: join(options.folder, 'mariadb'), relaxed })),
      options.redisUrl
        ? { url: options.redisUrl, how: 'yours (REDIS_URL)' }
        : compose
          ? containered(compose.redisUrl)
          : one(() => startRedis({ folder: join(options.folder, 'redis'), relaxed })),
    ]);
    const [database, redis] = settled.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    }) as [Come, Come];
    return {
      databaseUrl: database.url,
      redisUrl: redis.url,
      database: database.how,
      redis: redis.how,
      databasePid: database.pid,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
