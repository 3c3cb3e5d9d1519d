import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '#persistence';
import { compareClocks } from './clock.domain.js';
import { type Finding, fail, ok, warn } from './finding.js';
import { NEEDED, rightsOn } from './grants.domain.js';

const AREA = 'database';

/** Version, schema, migrations, rights, clock. */
export async function checkDatabase(db: DataSource): Promise<Finding[]> {
  return [...(await checkServer(db)), await checkMigrations(db), ...(await checkRights(db)), await checkClock(db)];
}

async function checkServer(db: DataSource): Promise<Finding[]> {
  const [row] = await db.query(
    `SELECT VERSION() AS version, @@global.read_only AS read_only, DATABASE() AS name,
            (SELECT DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()) AS charset`,
  );
  const { version, name, charset } = row as { version: string; name: string; charset: string };
  const findings = [judgeVersion(version)];
  if (Number(row.read_only) === 1)
    findings.push(
      fail(AREA, 'the server is read-only', 'This is a replica, or a demoted primary: point DATABASE_URL to the primary.'),
    );
  const narrow: { table: string }[] = await db.query(
    `SELECT TABLE_NAME AS \`table\` FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'f\\_wechat\\_%' AND TABLE_COLLATION NOT LIKE 'utf8mb4%'`,
  );
  if (narrow.length > 0)
    findings.push(
      fail(
        AREA,
        `not utf8mb4: ${narrow.map(({ table }) => table).join(', ')}`,
        'Emoji in a nickname would break the write. ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4.',
      ),
    );
  else if (charset !== 'utf8mb4')
    findings.push(
      warn(AREA, `schema ${name} makes new tables in ${charset}`, `ALTER DATABASE \`${name}\` CHARACTER SET utf8mb4.`),
    );
  else findings.push(ok(AREA, `schema ${name} is utf8mb4`));
  return findings;
}

function judgeVersion(version: string): Finding {
  const maria = /mariadb/i.test(version);
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const said = `${maria ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
  const supported = maria ? major > 10 || (major === 10 && minor >= 11) : major >= 8;
  return supported ? ok(AREA, said) : fail(AREA, said, 'MySQL 8 or MariaDB 10.11 and newer are supported.');
}

async function checkMigrations(db: DataSource): Promise<Finding> {
  const remedy = 'Run the migrations: npm run migrate (in the cluster: the job wxplane-migrate).';
  const known = MIGRATIONS.map((migration) => migration.name);
  let done: string[];
  try {
    done = (await db.query('SELECT name FROM f_wechat_migration')).map((row: { name: string }) => row.name);
  } catch {
    return fail(AREA, 'the schema is empty: no migration has run', remedy);
  }
  const missing = known.filter((name) => !done.includes(name));
  const newer = done.filter((name) => !known.includes(name));
  if (missing.length > 0) return fail(AREA, `${missing.length} of ${known.length} migrations have not run`, remedy);
  // Expand only: an older build goes on working on a newer schema.
  if (newer.length > 0)
    return warn(AREA, `the schema is newer than this tool (${newer.join(', ')})`, 'Use the tool of the newer release.');
  return ok(AREA, `all ${known.length} migrations have run`);
}

async function checkRights(db: DataSource): Promise<Finding[]> {
  const rows: Record<string, string>[] = await db.query('SHOW GRANTS FOR CURRENT_USER()');
  const [{ name }] = await db.query('SELECT DATABASE() AS name');
  const rights = rightsOn(
    name,
    rows.flatMap((row) => Object.values(row)),
  );
  if (!rights) return [ok(AREA, 'rights come from a role; not looked at')];
  const lacking = (needed: readonly string[]) => needed.filter((right) => !rights.has(right));
  const apps = lacking(NEEDED.apps);
  const migrations = lacking(NEEDED.migrations);
  if (apps.length > 0)
    return [
      fail(
        AREA,
        `this account lacks ${apps.join(', ')}`,
        `GRANT ${apps.join(', ')} ON \`${name}\`.* TO the account of the apps.`,
      ),
    ];
  return [
    migrations.length > 0
      ? ok(AREA, `rights are enough for the apps; migrations need an account with ${migrations.join(', ')}`)
      : ok(AREA, 'rights are enough for the apps and for migrations'),
  ];
}

async function checkClock(db: DataSource): Promise<Finding> {
  const askedAt = Date.now();
  const [{ now }] = await db.query('SELECT ROUND(UNIX_TIMESTAMP(SYSDATE(3)) * 1000) AS now');
  return compareClocks('the database’s clock', Number(now), askedAt, Date.now(), 1);
}
