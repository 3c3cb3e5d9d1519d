import { readFileSync } from 'node:fs';

/** A secret setting that cannot be used. The message says what is wrong, never the value. */
export class SecretFileError extends Error {
  constructor(
    /** The variable that is at fault. */
    readonly key: string,
    readonly problem: string,
  ) {
    super(`${key}: ${problem}`);
  }
}

/**
 * A secret setting: the variable itself, or the content of the file that `<name>_FILE` names, without the end of its last line. In a file
 * it is in no crash dump, no listing of a process and no `docker inspect`.
 * @throws SecretFileError when both are set, or the file cannot be read or is empty
 */
export function secretSetting(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const key = `${name}_FILE`;
  const file = env[key];
  if (!file) return env[name];
  if (env[name]) throw new SecretFileError(key, `is set, and ${name} as well: which one counts?`);
  let content: string;
  try {
    content = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new SecretFileError(key, `the file cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (content === '') throw new SecretFileError(key, 'the file is empty');
  return content;
}
