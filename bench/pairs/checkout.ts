import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../../scripts/lib/child.ts';
import { withLock } from '../../scripts/lib/lock.ts';
import { LOCAL, ROOT } from '../../scripts/lib/paths.ts';

type Report = (line: string) => void;

/** @throws Error that says how to get a commit that this checkout does not have */
export function commitOf(name: string): string {
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  } catch {
    throw new Error(`this checkout has no commit "${name}"; where it is a shallow clone, run "git fetch --unshallow"`);
  }
}

/**
 * A commit's files with its own packages and its build, in `.local/former/<commit>`; made once, some minutes, and kept.
 * @returns the folder
 * @throws Error with the end of the output of what failed
 */
export async function builtCheckout(commit: string, report: Report): Promise<string> {
  const folder = join(LOCAL, 'former', commit);
  const complete = join(folder, '.local', 'complete');
  const make = async () => {
    if (existsSync(complete)) return;
    // What an interrupted run left is no more than a part.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, '.local'), { recursive: true });
    await run(`files of ${commit}`, 'sh', ['-c', `git archive ${commit} | tar -x -C "$0"`, folder], ROOT, report);
    // Its own even where the lock file is ours: collecting an app's files does not follow links out of the checkout.
    await run('npm ci', 'npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], folder, report);
    await run('build', process.execPath, ['scripts/build.ts'], folder, report);
    writeFileSync(complete, '');
  };
  await withLock(join(LOCAL, 'former.lock'), make, () => report('waiting for another benchmark in this checkout'));
  return folder;
}

/** The files of an app's image as the checkout's own Dockerfile collects them. @returns the folder the app is started in */
export async function imageOf(checkout: string, app: 'ingestion' | 'broker', folder: string): Promise<string> {
  const place = join(folder, `image-${app}`);
  await run(`files of ${app}`, process.execPath, ['scripts/deploy/trace-app.ts', app, place], checkout, () => {});
  return place;
}

async function run(name: string, command: string, args: readonly string[], cwd: string, report: Report): Promise<void> {
  report(name);
  const child = new Child({ name, command, args, cwd });
  const end = () => void child.stop();
  process.once('exit', end);
  const { code } = await child.exited;
  process.off('exit', end);
  if (code !== 0) throw new Error(`${name} failed (exit code ${code})\n${child.tail(30)}`);
}
