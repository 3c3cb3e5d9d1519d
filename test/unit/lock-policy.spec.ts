import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  /** It comes inside of the package that it stands below, whose sha512 is of both. */
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
  readonly [kind: string]: unknown;
}

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, unknown>>;
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Entry> };
const installed = Object.entries(packages).filter(([path]) => path !== '');

/** A dependency that is no package of a registry by its version: of a git repository, a folder, an address. */
const ELSEWHERE = /^(?:git|file:|link:|https?:|github:|gitlab:|bitbucket:|gist:|workspace:|\.{0,2}\/)|^[\w.-]+\/[\w.-]+(?:#|$)/;

/** What is wrong with an entry of the lock. */
function faults([path, entry]: readonly [string, Entry]): string[] {
  const at = `${path}@${entry.version}`;
  const elsewhere = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
    .flatMap((kind) => Object.entries((entry[kind] ?? {}) as Record<string, string>))
    .filter(([, range]) => ELSEWHERE.test(range));
  return [
    ...(/^sha512-[\w+/]{86}==$/.test(entry.integrity ?? '') || (entry.inBundle && /\/node_modules\//.test(path))
      ? []
      : [`${at} has no sha512`]),
    ...(entry.link || entry.resolved !== undefined ? [`${at} comes from a place of its own: ${entry.resolved}`] : []),
    ...elsewhere.map(([name, range]) => `${at} wants ${name} from ${range}`),
  ];
}

it('each package of the lock is one of a registry, with its sha512, and wants none from elsewhere', () => {
  expect(installed.length).toBeGreaterThan(300);
  expect(installed.flatMap(faults)).toEqual([]);
  expect(faults(['', { ...packages[''], integrity: installed[0]![1].integrity! }])).toEqual([]);
});

it.each([
  [{ integrity: 'sha1-abc' }, 'has no sha512'],
  [{ resolved: 'git+ssh://git@example.com/a.git#1' }, 'comes from a place of its own'],
  [{ link: true }, 'comes from a place of its own'],
  [{ dependencies: { b: 'git+https://example.com/b.git' } }, 'wants b from'],
  [{ optionalDependencies: { b: 'someone/b#main' } }, 'wants b from'],
  [{ dependencies: { b: 'https://example.com/b.tgz' } }, 'wants b from'],
  [{ devDependencies: { b: 'file:../b' } }, 'wants b from'],
])('%j would be found', (change, words) => {
  const [path, entry] = installed[0]!;
  expect(faults([path, { ...entry, ...change } as Entry]).join()).toContain(words);
});

it('a script at the installation is known, and no other runs', () => {
  const scripts = installed
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  // By name: without addresses in the lock npm finds no entry with a version. The version and its sha512 are the lock's.
  expect(manifest['allowScripts']).toEqual({ node: true, '@scarf/scarf': false, '@swc/core': false, 'msgpackr-extract': false });
  expect(scripts.sort()).toEqual(Object.keys(manifest['allowScripts']!).sort());
  expect(read('.npmrc')).toMatch(/^strict-allow-scripts=true$/m);
});

it('what is wanted is wanted in one version', () => {
  for (const kind of ['dependencies', 'devDependencies', 'overrides'])
    for (const [name, version] of Object.entries(manifest[kind]!)) expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+$/);
});
