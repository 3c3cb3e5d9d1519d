import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../../scripts/lib/child.ts';
import { bareEnv } from '../../scripts/lib/suite.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const FILES = [
  ...['apps', 'libs', 'scripts', 'docs', 'dist', 'README.md', 'README.zh-CN.md'],
  ...['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'],
];

/** A checkout of its own, built, with this one's packages: `npm start` there has a `.local/` that nobody else uses. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'wxplane-checkout-'));

  constructor() {
    for (const file of FILES) cpSync(join(ROOT, file), join(this.folder, file), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** @returns the process of `npm start`, which has yet to come up */
  start(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Child {
    return new Child({
      name: 'npm start',
      command: process.execPath,
      args: ['scripts/start.mjs', ...args],
      cwd: this.folder,
      env: { ...bareEnv(), ...env },
    });
  }

  /** Runs shell commands here, as somebody who types them. @returns exit code and everything that was printed */
  async sh(script: string, env: Readonly<Record<string, string>> = {}): Promise<{ code: number | null; output: string }> {
    const child = new Child({
      name: 'bash',
      command: 'bash',
      args: ['-c', script],
      cwd: this.folder,
      env: { ...bareEnv(), ...env },
    });
    const { code } = await child.exited;
    return { code, output: child.output() };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
