#!/usr/bin/env node
import { whyNotConnected } from './connect-failure.js';
import { createDataSource } from './data-source.js';
import { applyAccounts, type DatabaseAccount, MayNotGrantError, parseDatabaseAccounts } from './grants/accounts.js';
import { migrate } from './migrator.js';
import { SecretFileError, secretSetting } from './secrets/secret-file.js';

const HELP = `Usage: npm run migrate

Brings the schema of DATABASE_URL up to date and exits: 0 when done, 1 when it failed.
Safe to run several at once: one works, the others wait.

Environment
  DATABASE_URL             mysql://user:password@host:port/schema; or DATABASE_URL_FILE, a file that holds it
  DATABASE_ACCOUNTS        the accounts of the apps, which are made and given what each needs: ingestion=user:password@host,broker=…
                           (or DATABASE_ACCOUNTS_FILE); without it they share that of DATABASE_URL
  LEGACY_COMPONENT_APPID   the component that rows of an older system belong to (that system served only one)
  DATABASE_TLS, DATABASE_CA_FILE   as for the apps (see .env.example)
  DATABASE_START_TIMEOUT_S how long to wait for the server (default 60)
`;

async function run(): Promise<number> {
  if (process.argv.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  // biome-ignore lint/style/noProcessEnv: an entry point without an app's configuration
  const env = process.env;
  let url: string | undefined;
  let accounts: DatabaseAccount[];
  try {
    url = secretSetting(env, 'DATABASE_URL');
    accounts = accountsOf(secretSetting(env, 'DATABASE_ACCOUNTS'));
  } catch (error) {
    if (!(error instanceof SecretFileError)) throw error;
    process.stderr.write(`migrate: ${error.message}\n`);
    return 78;
  }
  if (!url) {
    process.stderr.write(
      'migrate: DATABASE_URL: is not set\n.env.example explains each variable; npm start migrates its own database by itself.\n',
    );
    return 78;
  }
  const legacy = env['LEGACY_COMPONENT_APPID'];
  const deadline = Date.now() + Number(env['DATABASE_START_TIMEOUT_S'] ?? 60) * 1_000;
  const dataSource = createDataSource({
    url,
    poolSize: 3,
    tls: env['DATABASE_CA_FILE'] || env['DATABASE_TLS'] === 'true',
    // It alters tables, and waits for whoever still reads them.
    metadataLockWaitS: 86_400,
  });
  for (;;) {
    try {
      await dataSource.initialize();
      break;
    } catch (error) {
      const { problem, remedy, lasting } = whyNotConnected(error, url);
      if (Date.now() >= deadline || lasting) {
        process.stderr.write(`migrate: DATABASE_URL: ${problem}\n${remedy}\n`);
        return 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  try {
    const report = await migrate(dataSource, legacy);
    for (const what of report.converted) process.stdout.write(`converted ${what}\n`);
    for (const name of report.applied) process.stdout.write(`migrated ${name}\n`);
    if (report.applied.length === 0) process.stdout.write('the schema is up to date\n');
    for (const [table, rows] of Object.entries(report.adopted))
      process.stdout.write(`assigned ${rows} rows of ${table} to ${legacy}\n`);
    if (report.unassigned > 0) {
      process.stdout.write(
        `${report.unassigned} rows of an older system belong to no component yet: set LEGACY_COMPONENT_APPID and run again\n`,
      );
    }
    await applyAccounts(dataSource, accounts);
    if (accounts.length > 0)
      process.stdout.write(`accounts: ${accounts.map(({ account, user }) => `${account} (${user})`).join(', ')}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`migrate: ${(error as Error).message}\n`);
    if (error instanceof MayNotGrantError)
      process.stderr.write(
        'The schema is up to date. Give this account all rights on it WITH GRANT OPTION, and CREATE USER on *.*;\n' +
          'or let an administrator run what "wxplane database accounts --print" prints.\n',
      );
    return 1;
  } finally {
    await dataSource.destroy();
  }
}

/** @throws SecretFileError that names what is wrong */
function accountsOf(text: string | undefined): DatabaseAccount[] {
  if (!text) return [];
  try {
    return parseDatabaseAccounts(text);
  } catch (error) {
    throw new SecretFileError('DATABASE_ACCOUNTS', (error as Error).message);
  }
}

process.exitCode = await run();
