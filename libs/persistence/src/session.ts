import mysql, { type Pool, type PoolConnection, type PoolOptions } from 'mysql2';
import { databaseTrouble } from './mysql/errors.js';

/**
 * A client that lost its network in the middle of a transaction leaves the locks of it on the server, which hears nothing and keeps them for
 * hours; everybody else then waits for them. MariaDB ends such a session itself. MySQL has no such setting and reads a comment here: there
 * the server's own `wait_timeout` decides.
 */
const ABANDONED = '/*M!100300 , SESSION idle_transaction_timeout = 30 */';

/**
 * What a session of ours is, whatever the server, its `init_connect` or a proxy make of new ones: text is text in utf8mb4, a statement is
 * committed, a new table has transactions, and SQL means the same everywhere. Not `NO_ZERO_DATE`: an older system's rows may hold such dates.
 */
const session = (metadataLockWaitS: number) => [
  `SET NAMES utf8mb4, SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
     SESSION time_zone = '+00:00', SESSION autocommit = 1, SESSION sql_safe_updates = 0,
     SESSION default_storage_engine = InnoDB, SESSION lock_wait_timeout = ${Math.ceil(metadataLockWaitS)} ${ABANDONED}`,
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
];

/**
 * mysql2 for TypeORM and for connections beside its pool: each connection is set up before it is used for anything else.
 * @param metadataLockWaitS how long a statement waits for a table that somebody alters, or that is locked
 */
export const pinnedMysql = (metadataLockWaitS: number) => ({
  createPool(options: PoolOptions): Pool {
    const pool = mysql.createPool({ ...options, queryFormat: formatForAnyMode });
    // What is asked here comes before whoever waits for the connection.
    const statements = session(metadataLockWaitS);
    pool.on('connection', (connection) => setUp(connection, statements));
    // `maxIdle` only makes mysql2 look; what is given back has been idle too long, and is not one of many that are free for a moment.
    const { config } = pool as unknown as { config: { maxIdle: number; connectionLimit: number } };
    config.maxIdle = config.connectionLimit;
    return pool;
  },
});

function setUp(connection: PoolConnection, statements: readonly string[]): void {
  for (const statement of statements) {
    connection.query(statement, (error) => {
      if (error) giveUp(connection, error);
    });
  }
}

/** A session that is not what it must be takes no statement: those that wait for it fail. */
function giveUp(connection: PoolConnection, cause: Error): void {
  const reason = databaseTrouble(cause) ? cause : new Error(`MySQL refuses to set up the session: ${cause.message}`, { cause });
  (connection as unknown as { stream: { destroy(error: Error): void } }).stream.destroy(reason);
}

/**
 * Puts values into a statement so that they mean the same with and without `NO_BACKSLASH_ESCAPES`: a proxy may hand the statement to a
 * session that it has not told our mode. Quotes are doubled; text with a backslash goes as hexadecimal digits.
 */
export function formatForAnyMode(sql: string, values: unknown, timezone?: string): string {
  const safe = Array.isArray(values) ? values.map(unambiguous) : unambiguous(values);
  return mysql.format(sql, safe as never, true, timezone as 'Z', { noBackslashEscapes: true });
}

function unambiguous(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unambiguous);
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Date || value instanceof Uint8Array) return value;
    return unambiguous(String(value));
  }
  if (typeof value !== 'string' || !value.includes('\\')) return value;
  const literal = `_utf8mb4 X'${Buffer.from(value).toString('hex')}'`;
  return { toSqlString: () => literal };
}
