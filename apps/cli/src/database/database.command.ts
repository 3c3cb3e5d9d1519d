import { Command } from 'commander';
import {
  ACCOUNTS,
  applyAccounts,
  type DatabaseAccount,
  grantStatements,
  inspectRights,
  MayNotGrantError,
  repairStatements,
} from '#persistence';
import { examples } from '../shell/arguments.js';
import { audit } from '../shell/audit.js';
import { DatabaseConfig } from '../shell/cli.config.js';
import { withDatabase } from '../shell/database.js';
import { configured, configuredAccounts } from '../shell/environment.js';
import { CliError, EXIT, wrongUse } from '../shell/failure.js';
import { show } from '../shell/output.js';

/** `wxplane database …`: what the server is told about us. */
export function databaseCommand(): Command {
  const database = new Command('database').description('accounts of the database: one for each app, with what it needs');
  database
    .command('accounts')
    .description('the accounts of DATABASE_ACCOUNTS: the statements that make them, or whether each has what it needs')
    .option('--print', 'print the statements, for whoever runs the server; asks no database', false)
    .option('--apply', 'make the accounts and give them their rights, as the account of DATABASE_URL', false)
    .option('--revoke', 'with --apply: also take away what is too much; only when no older release runs any more', false)
    .addHelpText(
      'after',
      `
Without a flag: compares what each account has, as SHOW GRANTS tells it, with what its app needs. Exit code 1: one lacks something.
DATABASE_URL is that of migrations: all rights on the schema, with the grant option; CREATE USER if it makes accounts as well.
npm run migrate gives the rights by itself, after each migration, where DATABASE_ACCOUNTS is set.
${examples('database accounts', 'database accounts --print', 'database accounts --apply --revoke')}`,
    )
    .action(accounts);
  return database;
}

interface AccountsOptions {
  readonly print: boolean;
  readonly apply: boolean;
  readonly revoke: boolean;
  readonly json?: boolean;
}

async function accounts(options: AccountsOptions): Promise<void> {
  if (options.print && options.apply) throw wrongUse('--print or --apply, not both');
  if (options.revoke && !options.apply) throw wrongUse('--revoke goes with --apply');
  const named = configuredAccounts();
  const unnamed = ACCOUNTS.map((account) => ({ account, user: `wxplane_${account}`, host: '%' }));
  if (options.print) return print(named.length > 0 ? named : unnamed, options);
  if (named.length === 0)
    throw new CliError('DATABASE_ACCOUNTS is not set: all apps share the account of DATABASE_URL', {
      remedy: 'Set it (.env.example explains it), or print statements with --print.',
      exit: EXIT.config,
    });
  if (options.apply) return apply(named, options);
  return compare(named, options);
}

function print(named: readonly DatabaseAccount[], options: AccountsOptions): void {
  const schema = decodeURIComponent(new URL(configured(DatabaseConfig).DATABASE_URL).pathname.slice(1));
  const items = named.map((account) => ({
    account: account.account,
    user: account.user,
    statements: [
      // The password stays where it is configured: this is copied, and kept.
      `CREATE USER IF NOT EXISTS '${account.user}'@'${account.host}' IDENTIFIED BY '<its password>'`,
      ...grantStatements(schema, account),
    ],
  }));
  show(options, { schema, items }, () =>
    items
      .map(({ account, statements }) => `-- ${account}\n${statements.map((statement) => `${statement};\n`).join('')}`)
      .join('\n'),
  );
}

async function apply(named: readonly DatabaseAccount[], options: AccountsOptions): Promise<void> {
  const revoked = await withDatabase(async (db) => {
    try {
      await audit(
        db.manager,
        options.revoke ? 'database.accounts-revoke' : 'database.accounts',
        named.map(({ user }) => user).join(', '),
      );
      await applyAccounts(db, named);
    } catch (error) {
      if (!(error instanceof MayNotGrantError)) throw error;
      throw new CliError(error.message, {
        remedy:
          'Give it all rights on the schema WITH GRANT OPTION and CREATE USER on *.*, or let an administrator run what --print prints.',
      });
    }
    if (!options.revoke) return [];
    const statements: string[] = [];
    for (const account of named) {
      const found = await inspectRights(db, account.account, account);
      statements.push(...repairStatements(found.schema, found.user, found).revoke);
    }
    for (const statement of statements) await db.query(statement);
    return statements;
  });
  show(options, { accounts: named.map(({ account, user }) => ({ account, user })), revoked }, () =>
    [
      `${named.map(({ account, user }) => `${account} (${user})`).join(', ')}: they have what they need\n`,
      ...revoked.map((statement) => `${statement}\n`),
    ].join(''),
  );
}

async function compare(named: readonly DatabaseAccount[], options: AccountsOptions): Promise<void> {
  const items = await withDatabase(async (db) => {
    const found = [];
    for (const account of named) {
      const rights = await inspectRights(db, account.account, account).catch((error: { code?: string }) => {
        throw new CliError(`the rights of ${account.user} cannot be read (${error.code})`, {
          remedy: 'There is no such account yet (--apply makes it), or DATABASE_URL is not the account of migrations.',
        });
      });
      found.push({ account: account.account, user: account.user, ...repairStatements(rights.schema, rights.user, rights) });
    }
    return found;
  });
  show(options, { items }, () =>
    items
      .flatMap(({ account, user, grant, revoke }) => [
        `${account} (${user}): ${grant.length > 0 ? 'lacks something' : revoke.length > 0 ? 'has more than it needs' : 'has what it needs'}\n`,
        ...[...grant, ...revoke].map((statement) => `  ${statement};\n`),
      ])
      .join(''),
  );
  if (items.some(({ grant }) => grant.length > 0)) process.exitCode = EXIT.failed;
}
