import { randomBytes } from 'node:crypto';

/** Who has an account of the database of their own: the services, and the command line. */
export const ACCOUNTS = ['ingestion', 'broker', 'release', 'console', 'cli'] as const;
export type AccountName = (typeof ACCOUNTS)[number];

/** User and password of each. */
export type DatabaseAccounts = Readonly<Record<AccountName, { readonly user: string; readonly password: string }>>;

/** @param prefix of the users: `wxplane` gives `wxplane_ingestion` and so on */
export function newAccounts(prefix: string, passwordOf = () => randomBytes(24).toString('hex')): DatabaseAccounts {
  return Object.fromEntries(
    ACCOUNTS.map((name) => [name, { user: `${prefix}_${name}`, password: passwordOf() }]),
  ) as DatabaseAccounts;
}

/** DATABASE_ACCOUNTS, which `npm run migrate` makes accounts of. */
export function accountsSetting(accounts: DatabaseAccounts, names: readonly AccountName[] = ACCOUNTS): string {
  return names.map((name) => `${name}=${accounts[name].user}:${accounts[name].password}`).join(',');
}

/** DATABASE_URL of an app; without accounts all share the one of migrations. */
export function urlOf(databaseUrl: string, accounts: DatabaseAccounts | undefined, name: AccountName): string {
  if (!accounts) return databaseUrl;
  const url = new URL(databaseUrl);
  url.username = accounts[name].user;
  url.password = accounts[name].password;
  return url.href;
}

/** As DATABASE_ACCOUNTS names them, where each has a password. */
export function accountsOf(setting: string): DatabaseAccounts {
  const found = setting.split(',').flatMap((entry) => {
    const [, name, user, password] = /^\s*(\w+)=([^:@]+):([^@]+)/.exec(entry) ?? [];
    return name && user && password ? [[name, { user, password }] as const] : [];
  });
  const accounts = Object.fromEntries(found) as Partial<DatabaseAccounts>;
  const without = ACCOUNTS.filter((name) => !accounts[name]);
  if (without.length > 0) throw new Error(`DATABASE_ACCOUNTS has no user and password for ${without.join(', ')}`);
  return accounts as DatabaseAccounts;
}
