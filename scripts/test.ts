import { mkdirSync, readFileSync, rmSync } from 'node:fs';
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
  if (withChecks) {
    await check('format and lint', 'check:format');
    await check('types', 'check:types');
    await check('boundaries', 'check:boundaries');
    await check('HTTP APIs', 'check:api');
  }
  const built = projects.includes('e2e') || withChecks ? await buildStage() : true;
  for (const project of projects) {
    // Whoever ended the run ended it whole, not only the stage that was under way.
    if (interrupted()) return;
    if (project === 'e2e' && !built) {
      print(`${red('✗')} e2e: not run, since the build failed`);
      outcomes.push({ stage: 'e2e', passed: 0, failed: 1, skipped: 0, ms: 0 });
    } else {
      await vitest(project, positionals, servers, { seed: values.shuffle, reports: values.report });
    }
  }
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

async function check(title: string, script: string): Promise<void> {
  const line = step(title);
  const child = new Child({ name: script, command: 'npm', args: ['run', '--silent', script], cwd: ROOT, env: toolEnv() });
  cleanups.unshift(() => child.stop(2_000).then(() => {}));
  const { code } = await child.exited;
  if (code === 0) line.done();
  else {
    line.fail(`npm run ${script}`);
    print(child.tail(80));
  }
  outcomes.push({ stage: title, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, ms: line.elapsed() });
}

async function buildStage(): Promise<boolean> {
  const line = step('build');
  let failed = 0;
  try {
    const { built, files } = await build((text) => line.note(text));
    line.done(built ? `${files} files` : 'up to date');
  } catch (error) {
    failed = 1;
    line.fail();
    print(error instanceof Error ? error.message : String(error));
  }
  outcomes.push({ stage: 'build', passed: 1 - failed, failed, skipped: 0, ms: line.elapsed() });
  return failed === 0;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly { readonly status: string }[] }[];
}

interface VitestOptions {
  readonly seed: string | undefined;
  readonly reports: string | undefined;
}

async function vitest(
  project: Project,
  filters: readonly string[],
  env: Record<string, string>,
  { seed, reports }: VitestOptions,
): Promise<void> {
  const begun = Date.now();
  print(`\n${bold(project)}`);
  const folder = reports ?? join(LOCAL, 'test');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, reports ? `${project}.json` : `${project}.${process.pid}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...(seed === undefined ? [] : ['--sequence.shuffle.files', `--sequence.seed=${seed}`]),
  ];
  const child = new Child({
    name: 'vitest',
    command: bin('vitest'),
    args: [...args, ...filters],
    cwd: ROOT,
    env: toolEnv(env),
    inherit: true,
  });
  cleanups.unshift(() => child.stop(10_000).then(() => {}));
  const { code } = await child.exited;

  const report = readReport(file);
  if (!reports) rmSync(file, { force: true });
  let failed = report?.numFailedTests ?? 0;
  // A file that cannot even be loaded has no tests to fail.
  failed +=
    report?.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
    ).length ?? 0;
  // An error outside of any test, or a runner that died.
  if (code !== 0 && failed === 0) failed = 1;
  outcomes.push({
    stage: project,
    passed: report?.numPassedTests ?? 0,
    failed,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
    ms: Date.now() - begun,
  });
}

/** Tools colour their output as we do; some would do so in any build server. */
function toolEnv(env: Record<string, string> = {}): NodeJS.ProcessEnv {
  const colours =
    process.env['FORCE_COLOR'] || process.env['NO_COLOR'] ? {} : process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
  return { ...process.env, ...colours, ...env };
}

function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return undefined;
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
