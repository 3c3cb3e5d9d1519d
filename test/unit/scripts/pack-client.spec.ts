import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../../scripts/lib/paths.ts';
import { packClient } from '../../../scripts/pack-client.ts';

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

describe('the packed broker-client', () => {
  let folder: string;
  let installed: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wxplane-packed-'));
    installed = join(folder, 'node_modules/@wxplane/broker-client');
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', packClient(folder), '--strip-components=1', '-C', installed]);
    // What `npm install` would fetch.
    for (const name of Object.keys(manifest(installed).dependencies))
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('can be imported by its name from a folder that has nothing else', () => {
    const program = `import * as client from '@wxplane/broker-client';
      const { BrokerClient, BrokerError } = client;
      const broker = new BrokerClient({ baseUrl: 'http://127.0.0.1:1', clientKey: 'k', tries: 1 });
      const error = await broker.componentToken('wx1').catch((reason) => reason);
      await broker.close();
      console.log(JSON.stringify([Object.keys(client).sort(), error instanceof BrokerError, error.code]));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual([
      ['BROKER_ROUTES', 'BrokerClient', 'BrokerError', 'verifyReturn'],
      true,
      'broker-unreachable',
    ]);
  });

  it('holds what it says, with types, and nothing else', () => {
    const files = globSync('**/*.*', { cwd: installed }).sort();
    expect(files).toContain('dist/index.d.ts');
    expect(files).toContain('dist/broker-api.d.ts');
    expect(files).toContain('README.zh-CN.md');
    expect(files.filter((file) => !/^(dist\/[\w-]+\.(js|d\.ts)|package\.json|README(\.zh-CN)?\.md)$/.test(file))).toEqual([]);
    expect(readFileSync(join(installed, 'README.md'), 'utf8')).toContain("from '@wxplane/broker-client'");
  });

  it('depends on what is tested here', () => {
    const ours = manifest(ROOT);
    const { version, license, dependencies } = manifest(installed);
    expect({ version, license }).toEqual({ version: ours.version, license: ours.license });
    for (const [name, wanted] of Object.entries(dependencies)) expect([name, wanted]).toEqual([name, ours.dependencies[name]]);
  });
});
