import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Child } from './child.ts';
import { withLock } from './lock.ts';
import { bin, LOCAL, ROOT } from './paths.ts';

const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.build.json');
/** What the output depends on besides the sources. */
const SETTINGS = ['nest-cli.json', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
/** The console's pages: made by another tool, of other sources. */
const WEB = join(ROOT, 'apps/console/web');
const WEB_OUTPUT = join(DIST, 'apps/console/web');
const WEB_STAMP = join(DIST, '.web.json');

interface Stamp {
  readonly sources: string;
  readonly outputs: string;
}

export interface BuildResult {
  readonly built: boolean;
  readonly files: number;
}

/**
 * `nest build` and the console's pages, unless dist/ is what the last build made of exactly these sources. Two builds at once take turns.
 * @throws Error with the compiler's messages.
 */
export async function build(report: (line: string) => void = () => {}): Promise<BuildResult> {
  const work = async () => {
    const web = await buildWeb(report);
    const sources = sourceFiles();
    const before = hashContents(sources);
    const stamp = readStamp();
    if (stamp && stamp.sources === before && stamp.outputs === hashOutputs()) return { built: web, files: sources.length };
    report(`compiling ${sources.length} files`);
    const child = new Child({
      name: 'nest build',
      command: bin('nest'),
      args: ['build'],
      cwd: ROOT,
      env: process.env,
    });
    const { code } = await child.exited;
    if (code !== 0) throw new Error(`nest build failed\n${stripVTControlCharacters(child.tail(60))}`);
    removeOrphans();
    writeFileSync(STAMP, `${JSON.stringify({ sources: before, outputs: hashOutputs() } satisfies Stamp)}\n`);
    return { built: true, files: sources.length };
  };
  return withLock(join(LOCAL, 'build.lock'), work, () => report('waiting for another build in this checkout'));
}

/** @returns whether there was something to do */
async function buildWeb(report: (line: string) => void): Promise<boolean> {
  const sources = [
    ...['src', 'public'].flatMap((name) => filesBelow(join(WEB, name))),
    ...['index.html', 'vite.config.ts'].map((name) => join(WEB, name)),
    ...filesBelow(join(ROOT, 'apps/console/src/operations')),
  ];
  const before = hashContents(sources);
  const stamp = readStamp(WEB_STAMP);
  if (stamp && stamp.sources === before && stamp.outputs === hashOf(filesBelow(WEB_OUTPUT))) return false;
  report('building the pages of the console');
  const child = new Child({
    name: 'vite build',
    command: bin('vite'),
    args: ['build', '--config', join(WEB, 'vite.config.ts'), '--logLevel', 'warn'],
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`vite build failed\n${stripVTControlCharacters(child.tail(60))}`);
  writeFileSync(WEB_STAMP, `${JSON.stringify({ sources: before, outputs: hashOf(filesBelow(WEB_OUTPUT)) } satisfies Stamp)}\n`);
  return true;
}

function sourceFiles(): string[] {
  return ['apps', 'libs'].flatMap((place) =>
    readdirSync(join(ROOT, place)).flatMap((name) =>
      filesBelow(join(ROOT, place, name, 'src')).filter((file) => file.endsWith('.ts')),
    ),
  );
}

/** A source that was deleted or renamed must not live on in dist/. */
function removeOrphans(): void {
  for (const file of outputFiles()) {
    const source = join(ROOT, relative(DIST, file)).replace(/(\.d)?\.(js|ts)(\.map)?$/, '.ts');
    if (!existsSync(source)) rmSync(file);
  }
}

function outputFiles(): string[] {
  return ['apps', 'libs']
    .flatMap((place) => filesBelow(join(DIST, place)))
    .filter((file) => /\.(js|d\.ts)(\.map)?$/.test(file) && !file.startsWith(WEB_OUTPUT));
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hashContents(files: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of [...files, ...SETTINGS.map((name) => join(ROOT, name))]) {
    hash.update(`\0${relative(ROOT, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

const hashOutputs = (): string => hashOf(outputFiles());

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`\0${relative(ROOT, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function readStamp(file = STAMP): Stamp | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Stamp;
  } catch {
    return undefined;
  }
}
