import type { DataSource } from 'typeorm';
import { type DatabaseAccount, inspectRights, MIGRATIONS, oddTables } from '#persistence';
import { compareClocks } from './clock.domain.js';
import { type Finding, fail, LASTING, ok, warn } from './finding.js';
import { judgeRights } from './rights.domain.js';
import { judgeServer } from './server.domain.js';

const AREA = 'database';

/** Version, schema, migrations, rights, clock. */
export async function checkDatabase(db: DataSource, accounts: readonly DatabaseAccount[] = []): Promise<Finding[]> {
  return [
    ...(await checkServer(db)),
    ...(await checkTables(db)),
    ...(await checkWay(db)),
    ...(await checkSchema(db, accounts)),
    await checkClock(db),
  ];
}

async function checkServer(db: DataSource): Promise<Finding[]> {
  const [row] = await db.query(
    `SELECT VERSION() AS version, @@version_comment AS comment, @@global.read_only AS read_only, DATABASE() AS name,
            (SELECT DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()) AS charset`,
  );
  const { version, comment, name, charset } = row as { version: string; comment: string; name: string; charset: string };
  const findings = [judgeServer(version, comment)];
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
        LASTING,
      ),
    );
  else if (charset !== 'utf8mb4')
    findings.push(
      warn(AREA, `schema ${name} makes new tables in ${charset}`, `ALTER DATABASE \`${name}\` CHARACTER SET utf8mb4.`),
    );
  else findings.push(ok(AREA, `schema ${name} is utf8mb4`));
  return findings;
}

/** Engine and row format: without transactions what belongs together is written apart, and the inbox promises more than it keeps. */
async function checkTables(db: DataSource): Promise<Finding[]> {
  const odd = await oddTables(db);
  if (odd.length === 0) return [ok(AREA, 'the tables are InnoDB')];
  const named = odd.map(({ table, engine, rowFormat }) => `${table} (${engine}, ${rowFormat})`).join(', ');
  return odd.some((table) => table.odd === 'engine')
    ? [fail(AREA, `tables without transactions: ${named}`, 'npm run migrate converts them to InnoDB; stop the apps meanwhile.')]
    : [warn(AREA, `tables in an old row format: ${named}`, 'npm run migrate converts them to DYNAMIC.')];
}

/** So many that a proxy which spreads reads over three servers would hardly send all to one. */
const QUESTIONS = 12;

/** Whether there is one server at the other end, and it keeps what a session was told. */
async function checkWay(db: DataSource): Promise<Finding[]> {
  const question = `SELECT CONCAT(@@hostname, ':', @@port, '/', @@server_id) AS place, @@session.sql_mode AS mode`;
  const ask = async (): Promise<{ place: string; mode: string }> => (await db.query(question))[0];
  const answers = await Promise.all(Array.from({ length: QUESTIONS }, ask));
  const inside: { place: string } = await db.transaction(async (manager) => (await manager.query(question))[0]);
  const places = new Set([...answers, inside].map(({ place }) => place));
  const findings: Finding[] = [];
  if (places.size > 1)
    findings.push(
      fail(
        AREA,
        `statements reach several servers: ${[...places].join(', ')}`,
        'A proxy splits reads and writes, and a replica answers with what was: point DATABASE_URL to the primary itself.',
      ),
    );
  if (answers.some(({ mode }) => /BACKSLASH|ANSI_QUOTES/.test(mode) || !mode.includes('STRICT_TRANS_TABLES')))
    findings.push(
      fail(
        AREA,
        'a proxy loses what sessions are told (sql_mode)',
        'Let it keep a connection per client, or tell it to track session variables.',
      ),
    );
  return findings;
}

/** Rights are on tables: an older schema lacks some of them, and then says so. */
async function checkSchema(db: DataSource, accounts: readonly DatabaseAccount[]): Promise<Finding[]> {
  const migrations = await checkMigrations(db);
  return migrations.result === 'fail' ? [migrations] : [migrations, ...(await checkRights(db, accounts))];
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
  if (missing.length > 0)
    return fail(AREA, `${missing.length} of ${known.length} migrations ${missing.length === 1 ? 'has' : 'have'} not run`, remedy);
  // Expand only: an older build goes on working on a newer schema.
  if (newer.length > 0)
    return warn(AREA, `the schema is newer than this tool (${newer.join(', ')})`, 'Use the tool of the newer release.');
  return ok(AREA, `all ${known.length} migrations have run`);
}

/** Our own account, and those of the apps where we may ask for them. */
async function checkRights(db: DataSource, accounts: readonly DatabaseAccount[]): Promise<Finding[]> {
  const own = { account: 'cli', ...(await inspectRights(db, 'cli')) };
  const findings = [judgeRights(own)];
  for (const account of accounts) {
    if (own.user === `'${account.user}'@'${account.host}'`) continue;
    // Whoever may not read the server's own tables is told nothing of others.
    const other = await inspectRights(db, account.account, account).catch(() => undefined);
    if (other) findings.push(judgeRights({ account: account.account, ...other }));
  }
  return findings;
}

async function checkClock(db: DataSource): Promise<Finding> {
  const askedAt = Date.now();
  const [{ now }] = await db.query('SELECT ROUND(UNIX_TIMESTAMP(SYSDATE(3)) * 1000) AS now');
  return compareClocks('the database’s clock', Number(now), askedAt, Date.now(), 1);
}
