import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, processExists } from './child.ts';

export interface Holder {
  readonly pid: number;
  /** Whatever the holder wants others to know. */
  readonly note: string;
}

/** One listener for all: a process may hold many. */
const held = new Set<string>();
process.once('exit', () => held.forEach(unlock));

/**
 * Takes the lock for this process, or says who holds it. The lock of a process that is gone is taken over.
 * @param note told to those who find the lock taken.
 */
export function tryLock(file: string, note = ''): Holder | undefined {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, note, command: commandLine(process.pid) }), { mode: 0o600 });
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // link() fails when the name exists, and the file appears with its content.
        linkSync(mine, file);
        held.add(file);
        return undefined;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const holder = readHolder(file);
        if (holder || attempt >= 3) return holder ?? { pid: 0, note: '' };
        rmSync(file, { force: true });
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Runs `work` alone among all processes that use this lock; waits for its turn. */
export async function withLock<T>(file: string, work: () => Promise<T>, onWait: (holder: Holder) => void = () => {}): Promise<T> {
  for (let holder = tryLock(file); holder; holder = tryLock(file)) {
    onWait(holder);
    await sleep(300);
  }
  try {
    return await work();
  } finally {
    unlock(file);
  }
}

/** Gives the lock back if it is ours. */
export function unlock(file: string): void {
  held.delete(file);
  if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
}

/** The living holder: same process id and still the same command line, since ids are used again. */
function readHolder(file: string): Holder | undefined {
  try {
    const { pid, note, command } = JSON.parse(readFileSync(file, 'utf8')) as Holder & { command: string };
    return processExists(pid) && (command === '' || commandLine(pid) === command) ? { pid, note } : undefined;
  } catch {
    return undefined;
  }
}
