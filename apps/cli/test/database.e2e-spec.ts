import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountsSetting } from '../../../scripts/lib/accounts.ts';
import { Child } from '../../../scripts/lib/child.ts';
import { bareEnv } from '../../../scripts/lib/suite.ts';
import { createTestDatabase } from '../../../test/support/database.js';

const ROOT = new URL('../../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'wxplane-accounts-'));
let schema: Awaited<ReturnType<typeof createTestDatabase>>;
let administrator: Connection;

beforeAll(async () => {
  schema = await createTestDatabase('accounts');
  administrator = await schema.connect();
});
afterAll(async () => {
  await administrator?.end();
  await schema?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(entry: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = new Child({
    name: args.join(' '),
    command: process.execPath,
    args: [entry, ...args],
    cwd: ROOT,
    env: { ...bareEnv(), DATABASE_URL: schema.url, WXPLANE_LOCAL_SUITE: 'false', WXPLANE_AS: 'tests', ...env },
  });
  const { code } = await child.exited;
  return { code, output: child.output() };
}
const migrate = (env: Record<string, string>) => run('dist/libs/persistence/src/migrate.js', [], env);
const wxplane = (args: readonly string[], env: Record<string, string>) => run('dist/apps/cli/src/main.js', args, env);
const named = () => ({ DATABASE_ACCOUNTS: accountsSetting(schema.accounts) });
const passwords = () => Object.values(schema.accounts).map(({ password }) => password);

describe('accounts of the database', () => {
  it('are made by migrations, from a file too, and are what the matrix says', async () => {
    const file = join(folder, 'accounts');
    writeFileSync(file, `${named().DATABASE_ACCOUNTS}\n`);
    const first = await migrate({ DATABASE_ACCOUNTS_FILE: file });
    expect(first.code, first.output).toBe(0);
    expect(first.output).toContain(`accounts: ingestion (${schema.accounts.ingestion.user})`);
    const compared = await wxplane(['database', 'accounts', '--json'], named());
    expect(compared.code, compared.output).toBe(0);
    for (const { grant, revoke } of JSON.parse(compared.output).items) expect([grant, revoke]).toEqual([[], []]);
    for (const password of passwords()) expect(first.output + compared.output).not.toContain(password);
  });

  it('that a migration may not make leave the schema done, and are told what an administrator has to run', async () => {
    // As a server gives it to whoever asks for a database: all rights on the schema, and none to pass on.
    const user = `${schema.name.slice(-8)}_owner`;
    await administrator.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${user}'`);
    await administrator.query(`GRANT ALL PRIVILEGES ON \`${schema.name}\`.* TO '${user}'@'%'`);
    const owner = new URL(schema.url);
    [owner.username, owner.password] = [user, user];
    const { code, output } = await migrate({ ...named(), DATABASE_URL: owner.href });
    await administrator.query(`DROP USER '${user}'@'%'`);
    expect([code, output]).toEqual([1, expect.stringContaining('The schema is up to date. Give this account')]);
    for (const password of passwords()) expect(output).not.toContain(password);
    const printed = await wxplane(['database', 'accounts', '--print'], named());
    expect(printed.code, printed.output).toBe(0);
    for (const { user } of Object.values(schema.accounts)) expect(printed.output).toContain(`TO '${user}'@'%';`);
    for (const password of passwords()) expect(printed.output).not.toContain(password);
  });

  it('that were given more or less are named, and repaired', async () => {
    const { user } = schema.accounts.ingestion;
    await administrator.query(`GRANT ALL PRIVILEGES ON \`${schema.name}\`.* TO '${user}'@'%'`);
    await administrator.query(`REVOKE INSERT ON \`${schema.name}\`.f_wechat_client FROM '${schema.accounts.broker.user}'@'%'`);
    const found = await wxplane(['database', 'accounts'], named());
    expect(found.code).toBe(1);
    expect(found.output).toContain(`ingestion (${user}): has more than it needs`);
    expect(found.output).toContain(`broker (${schema.accounts.broker.user}): lacks something`);
    const repaired = await wxplane(['database', 'accounts', '--apply', '--revoke'], named());
    expect(repaired.code, repaired.output).toBe(0);
    expect((await wxplane(['database', 'accounts'], named())).code).toBe(0);
    const [entries] = await administrator.query(`SELECT action FROM f_wechat_accesslog WHERE action LIKE 'database.%'`);
    expect(entries).toEqual([{ action: 'database.accounts-revoke' }]);
  });

  it.each([
    ['ingestion', 'entry 1: must be <app>=<user>'],
    ['shop=wx:0123456789abcdef', 'there is no account for shop'],
    ['broker=wx:short', 'a password is 12 to 128'],
    ['broker=wx:0123456789abcdef,release=wx:0123456789abcdef', 'two apps have the same account'],
  ])('%s is refused before anything is done', async (DATABASE_ACCOUNTS, problem) => {
    const { code, output } = await migrate({ DATABASE_ACCOUNTS });
    expect(code).toBe(78);
    expect(output).toContain(problem);
    expect(output).not.toContain('0123456789abcdef');
  });
});
