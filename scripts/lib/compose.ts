import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { persistentSecret, rememberedPort } from './mariadb.ts';
import { freePort } from './ports.ts';

const run = promisify(execFile);

export interface ComposeServices {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  stop(): Promise<void>;
}

/**
 * MariaDB and Redis as containers, for machines where they can be neither found nor installed. Data is kept in named volumes
 * unless `relaxed`; the project's name is derived from the folder, so that two checkouts do not meet.
 */
export async function startCompose(folder: string, relaxed: boolean): Promise<ComposeServices> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const project = `wxplane-${createHash('sha256').update(folder).digest('hex').slice(0, 10)}`;
  const password = persistentSecret(join(folder, 'password'));
  const remembered = rememberedPort(folder);
  const databasePort = await freePort(remembered);
  const redisPort = await freePort(remembered === undefined ? undefined : remembered + 1);
  const volume = (name: string, path: string) => (relaxed ? { tmpfs: [path] } : { volumes: [`${name}:${path}`] });
  const definition = {
    services: {
      mariadb: {
        image: 'mariadb:10.11',
        command: ['--character-set-server=utf8mb4', '--collation-server=utf8mb4_unicode_ci', '--max-connections=500'],
        environment: { MARIADB_ROOT_PASSWORD: password, MARIADB_DATABASE: 'wxplane' },
        ports: [`127.0.0.1:${databasePort}:3306`],
        healthcheck: { test: ['CMD', 'healthcheck.sh', '--connect', '--innodb_initialized'], interval: '2s', retries: 60 },
        ...volume('mariadb', '/var/lib/mysql'),
      },
      redis: {
        image: 'redis:7',
        command: ['redis-server', '--requirepass', password, '--appendonly', relaxed ? 'no' : 'yes'],
        ports: [`127.0.0.1:${redisPort}:6379`],
        healthcheck: { test: ['CMD', 'redis-cli', '-a', password, 'ping'], interval: '2s', retries: 60 },
        ...volume('redis', '/data'),
      },
    },
    ...(relaxed ? {} : { volumes: { mariadb: {}, redis: {} } }),
  };
  // JSON is YAML.
  const file = join(folder, 'compose.yml');
  writeFileSync(file, JSON.stringify(definition, null, 2), { mode: 0o600 });
  const compose = (...args: string[]) => run('docker', ['compose', '-p', project, '-f', file, ...args]);
  await compose('up', '-d', '--wait');
  writeFileSync(join(folder, 'port'), `${databasePort}\n`);
  return {
    databaseUrl: `mysql://root:${password}@127.0.0.1:${databasePort}/wxplane`,
    redisUrl: `redis://:${password}@127.0.0.1:${redisPort}`,
    stop: async () => {
      await compose('down', ...(relaxed ? ['--volumes'] : []));
    },
  };
}
