import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { tell } from './output.js';

/** Where `npm start` keeps what it makes, in a checkout; an image has no such place. */
const LOCAL = fileURLToPath(new URL('../../../../../.local/', import.meta.url));

/**
 * The environment of the suite that `npm start` runs in this checkout, if one runs and if nothing here speaks of another installation.
 * @param given what is set already: a variable with another value than the suite's is about something else, and then nothing is taken.
 */
export function localSuite(given: NodeJS.ProcessEnv, local = LOCAL): NodeJS.Dict<string> | undefined {
  const file = join(local, 'run', 'env');
  if (!runs(join(local, 'start.lock'))) return undefined;
  let suite: NodeJS.Dict<string>;
  try {
    suite = parseEnv(readFileSync(file, 'utf8'));
  } catch {
    // Not up yet, or another person's.
    return undefined;
  }
  if (Object.entries(suite).some(([name, value]) => given[name] && given[name] !== value)) return undefined;
  if (Object.entries(suite).every(([name, value]) => given[name] === value)) return undefined;
  tell(`wxplane: using the suite that npm start runs here (${relative(process.cwd(), file)})`);
  return suite;
}

/** Whether the process that holds this lock is there, and is still the same program: process ids are used again. */
function runs(lock: string): boolean {
  try {
    const { pid, command } = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number; command: string };
    process.kill(pid, 0);
    return command === '' || commandLine(pid, command) === command;
  } catch {
    return false;
  }
}

/** @param unknown what to answer where the system does not show command lines */
function commandLine(pid: number, unknown: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return unknown;
  }
}
