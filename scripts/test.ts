import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './lib/build.ts';
import { Child } from './lib/child.ts';
import { onInterrupt } from './lib/interrupt.ts';
import { bin, LOCAL, ROOT } from './lib/paths.ts';
import { findChromium } from './lib/programs.ts';
import { bold, dim, duration, green, print, red, step, table } from './lib/terminal.mjs';
import { startTestDatabaseServer, type TestDatabaseServer } from './lib/test-database.ts';

const PROJECTS = ['unit', 'integration', 'e2e'] as const;
type Project = (typeof PROJECTS)[number];

interface Outcome {
  readonly stage: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
}

const outcomes: Outcome[] = [];
const cleanups: (() => Promise<void> | void)[] = [];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      unit: { type: 'boolean' },
      integration: { type: 'boolean' },
      e2e: { type: 'boolean' },
      'no-check': { type: 'boolean' },
      shuffle: { type: 'string' },
      report: { type: 'string' },
    },
  });
  const named = PROJECTS.filter((project) => values[project]);
  const projects = named.length > 0 ? named : [...PROJECTS];
  const withChecks = !values['no-check'] && named.length === 0 && positionals.length === 0;

  const servers = projects.some((project) => project !== 'unit') ? await services(projects.includes('e2e')) : {};
  const built = await checksAndBuild({ withChecks, withBuild: withChecks || projects.includes('e2e') });
  // Whoever ended the run ended it whole, not only what was under way.
  if (interrupted()) return;
  if (!built && projects.includes('e2e')) {
    print(`${red('✗')} e2e: not run, since the build failed`);
    outcomes.push({ stage: 'e2e', passed: 0, failed: 1, skipped: 0, ms: 0 });
    projects.splice(projects.indexOf('e2e'), 1);
  }
  if (projects.length > 0) await vitest(projects, positionals, servers, { seed: values.shuffle, reports: values.report });
}

/** @returns what the tests need to know, as environment. */
async function services(withBrowser: boolean): Promise<Record<string, string>> {
  const line = step('MariaDB');
  let server: TestDatabaseServer;
  try {
    server = await startTestDatabaseServer(withBrowser && !findChromium() ? ['redis', 'chromium'] : ['redis'], (text) =>
      line.note(text),
    );
  } catch (error) {
    line.fail();
    throw error;
  }
  cleanups.unshift(() => server.stop());
  line.done(server.how);
  const chromium = findChromium();
  return { WXPLANE_TEST_DATABASE_URL: server.url, ...(chromium ? { WXPLANE_CHROMIUM: chromium } : {}) };
}

interface Checked {
  readonly passed: boolean;
  readonly ms: number;
  /** A few words, for the line of the check. */
  readonly says: string;
  /** What is wrong, for a person. */
  readonly evidence?: string;
}

/**
 * Compiles while the formatter looks, and checks boundaries while types are checked: two at a time keep two cores busy. They are told
 * of one after the other.
 * @returns whether dist/ is fit for use.
 */
async function checksAndBuild({ withChecks, withBuild }: { withChecks: boolean; withBuild: boolean }): Promise<boolean> {
  let noteOfBuild = (_: string): void => {};
  const built = withBuild ? compile((text) => noteOfBuild(text)) : undefined;
  const format = withChecks ? npmRun('check:format') : undefined;
  const boundaries = withChecks ? built?.then(() => npmRun('check:boundaries')) : undefined;
  const apis = boundaries?.then(() => npmRun('check:api'));
  const types = format?.then(() => npmRun('check:types'));
  await tell('build', built, (line) => {
    noteOfBuild = line.note;
  });
  await tell('format and lint', format);
  await tell('types', types);
  await tell('boundaries', boundaries);
  await tell('HTTP APIs', apis);
  return (await built)?.passed ?? true;
}

async function tell(
  title: string,
  checked: Promise<Checked> | undefined,
  begun: (line: ReturnType<typeof step>) => void = () => {},
): Promise<void> {
  if (!checked) return;
  const line = step(title);
  begun(line);
  const { passed, ms, says, evidence } = await checked;
  if (passed) line.done(says);
  else line.fail(says);
  if (evidence) print(evidence);
  outcomes.push({ stage: title, passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, ms });
}

async function npmRun(script: string): Promise<Checked> {
  const begun = Date.now();
  const child = new Child({ name: script, command: 'npm', args: ['run', '--silent', script], cwd: ROOT, env: toolEnv() });
  cleanups.unshift(() => child.stop(2_000).then(() => {}));
  const { code } = await child.exited;
  const ms = Date.now() - begun;
  if (code === 0) return { passed: true, ms, says: '' };
  return { passed: false, ms, says: `npm run ${script}`, evidence: child.tail(80) };
}

