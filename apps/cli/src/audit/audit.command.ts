import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import {
  Checkpointer,
  type ExportLine,
  exportAudit,
  exportedAudit,
  publicKeysOf,
  storedAudit,
  type Verdict,
  verifyAudit,
} from '#base';
import { date, examples, limitOption } from '../shell/arguments.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { withDatabase } from '../shell/database.js';
import { EXIT, wrongUse } from '../shell/failure.js';
import { localTime, show, table, tell } from '../shell/output.js';
import { readTextFile } from '../shell/text-file.js';
import { type AuditFilter, searchAudit } from './audit-search.js';

const DAY_MS = 86_400_000;

interface Period {
  readonly from?: Date;
  readonly to?: Date;
  readonly json?: boolean;
}

const period = (command: Command) =>
  command
    .addOption(new Option('--from <time>', 'ISO time; default: a day before --to').argParser(date))
    .addOption(new Option('--to <time>', 'ISO time; default: now').argParser(date));

/** `wxplane audit …`: who revealed or wrote what, and whether the log of it is as it was written. */
export function auditCommand(): Command {
  const audit = new Command('audit').description('the audit log: search it, verify it, take it elsewhere (reads the database)');
  period(audit.command('search'))
    .alias('list')
    .description('entries, newest first')
    .option('--client <client_id>', 'of this caller')
    .option('--person <person_id>', 'of this person')
    .option('--action <action>', 'such as token.reveal, client.update, request.refused')
    .option('--component <appid>', 'about this component')
    .option('--authorizer <appid>', 'about this merchant')
    .option('--outcome <outcome>', 'ok, refused or failed')
    .addOption(limitOption(100))
    .addHelpText(
      'after',
      examples('audit search --outcome refused --from 2026-05-01', 'audit search --client 0123456789abcdef --json'),
    )
    .action(search);
  period(audit.command('verify'))
    .description(
      'is the log of this time what was written? Names the first entry that was changed, is missing, was added or moved',
    )
    .option('--public-key <file>', 'PEM, one or several: each checkpoint must be signed with one of them')
    .option('--checkpoint <file>', 'a checkpoint that was kept elsewhere (JSON): it must be there as it was')
    .option('--export <file>', 'look at this export instead of the database')
    .addOption(
      new Option(
        '--chained-since <time>',
        'no entry without a chain may be later: when the last replica of 0.1.0 ended',
      ).argParser(date),
    )
    .addHelpText(
      'after',
      `
Exit code 1: it is not, or a minute has no checkpoint; docs/runbook.md says what to do.
${examples('audit verify --public-key audit.pub.pem', 'audit verify --export may.jsonl --from 2026-05-01 --to 2026-06-01')}`,
    )
    .action(verify);
  period(audit.command('export'))
    .description('entries and checkpoints as JSON lines, for "audit verify --export" elsewhere')
    .addHelpText('after', examples('audit export --from 2026-05-01 --to 2026-06-01 > may.jsonl'))
    .action(exportAll);
  audit
    .command('retain')
    .description('delete what the broker has signed as too old (AUDIT_LOG_DAYS): where the broker’s own account may not')
    .addOption(yesOption())
    .addHelpText('after', examples('audit retain --yes'))
    .action(retain);
  return audit;
}

const between = ({ from, to }: Period) => {
  const end = to ?? new Date();
  return { from: from ?? new Date(end.getTime() - DAY_MS), to: end };
};

async function search(options: AuditFilter & Period & { limit: number }): Promise<void> {
  const items = await withDatabase((db) => searchAudit(db, options, options.limit));
  show(options, { items }, () =>
    table(
      ['at', 'times', 'who', 'action', 'about', 'outcome', 'from'],
      items.map((item) => [
        localTime(String(item['at'])),
        item['times'],
        [item['person_id'] ?? item['actor_subject'] ?? item['client_id'] ?? item['app'], item['actor_kind']]
          .filter(Boolean)
          .join(' '),
        item['action'],
        [item['authorizer_appid'] ?? item['component_appid'], item['subject']].filter(Boolean).join(' '),
        [item['outcome'], item['reason']].filter(Boolean).join(': '),
        item['ip'],
      ]),
      'no entries',
    ),
  );
}

interface VerifyOptions extends Period {
  readonly publicKey?: string;
  readonly checkpoint?: string;
  readonly export?: string;
  readonly chainedSince?: Date;
}

async function verify(options: VerifyOptions): Promise<void> {
  const { from, to } = between(options);
  const wanted = {
    from,
    to,
    ...(options.publicKey ? { publicKeys: keysIn(options.publicKey) } : {}),
    ...(options.checkpoint ? { known: knownIn(options.checkpoint) } : {}),
    ...(options.chainedSince ? { chainedSince: options.chainedSince } : {}),
  };
  const verdict = options.export
    ? await verifyAudit(exportedAudit(linesOf(options.export)), wanted)
    : await withDatabase((db) => verifyAudit(storedAudit(db, from, to), wanted));
  show(options, { from: from.toISOString(), to: to.toISOString(), intact: verdict.findings.length === 0, ...verdict }, () =>
    toText(verdict),
  );
  if (verdict.findings.length > 0) process.exitCode = EXIT.failed;
}

function toText({ findings, checkpoints, signed, entries, unchained }: Verdict): string {
  const about = `${entries} entries in chains, ${checkpoints} checkpoints, ${signed} of them signed`;
  const plain =
    unchained.count > 0
      ? [
          `${unchained.count} entries of ${unchained.apps.join(', ')} are in no chain, the last of ${unchained.last}: of a release before 0.2.0`,
        ]
      : [];
  if (findings.length === 0) return [`As it was written: ${about}.`, ...plain, ''].join('\n');
  const lines = findings.map(({ kind, at, what }) => `${kind.padEnd(10)}  ${at}  ${what}`);
  return [
    `NOT as it was written. The first: ${findings[0]!.kind}: ${findings[0]!.what}`,
    '',
    ...lines,
    '',
    about,
    ...plain,
    '',
  ].join('\n');
}

async function exportAll(options: Period): Promise<void> {
  const { from, to } = between(options);
  let lines = 0;
  await withDatabase(async (db) => {
    for await (const line of exportAudit(storedAudit(db, from, to))) {
      lines += 1;
      if (!process.stdout.write(`${JSON.stringify(line)}\n`))
        await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
  });
  tell(`${lines} lines`);
}

async function retain(options: { yes?: boolean; json?: boolean }): Promise<void> {
  await confirm(options, 'Delete entries of the audit log that the broker has signed as too old?');
  const deleted = await withDatabase((db) => new Checkpointer(db, { error: tell, info: tell }, undefined).drop());
  show(options, { deleted }, `${deleted} entries were deleted\n`);
}

function keysIn(file: string) {
  try {
    return publicKeysOf(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrongUse(`${file}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
  }
}

function knownIn(file: string): { seq: number; hash: string } {
  try {
    const { seq, hash } = JSON.parse(readTextFile(file)) as { seq?: unknown; hash?: unknown };
    if (typeof seq === 'number' && typeof hash === 'string') return { seq, hash };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw wrongUse(`${file} is no checkpoint, as GET /v1/audit-log/checkpoints answers them`);
}

function linesOf(file: string): ExportLine[] {
  const texts = readTextFile(file).split('\n').filter(Boolean);
  try {
    return texts.map((text) => JSON.parse(text) as ExportLine);
  } catch {
    throw wrongUse(`${file} is no export of "audit export"`);
  }
}
