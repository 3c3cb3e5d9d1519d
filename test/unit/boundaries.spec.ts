import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;
const CONFIGS = ['.dependency-cruiser.cjs', '.dependency-cruiser.folders.cjs'];

interface Rule {
  readonly name: string;
  readonly comment?: string;
}

it('each rule of the boundaries says why there is it, and whoever breaks it is told', () => {
  const require = createRequire(import.meta.url);
  const rules = CONFIGS.flatMap((config) => (require(join(ROOT, config)) as { forbidden: Rule[] }).forbidden);
  expect(rules.filter(({ comment }) => !comment).map(({ name }) => name)).toEqual([]);

  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const [command = ''] = scripts['check:boundaries']!.split(' && ');
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-boundaries-'));
  try {
    for (const app of ['one', 'two']) mkdirSync(join(folder, 'apps', app, 'src'), { recursive: true });
    writeFileSync(join(folder, 'apps/one/src/main.cjs'), "require('../../two/src/main.cjs');\n");
    writeFileSync(join(folder, 'apps/two/src/main.cjs'), '');
    // As the script runs it, but without the settings of our compiler.
    const config = `const { forbidden } = require(${JSON.stringify(join(ROOT, CONFIGS[0]!))});\nmodule.exports = { forbidden };\n`;
    writeFileSync(join(folder, 'rules.cjs'), config);
    const [, ...args] = command
      .replace(CONFIGS[0]!, 'rules.cjs')
      .replace(/ libs test$/, '')
      .split(' ');
    const told = () => execFileSync(join(ROOT, 'node_modules/.bin/depcruise'), args, { cwd: folder, stdio: 'pipe' });
    expect(told).toThrow(
      expect.objectContaining({
        stdout: expect.toSatisfy((output: Buffer) => /apps-are-islands.*never by import/s.test(output.toString())),
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);