async function compile(report: (text: string) => void): Promise<Checked> {
  const begun = Date.now();
  try {
    const { built, files } = await build(report);
    return { passed: true, ms: Date.now() - begun, says: built ? `${files} files` : 'up to date' };
  } catch (error) {
    return { passed: false, ms: Date.now() - begun, says: '', evidence: error instanceof Error ? error.message : String(error) };
  }
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly assertionResults: readonly { readonly status: string }[];
}

interface VitestOptions {
  readonly seed: string | undefined;
  readonly reports: string | undefined;
}

/** All projects in one run: whoever has nothing to do in one takes a file of the next. */
async function vitest(
  projects: readonly Project[],
  filters: readonly string[],
  env: Record<string, string>,
  { seed, reports }: VitestOptions,
): Promise<void> {
  print(`\n${bold(projects.join(', '))}`);
  const file = join(LOCAL, 'test', `${process.pid}.json`);
  const args = [
    'run',
    ...projects.map((project) => `--project=${project}`),
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  const child = new Child({
    name: 'vitest',
    command: bin('vitest'),
    args: [...args, ...filters],
    cwd: ROOT,
    env: toolEnv({ ...env, ...(seed === undefined ? {} : { WXPLANE_TEST_SEED: seed }) }),
    inherit: true,
  });
  cleanups.unshift(() => child.stop(10_000).then(() => {}));
  const { code } = await child.exited;

  const results = readResults(file);
  rmSync(file, { force: true });
  if (reports) mkdirSync(reports, { recursive: true });
  const stages = projects.map((project) => {
    const testResults = results.filter(({ name }) => projectOf(name) === project);
    if (reports) writeFileSync(join(reports, `${project}.json`), JSON.stringify({ testResults }));
    return outcomeOf(project, testResults);
  });
  outcomes.push(...stages);
  // An error outside of any test, or a runner that died.
  if (code !== 0 && stages.every(({ failed }) => failed === 0))
    outcomes.push({ stage: 'the run itself', passed: 0, failed: 1, skipped: 0, ms: 0 });
}

function projectOf(file: string): Project {
  if (file.endsWith('.e2e-spec.ts')) return 'e2e';
  return file.endsWith('.int-spec.ts') ? 'integration' : 'unit';
}

function outcomeOf(stage: Project, files: readonly FileResult[]): Outcome {
  const statuses = files.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (...wanted: string[]) => statuses.filter((status) => wanted.includes(status)).length;
  // A file that cannot even be loaded has no tests to fail.
  const notLoaded = files.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  ).length;
  const passed = count('passed');
  const failed = count('failed');
  return {
    stage,
    passed,
    failed: failed + notLoaded,
    skipped: statuses.length - passed - failed,
    ms: files.length === 0 ? 0 : Math.max(...files.map((one) => one.endTime)) - Math.min(...files.map((one) => one.startTime)),
  };
}

/** Tools colour their output as we do; some would do so in any build server. */
function toolEnv(env: Record<string, string> = {}): NodeJS.ProcessEnv {
  const colours =
    process.env['FORCE_COLOR'] || process.env['NO_COLOR'] ? {} : process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
  return { ...process.env, ...colours, ...env };
}

function readResults(file: string): readonly FileResult[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { testResults: FileResult[] }).testResults;
  } catch {
    return [];
  }
}

function summary(): void {
  const sum = (key: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  if (outcomes.length > 0) {
    print();
    table(
      outcomes.map(({ stage, passed, failed, skipped, ms }) => [
        failed > 0 ? red('✗') : green('✓'),
        stage,
        `${passed} passed`,
        failed > 0 ? red(`${failed} failed`) : dim('0 failed'),
        skipped > 0 ? `${skipped} skipped` : '',
        dim(duration(ms)),
      ]),
    );
    print();
  }
  print(`${sum('passed')} passed, ${sum('failed')} failed`);
}

async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0)) await cleanup();
}

const interrupted = onInterrupt(cleanUp);

try {
  await main();
} catch (error) {
  print(`${red('✗')} ${error instanceof Error ? error.message : String(error)}`);
  outcomes.push({ stage: 'the run itself', passed: 0, failed: 1, skipped: 0, ms: 0 });
}
await cleanUp();
if (!interrupted()) {
  summary();
  process.exit(outcomes.some(({ failed }) => failed > 0) ? 1 : 0);
}
