import { Command } from 'commander';
import { type ReencryptProgress, reencrypt } from '#persistence';
import { count, examples, whole } from '../shell/arguments.js';
import { openBox, withDatabase } from '../shell/database.js';
import { EXIT } from '../shell/failure.js';
import { show, table, tell } from '../shell/output.js';
import { storedKeys } from './stored-keys.js';

const TELL_EVERY_MS = 2_000;

/** `wxplane keys …`: the keys that secrets are encrypted with at rest. */
export function keysCommand(): Command {
  const keys = new Command('keys').description('keys for secrets in the database (reads WXPLANE_ENCRYPTION_KEYS)');
  keys
    .command('list')
    .description('which keys stored secrets are under, column by column; nothing is opened or changed')
    .addHelpText(
      'after',
      `
Reads every sealed column once. Exit code 1: some are under a key that is not configured.
${examples('keys list', 'keys list --json')}`,
    )
    .action(listAll);
  keys
    .command('rotate')
    .description('write every stored secret again under the newest key, while the apps run; can be stopped and run again')
    .option('--batch <n>', 'rows per step', count, 200)
    .option('--pause-ms <n>', 'pause between steps, so that the apps are not slowed down', whole, 20)
    .addHelpText(
      'after',
      `
Put the new key in front of WXPLANE_ENCRYPTION_KEYS, restart the apps with both keys, then run this.
When no row is left unreadable, the former key can go. Exit code 1: some could not be read, their key is not configured.
${examples('keys rotate', 'keys rotate --batch 50 --pause-ms 200')}`,
    )
    .action(rotate);
  return keys;
}

async function listAll(options: { json?: boolean }): Promise<void> {
  const box = openBox();
  const found = await withDatabase((dataSource) => storedKeys(dataSource));
  const stateOf = (keyId: string) =>
    keyId === '' ? 'plain text' : keyId === box.currentKeyId ? 'newest' : box.has(keyId) ? 'former' : 'not configured';
  const items = found.map(({ table: name, column, keyId, count }) => ({
    table: name,
    column,
    key_id: keyId || null,
    state: stateOf(keyId),
    count,
  }));
  show(options, { key_id: box.currentKeyId, items }, () =>
    table(
      ['column', 'key', 'state', 'rows'],
      items.map((item) => [`${item.table}.${item.column}`, item.key_id ?? '', item.state, item.count]),
      'no secret is stored yet',
    ),
  );
  if (items.some(({ state }) => state === 'not configured')) process.exitCode = EXIT.failed;
}

async function rotate(options: { batch: number; pauseMs: number; json?: boolean }): Promise<void> {
  const box = openBox();
  const report = progressBar();
  const columns = await withDatabase((dataSource) =>
    reencrypt(dataSource, box, { batch: options.batch, pauseMs: options.pauseMs, onProgress: report }),
  );
  if (process.stderr.isTTY) tell('');
  const unreadable = columns.reduce((sum, column) => sum + column.unreadable, 0);
  show(
    options,
    { key_id: box.currentKeyId, columns },
    unreadable === 0
      ? `everything is under key "${box.currentKeyId}"; former keys are no longer needed\n`
      : `${unreadable} secrets cannot be read: the key they are under is not configured. Add it and run again\n`,
  );
  if (unreadable > 0) process.exitCode = EXIT.failed;
}

/** One line per column; on a terminal it is drawn again as it grows, elsewhere (a log) there is another one every few seconds. */
function progressBar(): (progress: ReencryptProgress) => void {
  let last = '';
  let toldAt = performance.now();
  return ({ table, column, rewritten, total, unreadable }) => {
    const name = `${table}.${column}`;
    const line = `${name.padEnd(52)} ${rewritten} of ${total}${unreadable > 0 ? `, ${unreadable} unreadable` : ''}`;
    const done = rewritten + unreadable >= total && (last !== name || total > 0);
    if (process.stderr.isTTY) process.stderr.write(`${last && last !== name ? '\n' : '\r'}${line}`);
    else if (done || performance.now() - toldAt >= TELL_EVERY_MS) {
      tell(line);
      toldAt = performance.now();
    }
    last = name;
  };
}
