import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeFileTrace } from '@vercel/nft';
import { ROOT } from '../lib/paths.ts';
import { shrinkPackages } from './shrink-packages.ts';
import { FOLDERS, FURTHER_ENTRIES, isTarget, TARGETS, type Target } from './targets.ts';

const HELP = `Collects what one app needs at run time: its own built files, the packages they reach, nothing else.

  node scripts/deploy/trace-app.ts <${Object.keys(TARGETS).join('|')}> <folder>

Build first (npm run build). The folder must be empty or absent. It then holds dist/, node_modules/, package.json and healthcheck.mjs,
and the app starts inside it with: node ${TARGETS.broker.entry}`;

/** Inside packages: nothing that runs. */
const DEAD_WEIGHT =
  /(^|\/)(test|tests|__tests__|docs?|examples?|benchmarks?|\.github)\/|\.(map|md|markdown|ts|mts|cts|flow|tsbuildinfo)$/;

interface LockEntry {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

export interface Traced {
  /** Our own files, from the repository's root. */
  readonly files: readonly string[];
  /** Folders of packages, such as `node_modules/bull`. */
  readonly packages: readonly string[];
  /** Development packages that code refers to; they are not taken along. */
  readonly left: readonly string[];
}

/** What was read of files: the apps share most of their packages. */
const cache = {};

/** What the target reaches from its entry points. */
export async function trace(target: Target): Promise<Traced> {
  const entries = [TARGETS[target].entry, ...(FURTHER_ENTRIES[target] ?? [])];
  const missing = entries.filter((entry) => !existsSync(join(ROOT, entry)));
  if (missing.length > 0) throw new Error(`${missing.join(', ')} is not there: build first (npm run build)`);
  const { fileList } = await nodeFileTrace(
    entries.map((entry) => join(ROOT, entry)),
    { base: ROOT, conditions: ['node', 'import', 'default'], cache },
  );
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockEntry> };
  const files = new Set<string>();
  const packages = new Set<string>();
  const left = new Set<string>();
  for (const file of fileList) {
    const folder = packageFolder(file);
    if (!folder) {
      if (file.startsWith('dist/')) files.add(file);
      continue;
    }
    // A library may offer to use a tool of ours (a compiler, say); in production it is not there.
    (lock.packages[folder]?.dev ? left : packages).add(folder);
  }
  addDependencies(packages, lock.packages);
  return { files: [...files].sort(), packages: [...packages].sort(), left: [...left].sort() };
}

/** Copies it into an empty folder, the packages' code without comments. */
export async function traceInto(target: Target, folder: string): Promise<Traced & { readonly savedBytes: number }> {
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  const traced = await trace(target);
  for (const file of traced.files) {
    copy(file, folder);
    if (existsSync(join(ROOT, `${file}.map`))) copy(`${file}.map`, folder);
  }
  for (const place of FOLDERS[target] ?? []) cpSync(join(ROOT, place), join(folder, place), { recursive: true });
  // Whole packages, less what never runs: a package may open its own files by path (Bull's scripts, a page's assets).
  for (const place of traced.packages) {
    cpSync(join(ROOT, place), join(folder, place), {
      recursive: true,
      dereference: true,
      filter: (source) => {
        const inside = source.slice(join(ROOT, place).length + 1);
        return !inside.startsWith('node_modules') && !DEAD_WEIGHT.test(source.endsWith('/') ? `${inside}/` : inside);
      },
    });
  }
  const { name, version, type, imports, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { bytesBefore, bytesAfter } = await shrinkPackages(folder);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, version, type, license, imports }, null, 2)}\n`);
  cpSync(join(ROOT, 'scripts/deploy/healthcheck.mjs'), join(folder, 'healthcheck.mjs'));
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  return { ...traced, savedBytes: bytesBefore - bytesAfter };
}

function copy(file: string, folder: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  cpSync(join(ROOT, file), join(folder, file));
}

/** `node_modules/a/node_modules/@b/c` for a file anywhere below it. */
function packageFolder(file: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/@][^/]*)\//.exec(file)?.[1];
}

/**
 * Tracing misses what a package loads by a name it computes (TypeORM its driver, Nest its adapters). So whatever a package that is there
 * depends on comes along, and of its peers those that are production dependencies of ours.
 */
function addDependencies(packages: Set<string>, lock: Readonly<Record<string, LockEntry>>): void {
  const ours = new Set(Object.keys(readJson('package.json').dependencies ?? {}));
  // A set visits what is added while it is walked.
  for (const folder of packages) {
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = readJson(`${folder}/package.json`);
    const peers = Object.keys(peerDependencies).filter((name) => ours.has(name));
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
      const found = installedFor(folder, name);
      if (found && !lock[found]?.dev) packages.add(found);
    }
  }
}

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

const readJson = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest;

/** The folder that Node would take the package from, for code in `folder`. */
function installedFor(folder: string, name: string): string | undefined {
  const places = folder.split('node_modules/');
  for (let depth = places.length; depth > 0; depth--) {
    const place = places.slice(0, depth).join('node_modules/').replace(/\/$/, '');
    const candidate = `${place ? `${place}/` : ''}node_modules/${name}`;
    if (existsSync(join(ROOT, candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } });
  const [target, folder] = positionals;
  if (values.help || !target || !folder || !isTarget(target)) {
    process.stdout.write(`${HELP}\n`);
    process.exit(values.help ? 0 : 2);
  }
  try {
    const { files, packages, left, savedBytes } = await traceInto(target, resolve(folder));
    process.stdout.write(
      `${target}: ${files.length} files of ours, ${packages.length} packages (without ${(savedBytes / 1e6).toFixed(1)} MB of comments and white space)\n`,
    );
    if (left.length > 0) process.stdout.write(`not taken along (development only): ${left.join(', ')}\n`);
  } catch (error) {
    rmSync(resolve(folder), { recursive: true, force: true });
    process.stderr.write(`trace-app: ${(error as Error).message}\n`);
    process.exit(1);
  }
}
