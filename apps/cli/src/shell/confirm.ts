import { createInterface } from 'node:readline/promises';
import { Option } from 'commander';
import { CliError, wrongUse } from './failure.js';

/** For commands that cannot be taken back. */
export const yesOption = () => new Option('--yes', 'do it without asking');

/**
 * Asks a person on a terminal; elsewhere the flag must have said it.
 * @param question such as `Refuse the key of client 12?`
 * @throws CliError when the answer is no, or nobody can be asked
 */
export async function confirm(options: { readonly yes?: boolean }, question: string): Promise<void> {
  if (options.yes) return;
  if (!process.stdin.isTTY) throw wrongUse(`${question} Nobody can be asked here.`, 'Add --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    if (!/^(y|yes)$/i.test((await terminal.question(`${question} [y/N] `)).trim())) throw new CliError('nothing was done');
  } finally {
    terminal.close();
  }
}
