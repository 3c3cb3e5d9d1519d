import { IsString } from 'class-validator';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseEncryptionKeys, type ReencryptProgress, reencrypt, SecretBox } from '#persistence';
import { ConfigError, loadConfig } from '#service';
import { withDatabase } from '../database.js';

class KeysConfig {
  @IsString() readonly WXPLANE_ENCRYPTION_KEYS!: string;
}

/** `wxplane keys …`: the keys that secrets are encrypted with at rest. */
export function keysCommand(): Command {
  const keys = new Command('keys').description('keys for secrets in the database (reads WXPLANE_ENCRYPTION_KEYS)');
  keys
    .command('rotate')
    .description('write every stored secret again under the newest key, while the apps run; can be stopped and run again')
    .option('--batch <n>', 'rows per step', parseCount, 200)
    .option('--pause-ms <n>', 'pause between steps, so that the apps are not slowed down', parseCount, 20)
    .addOption(new Option('--json', 'print JSON instead of text'))
    .addHelpText(
      'after',
      `
Put the new key in front of WXPLANE_ENCRYPTION_KEYS, restart the apps with both keys, then run this.
When no row is left unreadable, the former key can go.

Exit codes: 0 all rows are under the newest key · 1 some could not be read (their key is not configured)

Example:
  WXPLANE_ENCRYPTION_KEYS=k2:…,k1:… npm run wxplane -- keys rotate
`,
    )
    .action(rotate);
  return keys;
}

async function rotate(options: { batch: number; pauseMs: number; json?: boolean }): Promise<void> {
  const box = openBox();
  const report = options.json ? () => {} : progressBar();
  const columns = await withDatabase((dataSource) =>
    reencrypt(dataSource, box, { batch: options.batch, pauseMs: options.pauseMs, onProgress: report }),
  );
  const unreadable = columns.reduce((sum, column) => sum + column.unreadable, 0);
  if (options.json) process.stdout.write(`${JSON.stringify({ key_id: box.currentKeyId, columns })}\n`);
  else
    process.stdout.write(
      unreadable === 0
        ? `everything is under key "${box.currentKeyId}"; former keys are no longer needed\n`
        : `${unreadable} secrets cannot be read: the key they are under is not configured. Add it and run again\n`,
    );
  if (unreadable > 0) process.exitCode = 1;
}

function openBox(): SecretBox {
  // biome-ignore lint/style/noProcessEnv: the one place where this command reads its environment
  const { WXPLANE_ENCRYPTION_KEYS } = loadConfig(KeysConfig, process.env);
  try {
    return new SecretBox(parseEncryptionKeys(WXPLANE_ENCRYPTION_KEYS));
  } catch (error) {
    throw new ConfigError([{ key: 'WXPLANE_ENCRYPTION_KEYS', problem: (error as Error).message }]);
  }
}

/** One line per column; on a terminal it is drawn again as it grows. */
function progressBar(): (progress: ReencryptProgress) => void {
  let last = '';
  return ({ table, column, rewritten, total, unreadable }) => {
    const name = `${table}.${column}`;
    const line = `${name.padEnd(52)} ${rewritten} of ${total}${unreadable > 0 ? `, ${unreadable} unreadable` : ''}`;
    if (process.stdout.isTTY) process.stdout.write(`${last && last !== name ? '\n' : '\r'}${line}`);
    else if (rewritten + unreadable >= total) process.stdout.write(`${line}\n`);
    last = name;
  };
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new InvalidArgumentError('is not a whole number.');
  return count;
}
