import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian keeps servers in sbin, which an ordinary user's PATH lacks; Homebrew and tarballs have places of their own. */
const EXTRA_FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/libexec',
  '/opt/homebrew/bin',
  '/usr/local/mysql/bin',
];

/** What the project needs from the machine: the programs, and the Debian package that has them. */
export const PACKAGES = {
  mariadb: { programs: [['mariadbd'], ['mariadb-install-db']], debian: 'mariadb-server', what: 'MariaDB 10.11 or newer' },
  redis: { programs: [['redis-server', 'valkey-server']], debian: 'redis-server', what: 'Redis 7 or newer' },
  chromium: {
    programs: [['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']],
    debian: 'chromium',
    what: 'Chromium (for the tests of the consent page)',
  },
  promtool: { programs: [['promtool']], debian: 'prometheus', what: 'promtool (for the tests of the alerts)' },
} as const;

export type PackageName = keyof typeof PACKAGES;

/** Told what goes on during a long step: one short line each time. */
export type Report = (line: string) => void;

/** Full path of the first of these programs that is installed. */
export function findProgram(...names: string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...EXTRA_FOLDERS].filter(Boolean);
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {}
    }
  }
  return undefined;
}

export function isInstalled(name: PackageName): boolean {
  return PACKAGES[name].programs.every((names) => findProgram(...names) !== undefined);
}

export class MissingProgramsError extends Error {}

/**
 * Installs the missing ones of `names` with apt, where that is possible and allowed.
 * @returns the names that are still missing, with the reason why in `because`.
 */
export async function installMissing(
  names: readonly PackageName[],
  report: Report,
): Promise<{ missing: PackageName[]; because: string }> {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return { missing, because: '' };
  const apt = findProgram('apt-get');
  if (!apt) return { missing, because: 'this system has no apt-get' };
  const root = process.getuid?.() === 0;
  if (!root && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    return { missing, because: 'installing them needs root (or sudo without a password)' };
  }
  const packages = missing.map((name) => PACKAGES[name].debian);
  report(`apt-get install ${packages.join(' ')}`);
  const failure = await runAsRoot(INSTALL_SCRIPT, packages, root, report);
  const left = names.filter((name) => !isInstalled(name));
  return { missing: left, because: failure ?? 'the packages were installed but hold no such program' };
}

/** A message that names each missing program and the command that installs it. */
export function howToInstall(missing: readonly PackageName[], because: string): string {
  const packages = missing.map((name) => PACKAGES[name].debian).join(' ');
  return [
    `Missing: ${missing.map((name) => PACKAGES[name].what).join(', ')}; ${because}.`,
    `Debian/Ubuntu:  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages}`,
    `macOS:          brew install ${missing.map((name) => (name === 'chromium' ? '--cask chromium' : name)).join(' ')}`,
    ...(missing.includes('chromium')
      ? ['Or name an installed browser in WXPLANE_CHROMIUM.']
      : ['Or start Docker with its Compose plugin, or set DATABASE_URL and REDIS_URL to servers of your own.']),
  ].join('\n');
}

/**
 * policy-rc.d keeps Debian's packages from starting their system services: we run private instances and want no others.
 * A guard that is already there (containers have one) is left alone.
 */
const INSTALL_SCRIPT = `
set -e
guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ]; then
  trap 'rm -f "$guard"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$guard"
  chmod 755 "$guard"
fi
apt-get -q update
apt-get -q install -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
`;

function runAsRoot(script: string, args: readonly string[], root: boolean, report: Report): Promise<string | undefined> {
  const shell = ['sh', '-c', script, 'sh', ...args];
  const command = root ? shell : ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive', ...shell];
  return new Promise((resolve) => {
    const child = spawn(command[0] as string, command.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    });
    let lastError = '';
    const lines = (chunk: string) => {
      for (const line of chunk.split('\n').map((text) => text.trim())) {
        if (/^(E:|W:|Err:)/.test(line)) lastError = line;
        if (/^(Get:|Hit:|Unpacking|Setting up|Need to get|E:|Err:)/.test(line)) report(line.slice(0, 100));
      }
    };
    child.stdout.setEncoding('utf8').on('data', lines);
    child.stderr.setEncoding('utf8').on('data', lines);
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? undefined : `apt-get failed (${lastError || `exit code ${code}`})`));
  });
}

/** True when a Docker engine with the Compose plugin answers. */
export function composeWorks(): boolean {
  if (!findProgram('docker')) return false;
  const quiet = { stdio: 'ignore', timeout: 10_000 } as const;
  return spawnSync('docker', ['compose', 'version'], quiet).status === 0 && spawnSync('docker', ['info'], quiet).status === 0;
}

/** The browser for end-to-end tests: WXPLANE_CHROMIUM, or an installed one. */
export function findChromium(): string | undefined {
  const named = process.env['WXPLANE_CHROMIUM'];
  if (named) return existsSync(named) ? named : undefined;
  return findProgram(...PACKAGES.chromium.programs[0]);
}
