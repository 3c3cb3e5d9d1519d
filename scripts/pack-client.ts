import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bin, ROOT } from './lib/paths.ts';

const CLIENT = join(ROOT, 'libs/broker-client');

/**
 * Makes a package of libs/broker-client, as `npm install` and a registry take it: compiled, with types, README and licence.
 * @param folder where to put it
 * @returns its path
 */
export function packClient(folder: string): string {
  const place = mkdtempSync(join(tmpdir(), 'wxplane-client-'));
  try {
    execFileSync(bin('tsc'), ['-p', join(CLIENT, 'tsconfig.pack.json'), '--outDir', join(place, 'dist')], { stdio: 'inherit' });
    for (const file of ['package.json', 'README.md', 'README.zh-CN.md']) cpSync(join(CLIENT, file), join(place, file));
    cpSync(join(ROOT, 'LICENSE'), join(place, 'LICENSE'));
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', resolve(folder)], {
      cwd: place,
      encoding: 'utf8',
    });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    return join(resolve(folder), filename);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

if (import.meta.main) process.stdout.write(`${packClient(process.argv[2] ?? '.')}\n`);
