import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from '../../scripts/lib/build.ts';
import { onInterrupt } from '../../scripts/lib/interrupt.ts';
import { LOCAL, ROOT } from '../../scripts/lib/paths.ts';
import { bold, dim, duration, green, interactive, print, red, table } from '../../scripts/lib/terminal.mjs';
import { HELP } from './help.mjs';
import { parseOptions, type SoakOptions, WrongArgument } from './options.ts';
import type { SoakResult } from './soak.ts';

/** So many lines of what is wrong, per row. */
const MOST_TOLD = 12;

function options(): SoakOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof WrongArgument)) throw error;
    print(`${red('✗')} ${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}

function tell(result: SoakResult): boolean {
  print(`\n${bold('Soak')}  ${result.summary}\n`);
  table(
    result.verdicts.map(({ invariant, ok, counts }) => [ok ? green('PASS') : red('FAIL'), invariant, counts]),
    '',
  );
  for (const { invariant, wrong } of result.verdicts) {
    if (wrong.length === 0) continue;
    print(`\n${bold(invariant)}`);
    for (const line of wrong.slice(0, MOST_TOLD)) print(`  ${line}`);
    if (wrong.length > MOST_TOLD) print(dim(`  … and ${wrong.length - MOST_TOLD} more`));
  }
  const names = [...result.disturbances].sort(([, a], [, b]) => b - a).map(([name, times]) => `${name} ×${times}`);
  print(`\n${dim(`Went wrong on purpose: ${names.join(', ')}`)}`);
  return result.verdicts.every(({ ok }) => ok);
}

const wanted = options();
await build((line) => print(line));
// The apps' libraries are among what was just built.
const { soak } = await import('./soak.ts');
const folder = join(LOCAL, 'soak', String(process.pid));
mkdirSync(folder, { recursive: true });
const begun = Date.now();
let stop: (() => Promise<void>) | undefined;
const interrupted = onInterrupt(async () => {
  try {
    await stop?.();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
try {
  const result = await soak({
    ...wanted,
    folder,
    releaseReplicas: 2,
    tokenS: 180,
    auditS: 3,
    settleMs: 900_000,
    started: (how) => {
      stop = how;
    },
    report: (line) => print(`${dim('•')} ${line}`),
    progress: print,
    progressMs: interactive ? 10_000 : 30_000,
  });
  if (interrupted()) await new Promise(() => {});
  const ok = tell(result);
  print(
    `${ok ? green('●') : red('●')} ${ok ? 'every invariant holds' : 'an invariant does not hold'} ${dim(`after ${duration(Date.now() - begun)}`)}`,
  );
  if (ok && !wanted.keep) rmSync(folder, { recursive: true, force: true });
  else print(`  data and logs: ${relative(ROOT, folder)}`);
  process.exit(ok ? 0 : 1);
} catch (error) {
  if (interrupted()) await new Promise(() => {});
  print(`\n${red('✗')} the soak itself did not work: ${(error as Error).stack}`);
  print(`  data and logs: ${relative(ROOT, folder)}`);
  process.exit(1);
}
