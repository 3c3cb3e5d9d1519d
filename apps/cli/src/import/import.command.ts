import { Command, InvalidArgumentError, Option } from 'commander';
import { componentOption, examples } from '../shell/arguments.js';
import { audit } from '../shell/audit.js';
import { ImportConfig } from '../shell/cli.config.js';
import { componentOf } from '../shell/component.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { openBox, withDatabase } from '../shell/database.js';
import { configured } from '../shell/environment.js';
import { EXIT, wrongUse } from '../shell/failure.js';
import { counted, show, table, tell } from '../shell/output.js';
import { readTextFile } from '../shell/text-file.js';
import { AuthorizationStore, type Judged } from './authorization.store.js';
import { parseCsv, WrongCsv } from './csv.domain.js';
import { type Sorted, type SourceRow, sortOut, type Verdict } from './source-row.domain.js';
import { readWxcomponent } from './wxcomponent.js';

interface Options {
  readonly component?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const FORMS = `
UTF-8, UTF-16 or GB18030, as Excel saves it; commas, semicolons or tabs; with a heading in any order (appid or authorizer_appid, refresh_token or
authorizer_refresh_token, granted_at, auth_time or create_time, name), or without one in this order. Times: 2026-05-01T12:00:00+08:00, Unix seconds, or
2026-05-01 12:00:00 with --time-zone.
`;

const NOTES = `
What becomes of a row: new · same · replace (its grant is certainly newer than what is stored; the former token is kept as a fallback) ·
keep (ours stays) · cancelled (the merchant ended it; stays so) · invalid. Tokens are never shown, and are encrypted on their way in.
Each row is a transaction of its own: a run that was stopped is run again, and a second run changes nothing.
Exit code 1: there are invalid rows (the others are imported).
`;

/** `wxplane import …`: authorizations of another system. */
export function importCommand(): Command {
  const command = new Command('import').description(
    'authorizations of another system (reads and writes the database, WXPLANE_ENCRYPTION_KEYS)',
  );
  flags(command.command('csv'))
    .description('a file of appid,refresh_token[,granted_at]; "-" reads standard input')
    .argument('<file>')
    .addOption(new Option('--time-zone <offset>', 'of times in the file that name none, such as +08:00').argParser(parseZone))
    .addHelpText(
      'after',
      `${FORMS}${NOTES}${examples('import csv merchants.csv --dry-run', 'import csv merchants.csv --time-zone +08:00 --yes')}`,
    )
    .action((file: string, options: Options & { timeZone?: string }) => run(options, () => readCsv(file, options.timeZone)));
  flags(command.command('wxcomponent'))
    .description('the MySQL database of wxcomponent (微管家), named by IMPORT_DATABASE_URL')
    .addOption(new Option('--time-zone <offset>', 'of the times in that database').argParser(parseZone).default('+08:00'))
    .option('--insecure', 'read it without TLS, also from another machine: refresh tokens then travel in clear')
    .addHelpText('after', `${NOTES}${examples('import wxcomponent --component wx1111111111111111 --dry-run')}`)
    .action((options: Options & { timeZone: string; insecure?: boolean }) =>
      run(options, () => readWxcomponent(configured(ImportConfig).IMPORT_DATABASE_URL, options.timeZone, options.insecure)),
    );
  return command;
}

const flags = (command: Command) =>
  command
    .addOption(componentOption())
    .option('--dry-run', 'show what would be done to each row, and do nothing')
    .addOption(yesOption());

async function run(options: Options, read: () => SourceRow[] | Promise<SourceRow[]>): Promise<void> {
  const component = await componentOf(options);
  const box = openBox(['credentials']);
  const sorted = sortOut(await read());
  await withDatabase(async (db) => {
    const store = new AuthorizationStore(db, box, component);
    const planned = await store.plan(sorted.rows);
    if (options.dryRun) return conclude(options, component, planned, sorted, true);
    const changes = planned.filter(({ verdict }) => verdict === 'new' || verdict === 'replace').length;
    if (changes > 0) {
      if (!options.yes) tell(count(planned, sorted));
      await confirm(options, `Write ${counted(changes, 'authorization')} of ${component}?`);
      // First: one that is stopped in the middle has written what it has written.
      await audit(db, 'authorizers.import', counted(changes, 'authorization'), 1, component);
    }
    const done: Judged[] = [];
    for (const judged of planned) {
      const change = judged.verdict === 'new' || judged.verdict === 'replace';
      if (!change) {
        done.push(judged);
        continue;
      }
      const written = await store.write(judged.row);
      // The same as was planned, unless an app was faster.
      done.push(written.verdict === judged.verdict ? judged : written);
      if (done.length % 500 === 0) tell(`${done.length} of ${planned.length}`);
    }
    conclude(options, component, done, sorted, false);
    if (changes > 0) tell('Names and permission sets come with: wxplane authorizers sync --wait');
  });
}

const VERDICTS: readonly Verdict[] = ['new', 'replace', 'same', 'keep', 'cancelled'];

function countsOf(judged: readonly Judged[], { invalid }: Sorted): Record<Verdict | 'invalid', number> {
  const of = (verdict: Verdict) => judged.filter((each) => each.verdict === verdict).length;
  return {
    ...(Object.fromEntries(VERDICTS.map((verdict) => [verdict, of(verdict)])) as Record<Verdict, number>),
    invalid: invalid.length,
  };
}

const count = (judged: readonly Judged[], sorted: Sorted) =>
  Object.entries(countsOf(judged, sorted))
    .map(([verdict, n]) => `${n} ${verdict}`)
    .join(' · ');

function conclude(options: Options, component: string, judged: readonly Judged[], sorted: Sorted, dryRun: boolean): void {
  const rows = [
    ...judged.map(({ row, verdict, why }) => ({ place: row.place, appid: row.appid, name: row.name ?? null, verdict, why })),
    ...sorted.invalid.map(({ place, appid, problem }) => ({
      place,
      appid,
      name: null,
      verdict: 'invalid' as const,
      why: problem,
    })),
  ];
  const document = { component_appid: component, dry_run: dryRun, counts: countsOf(judged, sorted), rows };
  show(options, document, () => {
    // After the writing only what somebody may want to look at.
    const told = dryRun ? rows : rows.filter(({ verdict }) => verdict !== 'same' && verdict !== 'new');
    const lines =
      told.length === 0
        ? ''
        : table(
            ['row', 'appid', 'name', 'result', 'why'],
            told.map((row) => [row.place, row.appid, row.name, row.verdict, row.why]),
          );
    return `${lines}${count(judged, sorted)}${dryRun ? ' (nothing was written)' : ''}\n`;
  });
  if (sorted.invalid.length > 0) process.exitCode = EXIT.failed;
}

function readCsv(file: string, zone: string | undefined): SourceRow[] {
  try {
    return parseCsv(readTextFile(file), zone);
  } catch (error) {
    throw error instanceof WrongCsv ? wrongUse(`${file}: ${error.message}`) : error;
  }
}

function parseZone(text: string): string {
  if (!/^[+-]\d{2}:\d{2}$/.test(text)) throw new InvalidArgumentError('must look like +08:00');
  return text;
}
