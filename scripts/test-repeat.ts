import { randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Child } from './lib/child.ts';
import { onInterrupt } from './lib/interrupt.ts';
import { LOCAL, ROOT } from './lib/paths.ts';
import { bold, dim, duration, green, print, red } from './lib/terminal.mjs';

interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: string[];
    }[];
  }[];
}

interface Failure {
  readonly test: string;
  readonly message: string;
}

interface Run {
  readonly seed: number;
  readonly passed: boolean;
  readonly failures: readonly Failure[];
}

const FOLDER = join(LOCAL, 'test-repeat');
const children: Child[] = [];

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      busy: { type: 'string', default: '1' },
      seed: { type: 'string' },
    },
  });
  const [times = '10', ...forTests] = positionals;
  const count = wholeNumber('the number of runs', times, 1);
  const busy = wholeNumber('--busy', values.busy, 0);
  const firstSeed = values.seed === undefined ? randomInt(1, 1_000_000) : wholeNumber('--seed', values.seed, 0);
  rmSync(FOLDER, { recursive: true, force: true });

  for (let index = 0; index < busy; index += 1) {
    children.push(new Child({ name: 'load', command: process.execPath, args: ['-e', 'for (;;);'] }));
  }
  const runs: Run[] = [];
  for (let number = 1; number <= count && !interrupted(); number += 1) {
    const begun = Date.now();
    const run = await once(number, firstSeed + number - 1, forTests);
    if (interrupted()) break;
    runs.push(run);
    const result = run.passed ? green('passed') : red(`${run.failures.length} failed`);
    print(`${bold(`run ${number} of ${count}`)}  ${result}  ${dim(`seed ${run.seed}, ${duration(Date.now() - begun)}`)}`);
    for (const { test, message } of run.failures) print(`  ${red('✗')} ${test}\n    ${dim(message)}`);
  }
  summary(runs);
  return runs.length === count && runs.every(({ passed }) => passed);
}

async function once(number: number, seed: number, forTests: readonly string[]): Promise<Run> {
  const reports = join(FOLDER, String(number));
  mkdirSync(reports, { recursive: true });
  const child = new Child({
    name: 'npm test',
    command: process.execPath,
    args: [join(ROOT, 'scripts/test.ts'), '--shuffle', String(seed), '--report', reports, ...forTests],
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1' },
    logFile: join(reports, 'output.log'),
  });
  children.unshift(child);
  const { code } = await child.exited;
  children.splice(children.indexOf(child), 1);
  const failures = readdirSync(reports)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => failuresOf(JSON.parse(readFileSync(join(reports, file), 'utf8')) as TestReport));
  if (code !== 0 && failures.length === 0)
    failures.push({ test: 'the run itself', message: `see ${relative(ROOT, join(reports, 'output.log'))}` });
  return { seed, passed: code === 0, failures };
}

function failuresOf({ testResults }: TestReport): Failure[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(ROOT, name);
    const failed = assertionResults.filter((one) => one.status === 'failed');
    // A file whose set-up failed has no test that did.
    if (failed.length === 0) return status === 'failed' ? [{ test: file, message: firstLine(message) || 'set-up failed' }] : [];
    return failed.map(({ fullName, failureMessages }) => ({
      test: `${file}: ${fullName}`,
      message: firstLine(failureMessages[0]),
    }));
  });
}

const firstLine = (text = '') => text.split('\n', 1)[0] ?? '';

/** What failed in some run, the most frequent first. */
function summary(runs: readonly Run[]): void {
  const counts = new Map<string, number>();
  for (const { failures } of runs) {
    for (const test of new Set(failures.map((one) => one.test))) counts.set(test, (counts.get(test) ?? 0) + 1);
  }
  if (counts.size > 0) print(`\n${bold('What failed')}`);
  for (const [test, count] of [...counts].sort(([, a], [, b]) => b - a)) print(`  ${count} of ${runs.length}  ${test}`);
  const passed = runs.filter((run) => run.passed).length;
  print(`\n${passed} passed, ${runs.length - passed} failed`);
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`${name} must be a whole number, ${least} or more: ${text}`);
  return value;
}

const cleanUp = async () => {
  for (const child of children.splice(0)) await child.stop(30_000);
};
const interrupted = onInterrupt(cleanUp);

let good = false;
try {
  good = await main();
} catch (error) {
  print(`${red('✗')} ${error instanceof Error ? error.message : String(error)}`);
}
await cleanUp();
process.exit(good ? 0 : 1);
