import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { Child, stopLeftover } from './child.ts';
import { freePort } from './ports.ts';
import { findProgram, PACKAGES } from './programs.ts';

const run = promisify(execFile);

/** A Unix socket's path must fit into 107 bytes on Linux; a deep checkout does not, so the socket then lives elsewhere. */
const SOCKET_PATH_LIMIT = 100;

export interface LocalServer {
  readonly child: Child;
  readonly url: string;
  readonly port: number;
}

export interface LocalServerOptions {
  /** Everything of this instance lives here: data, password, last port, log. */
  readonly folder: string;
  /** For tests: faster, and what was written last may be lost when the machine stops. */
  readonly relaxed?: boolean;
  /** Further settings: arguments of mariadbd, lines of redis.conf. */
  readonly settings?: readonly string[];
}

/**
 * Starts a MariaDB of our own, creating its data folder the first time. Only 127.0.0.1 and the user `wxplane` with a random
 * password can come in. The returned URL names the schema `wxplane`, which exists.
 * @throws Error with the end of the server's log when it does not come up.
 */
export async function startMariadb({ folder, relaxed = false, settings = [] }: LocalServerOptions): Promise<LocalServer> {
  const server = findProgram(...PACKAGES.mariadb.programs[0]);
  if (!server) throw new Error('mariadbd is not installed');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const data = join(folder, 'data');
  const pidFile = join(folder, 'mariadbd.pid');
  await stopLeftover(pidFile, data);

  const owner = await serverUser(folder);
  // Of its own: a MariaDB that starts removes all temporary tables that it finds there, also those of others.
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  own(temporary, owner);
  if (!existsSync(join(data, 'mysql'))) await createData(data, temporary, owner);
  const password = persistentSecret(join(folder, 'password'));
  const port = await freePort(rememberedPort(folder));
  const socket = socketPath(folder, owner);
  const initFile = join(folder, 'init.sql');
  writeFileSync(initFile, initSql(password), { mode: 0o600 });
  own(initFile, owner);

  const child = new Child({
    name: 'mariadbd',
    command: server,
    args: [
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${temporary}`,
      `--socket=${socket}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      `--init-file=${initFile}`,
      '--character-set-server=utf8mb4',
      '--collation-server=utf8mb4_unicode_ci',
      '--default-time-zone=+00:00',
      '--max-connections=500',
      '--max-allowed-packet=64M',
      '--performance-schema=OFF',
      ...(owner ? [`--user=${owner.name}`] : []),
      ...(relaxed
        ? ['--innodb-flush-log-at-trx-commit=0', '--sync-binlog=0', '--innodb-doublewrite=0', '--innodb-use-native-aio=0']
        : []),
      ...settings,
    ],
    logFile: join(folder, 'mariadbd.log'),
    pidFile,
  });
  const url = `mysql://wxplane:${password}@127.0.0.1:${port}/wxplane`;
  try {
    await child.waitUntil(() => answers(url), 60_000);
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    rmSync(initFile, { force: true });
  }
  writeFileSync(join(folder, 'port'), `${port}\n`);
  return { child, url, port };
}

async function answers(url: string): Promise<boolean> {
  try {
    const connection = await createConnection({ uri: url, connectTimeout: 2_000 });
    await connection.query('SELECT 1');
    await connection.end();
    return true;
  } catch {
    return false;
  }
}

interface Owner {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * mariadbd refuses to run as root unless told a user. `mysql` is the one the package made; below a folder that only root may enter
 * (a checkout in /root) it could not reach its data, and then root itself is named.
 */
async function serverUser(folder: string): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  try {
    const { stdout } = await run('id', ['-u', 'mysql']);
    const { stdout: group } = await run('id', ['-g', 'mysql']);
    if (everyoneMayEnter(folder)) return { name: 'mysql', uid: Number(stdout), gid: Number(group) };
  } catch {}
  return { name: userInfo().username, uid: 0, gid: 0 };
}

function everyoneMayEnter(folder: string): boolean {
  for (let path = folder; ; path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/** Creates the data folder beside its place and moves it there when complete: an interrupted first start leaves no half of one. */
async function createData(data: string, temporary: string, owner: Owner | undefined): Promise<void> {
  const installer = findProgram(...PACKAGES.mariadb.programs[1]);
  if (!installer) throw new Error('mariadb-install-db is not installed');
  const fresh = `${data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  own(fresh, owner);
  await run(installer, [
    '--no-defaults',
    `--datadir=${fresh}`,
    `--tmpdir=${temporary}`,
    '--auth-root-authentication-method=socket',
    '--skip-test-db',
    ...(owner ? [`--user=${owner.name}`] : []),
  ]);
  rmSync(data, { recursive: true, force: true });
  renameSync(fresh, data);
}

function initSql(password: string): string {
  return [
    'CREATE DATABASE IF NOT EXISTS `wxplane` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;',
    `CREATE USER IF NOT EXISTS 'wxplane'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `ALTER USER 'wxplane'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON *.* TO 'wxplane'@'127.0.0.1' WITH GRANT OPTION;",
    '',
  ].join('\n');
}

function socketPath(folder: string, owner: Owner | undefined): string {
  const near = join(folder, 'mariadbd.sock');
  if (near.length <= SOCKET_PATH_LIMIT) {
    own(folder, owner);
    return near;
  }
  const far = join('/tmp', `wxplane-${randomBytes(6).toString('hex')}`);
  mkdirSync(far, { mode: 0o700 });
  own(far, owner);
  process.once('exit', () => rmSync(far, { recursive: true, force: true }));
  return join(far, 'mariadbd.sock');
}

function own(path: string, owner: Owner | undefined): void {
  if (owner && owner.uid !== 0) chownSync(path, owner.uid, owner.gid);
}

/** A random password, made once and kept in a file that only the owner may read. */
export function persistentSecret(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8').trim();
}

/** The port of the last run, if there was one. */
export function rememberedPort(folder: string): number | undefined {
  try {
    const port = Number.parseInt(readFileSync(join(folder, 'port'), 'utf8'), 10);
    return port > 0 && port < 65_536 ? port : undefined;
  } catch {
    return undefined;
  }
}
