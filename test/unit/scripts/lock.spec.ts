import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { processExists, stopLeftover } from '../../../scripts/lib/child.ts';
import { tryLock, unlock, withLock } from '../../../scripts/lib/lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'wxplane-unit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process that does nothing until it is ended; `mark` stands in its command line. */
async function sleeper(mark: string) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', mark], { stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
}

describe('the lock of a checkout', () => {
  it('is had by one at a time, and tells who has it', () => {
    const file = join(folder, 'one.lock');
    expect(tryLock(file, 'first')).toBeUndefined();
    expect(tryLock(file, 'second')).toEqual({ pid: process.pid, note: 'first' });
    unlock(file);
    expect(tryLock(file)).toBeUndefined();
    unlock(file);
    expect(existsSync(file)).toBe(false);
  });

  it('is taken over from a process that is gone', async () => {
    const file = join(folder, 'gone.lock');
    const child = await sleeper('gone');
    writeFileSync(file, JSON.stringify({ pid: child.pid, note: '', command: '' }));
    expect(tryLock(file)).toMatchObject({ pid: child.pid });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(tryLock(file)).toBeUndefined();
    unlock(file);
  });

  it('is taken over when its process id belongs to somebody else by now', async () => {
    const file = join(folder, 'reused.lock');
    const child = await sleeper('somebody-else');
    writeFileSync(file, JSON.stringify({ pid: child.pid, note: '', command: 'node scripts/start.mjs' }));
    expect(tryLock(file)).toBeUndefined();
    unlock(file);
    child.kill('SIGKILL');
  });

  it('makes those who wait take turns', async () => {
    const file = join(folder, 'turns.lock');
    let inside = 0;
    const most: number[] = [];
    const turn = () =>
      withLock(file, async () => {
        inside += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        most.push(inside);
        inside -= 1;
      });
    await Promise.all([turn(), turn(), turn()]);
    expect(most).toEqual([1, 1, 1]);
  });
});

describe('what an earlier run left behind', () => {
  it('is stopped', async () => {
    const pidFile = join(folder, 'ours.pid');
    const child = await sleeper(`${folder}/data`);
    const ended = once(child, 'exit');
    writeFileSync(pidFile, `${child.pid}\n`);
    expect(await stopLeftover(pidFile, `${folder}/data`)).toBe(true);
    await ended;
    expect(existsSync(pidFile)).toBe(false);
  });

  it('is let alone when the process id belongs to somebody else', async () => {
    const pidFile = join(folder, 'theirs.pid');
    const child = await sleeper('/somewhere/else');
    writeFileSync(pidFile, `${child.pid}\n`);
    expect(await stopLeftover(pidFile, `${folder}/data`)).toBe(false);
    expect(processExists(child.pid as number)).toBe(true);
    child.kill('SIGKILL');
  });
});
