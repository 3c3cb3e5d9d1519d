import { Command, Option } from 'commander';
import {
  type ReencryptProgress,
  reencrypt,
  SEALED_COLUMNS,
  SECRET_DOMAINS,
  type SealedVersion,
  type SecretBox,
  type SecretDomain,
} from '#persistence';
import { count, examples, whole } from '../shell/arguments.js';
import { audit } from '../shell/audit.js';
import { openBox, withDatabase } from '../shell/database.js';
import { EXIT } from '../shell/failure.js';
import { counted, show, table, tell } from '../shell/output.js';
import { splitCommand } from './split.command.js';
import { type StoredKey, storedKeys } from './stored-keys.js';

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
    .option('--adopt-plain-text', 'also take over what an older system wrote in plain text: only right after a take-over', false)
    .addHelpText(
      'after',
      `
Put the new key in front of WXPLANE_ENCRYPTION_KEYS, restart the apps with both keys, then run this.
When no row is left, the former key can go. Exit code 1: some were left, and it says which and why.
It stops at plain text where no older system has written: somebody else has.
${examples('keys rotate', 'keys rotate --batch 50 --pause-ms 200')}`,
    )
    .action((options: RewriteOptions) => rewrite(options));
  keys
    .command('migrate')
    .description(
      'bring every stored secret to the form that is bound to its row (enc:v2), while the apps run; can be stopped and run again',
    )
    .addOption(new Option('--to <form>', 'v1: back, before a release that does not know v2').choices(['v1', 'v2']).default('v2'))
    .option('--batch <n>', 'rows per step', count, 200)
    .option('--pause-ms <n>', 'pause between steps, so that the apps are not slowed down', whole, 20)
    .option('--adopt-plain-text', 'also take over what an older system wrote in plain text: only right after a take-over', false)
    .addHelpText(
      'after',
      `
First run all apps with SECRETS_WRITE=v2 (with v1 before --to v1), so that nothing of the other form comes after. It brings everything
under the newest key as well, and takes over what the last release wrote of releases in plain text: look at that number. When no row is left, SECRETS_STRICT=true can be set. Exit code 1: some were left, and it says which and why.
${examples('keys migrate', 'keys migrate --to v1')}`,
    )
    .action((options: RewriteOptions & { to: SealedVersion }) => rewrite(options, options.to));
  keys.addCommand(splitCommand());
  return keys;
}

/** The newest key of each domain, and the one of all domains if it is the same. */
function newestKeys(box: SecretBox): { key_id: string | null; key_ids: Partial<Record<SecretDomain, string>> } {
  const key_ids = Object.fromEntries(
    SECRET_DOMAINS.flatMap((domain) => {
      const id = box.currentKeyId(domain);
      return id === undefined ? [] : [[domain, id]];
    }),
  );
  const ids = [...new Set(SECRET_DOMAINS.map((domain) => box.currentKeyId(domain)))];
  return { key_id: ids.length === 1 ? (ids[0] ?? null) : null, key_ids };
}

async function listAll(options: { json?: boolean }): Promise<void> {
  const box = openBox([]);
  const found = await withDatabase((dataSource) => storedKeys(dataSource));
  const stateOf = ({ form, keyId, sample: { binding } }: StoredKey) => {
    if (form === 'plain') return 'plain text';
    if (!box.has(keyId, binding.domain)) return 'not configured';
    return keyId === box.currentKeyId(binding.domain) ? 'newest' : 'former';
  };
  const items = found.map((stored) => ({
    table: stored.table,
    column: stored.column,
    form: stored.form,
    key_id: stored.keyId || null,
    state: stateOf(stored),
    count: stored.count,
  }));
  show(options, { ...newestKeys(box), items }, () =>
    table(
      ['column', 'form', 'key', 'state', 'rows'],
      items.map((item) => [`${item.table}.${item.column}`, item.form, item.key_id ?? '', item.state, item.count]),
      'no secret is stored yet',
    ),
  );
  if (items.some(({ state }) => state === 'not configured')) process.exitCode = EXIT.failed;
}

interface RewriteOptions {
  readonly batch: number;
  readonly pauseMs: number;
  readonly adoptPlainText: boolean;
  readonly json?: boolean;
}

