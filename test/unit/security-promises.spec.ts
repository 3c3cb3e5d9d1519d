import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/markdown.js';

const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const [, section = ''] = /^## Promises and their tests$([\s\S]*?)(?=^## )/m.exec(text) ?? [];
/** `file`: `name of a test, or its beginning` */
const named = [...text.matchAll(/`([\w.-]+spec\.ts)`: `([^`]+)`/g)].map(([, file, name]) => [file!, name!] as const);
const specs = globSync('{apps,libs,test}/**/*spec.ts', { cwd: ROOT, exclude: ['**/node_modules/**'] });

describe('docs/security.md, promises and their tests', () => {
  it('names a test for every promise', () => {
    const promises = section.split('\n').filter((line) => /^\| (?!Promise)/.test(line));
    expect(promises.length).toBeGreaterThan(0);
    expect(promises.filter((line) => !/`[\w.-]+spec\.ts`: `[^`]+` \|$/.test(line))).toEqual([]);
  });

  it('names a test for every finding of the review', () => {
    const findings = text.split('\n').filter((line) => /^\| S-\d\d \|/.test(line));
    expect(findings.map((line) => line.slice(2, 6))).toEqual(
      Array.from({ length: 32 }, (_, index) => `S-${String(index + 1).padStart(2, '0')}`),
    );
    expect(findings.filter((line) => !/\| `[\w.-]+spec\.ts`: `[^`]+`/.test(line))).toEqual([]);
  });

  it.each(named)('%s has the test "%s"', (file, name) => {
    const paths = specs.filter((path) => basename(path) === file);
    expect(paths.some((path) => readFileSync(join(ROOT, path), 'utf8').includes(name))).toBe(true);
  });
});
