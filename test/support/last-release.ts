import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../../', import.meta.url).pathname;

/**
 * The last release: what people run when they upgrade to the present code. Changed by whoever makes a release, together with the
 * changelog; a commit, because a clone without tags, or a shallow one that was deepened, still has it.
 */
export const LAST_RELEASE = { version: '0.1.0', commit: '1241fdbb8f7675f3a3b0a149fe65ca1f0c55c95c' } as const;

/** @returns why its files cannot be had here; `undefined`: they can */
export function missingRelease(commit: string = LAST_RELEASE.commit): string | undefined {
  try {
    execFileSync('git', ['cat-file', '-e', `${commit}^{tree}`], { cwd: ROOT, stdio: 'ignore' });
    return undefined;
  } catch {
    return `this checkout has no commit ${commit} (release ${LAST_RELEASE.version}): run "git fetch --unshallow" to test the upgrade`;
  }
}

/** The newest release that has a heading of its own in the changelog. */
export const newestInChangelog = (file = 'CHANGELOG.md'): string | undefined =>
  /^## (\d+\.\d+\.\d+)/m.exec(readFileSync(join(ROOT, file), 'utf8'))?.[1];