/** @param to absent: each in its own form, or the newer one that is written */
async function rewrite({ batch, pauseMs, adoptPlainText, json }: RewriteOptions, to?: SealedVersion): Promise<void> {
  const box = openBox(SECRET_DOMAINS, { SECRETS_STRICT: false });
  const newest = newestKeys(box);
  const report = progressBar();
  const columns = await withDatabase(async (db) => {
    const action = to === undefined ? 'keys.rotate' : `keys.migrate-${to}`;
    await audit(db, action, `${newest.key_id ?? 'a key for each domain'}${adoptPlainText ? ', with plain text' : ''}`);
    const onAdopted = (column: string, times: number) => audit(db, 'keys.adopt-plain-text', column, times);
    return reencrypt(db, box, { batch, pauseMs, adoptPlainText, ...(to ? { to } : {}), onProgress: report, onAdopted });
  });
  if (process.stderr.isTTY) tell('');
  const left = whatIsLeft(columns);
  const under = newest.key_id === null ? 'the newest key of its domain' : `key "${newest.key_id}"`;
  const done = `everything is under ${under}${to ? ` and of the form ${to}` : ''}; former keys are no longer needed`;
  show({ ...(json ? { json } : {}) }, { ...newest, columns }, `${left.length === 0 ? done : left.join('\n')}\n`);
  if (left.length > 0) process.exitCode = EXIT.failed;
}

/** One sentence for each reason, with the rows that are meant. */
export function whatIsLeft(columns: readonly ReencryptProgress[]): string[] {
  const sum = (of: 'unreadable' | 'unassigned') => columns.reduce((total, column) => total + column[of], 0);
  const left: string[] = [];
  if (sum('unreadable') > 0)
    left.push(
      `${counted(sum('unreadable'), 'secret')} cannot be read: the key is not configured, or somebody altered or moved what was sealed. Add the key and run again; the first of them:`,
      ...columns.flatMap(({ table, column, examples }) => examples.map((row) => `  ${table}.${column}, ${row}`)),
    );
  const plain = columns.filter((column) => column.plain > 0);
  const ofLastRelease = plain.filter(isFormerlyPlain);
  const ofOlder = plain.filter((column) => !isFormerlyPlain(column));
  if (ofLastRelease.length > 0)
    left.push(
      `${counted(total(ofLastRelease), 'text is', 'texts are')} in plain text, as the last release wrote releases and settings: run "wxplane keys migrate"`,
    );
  if (ofOlder.length > 0)
    left.push(
      `${counted(total(ofOlder), 'secret is', 'secrets are')} in plain text. If an older system wrote that, run again with --adopt-plain-text; otherwise look who did`,
    );
  if (sum('unassigned') > 0)
    left.push(
      `${counted(sum('unassigned'), 'secret belongs', 'secrets belong')} to no component yet: run "npm run migrate" with LEGACY_COMPONENT_APPID, then this again`,
    );
  return left;
}

const total = (columns: readonly ReencryptProgress[]) => columns.reduce((sum, { plain }) => sum + plain, 0);

function isFormerlyPlain({ table, column }: ReencryptProgress): boolean {
  return SEALED_COLUMNS.some((sealed) => sealed.table === table && sealed.column === column && sealed.formerlyPlain === true);
}

/** One line per column; on a terminal it is drawn again as it grows, elsewhere (a log) there is another one every few seconds. */
function progressBar(): (progress: ReencryptProgress) => void {
  let last = '';
  let toldAt = performance.now();
  return ({ table, column, rewritten, total, unreadable, plain, unassigned }) => {
    const left = unreadable + plain + unassigned;
    const name = `${table}.${column}`;
    const line = `${name.padEnd(52)} ${rewritten} of ${total}${left > 0 ? `, ${left} left` : ''}`;
    const done = rewritten + left >= total && (last !== name || total > 0);
    if (process.stderr.isTTY) process.stderr.write(`${last && last !== name ? '\n' : '\r'}${line}`);
    else if (done || performance.now() - toldAt >= TELL_EVERY_MS) {
      tell(line);
      toldAt = performance.now();
    }
    last = name;
  };
}
