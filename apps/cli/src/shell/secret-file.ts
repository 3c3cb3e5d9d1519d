import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from './failure.js';

/**
 * Writes a file that only its owner may read, and none over another.
 * @throws CliError
 */
export function writeSecretFile(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(`${file} cannot be written (${code})`, {
      remedy:
        code === 'EEXIST' ? 'It is there already: remove it, or name another folder.' : 'Name a folder that you may write to.',
    });
  }
}
