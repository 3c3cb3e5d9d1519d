import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { wrongUse } from '../shell/failure.js';

/** Where a new key goes instead of the terminal, whose text may be recorded: a new file that only its owner may read. */
export class KeyFile {
  private constructor(
    readonly path: string,
    private readonly descriptor: number,
  ) {}

  /** Before the key is made: one that could be written nowhere would be lost. @throws CliError wrong use */
  static open(path: string): KeyFile {
    try {
      return new KeyFile(path, openSync(path, 'wx', 0o600));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw wrongUse(
        code === 'EEXIST' ? `--key-file: ${path} is there already` : `--key-file: ${path} cannot be made (${code})`,
        'Name a file that is not there, in a folder that you may write to.',
      );
    }
  }

  write(key: string): void {
    writeSync(this.descriptor, `${key}\n`);
    closeSync(this.descriptor);
  }

  /** There is no key. */
  discard(): void {
    closeSync(this.descriptor);
    rmSync(this.path, { force: true });
  }
}

/**
 * @param path where the key is to go; `undefined`: to the terminal
 * @param make makes the key
 * @returns what was made, and how it is to be shown: the key, or where it is
 */
export async function keepKey<T extends { readonly key: string }>(
  path: string | undefined,
  make: () => Promise<T>,
): Promise<{ readonly made: T; readonly shown: { readonly key: string } | { readonly key_file: string } }> {
  if (path === undefined) {
    const made = await make();
    return { made, shown: { key: made.key } };
  }
  const file = KeyFile.open(path);
  let made: T;
  try {
    made = await make();
  } catch (error) {
    file.discard();
    throw error;
  }
  file.write(made.key);
  return { made, shown: { key_file: path } };
}
