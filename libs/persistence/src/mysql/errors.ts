/** The one place that knows what MySQL, MariaDB and mysql2 say when something failed, and what they say when it did not. */

/** Why the database could not do what it was asked, when it is not the statement's fault. */
export type DatabaseTrouble =
  /** No connection, or it broke. */
  | 'unreachable'
  /** Every connection of the pool is taken and too many wait already, or the server takes no more. */
  | 'exhausted'
  /** The disk of the server is full: someone must act. */
  | 'full'
  /** We still talk to a server that was demoted; connections are made again. */
  | 'read-only'
  /** Others hold the rows: a deadlock, or a lock that was not given up in time. */
  | 'busy'
  /** The server ended the statement: its time was up, or an operator wanted it so. */
  | 'interrupted';

const BY_CODE: Readonly<Record<string, DatabaseTrouble>> = {
  PROTOCOL_CONNECTION_LOST: 'unreachable',
  PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR: 'unreachable',
  PROTOCOL_ENQUEUE_AFTER_QUIT: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  ECONNABORTED: 'unreachable',
  EPIPE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  HANDSHAKE_SSL_ERROR: 'unreachable',
  ER_SERVER_SHUTDOWN: 'unreachable',
  ER_NORMAL_SHUTDOWN: 'unreachable',
  ER_CONNECTION_KILLED: 'unreachable',
  ER_CLIENT_INTERACTION_TIMEOUT: 'unreachable',
  ER_SERVER_ISNT_AVAILABLE: 'unreachable',
  ER_CON_COUNT_ERROR: 'exhausted',
  ER_TOO_MANY_CONCURRENT_TRXS: 'exhausted',
  ER_TOO_MANY_USER_CONNECTIONS: 'exhausted',
  ER_USER_LIMIT_REACHED: 'exhausted',
  ER_DISK_FULL: 'full',
  ER_RECORD_FILE_FULL: 'full',
  ER_OPTION_PREVENTS_STATEMENT: 'read-only',
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: 'read-only',
  ER_READ_ONLY_MODE: 'read-only',
  ER_LOCK_DEADLOCK: 'busy',
  ER_LOCK_WAIT_TIMEOUT: 'busy',
  ER_LOCK_NOWAIT: 'busy',
  ER_CHECKREAD: 'busy',
  // MariaDB's word for a deadlock that was met while the number of the new row was read.
  ER_AUTOINC_READ_FAILED: 'busy',
  ER_QUERY_INTERRUPTED: 'interrupted',
  ER_QUERY_TIMEOUT: 'interrupted',
};

/** MariaDB's own numbers, which mysql2 has no names for. */
const BY_ERRNO: Readonly<Record<number, DatabaseTrouble>> = {
  1927: 'unreachable', // Connection was killed
  1969: 'interrupted', // max_statement_time exceeded
};

const BY_MESSAGE: readonly (readonly [RegExp, DatabaseTrouble])[] = [
  [/^Queue limit reached/, 'exhausted'],
  [/^Pool is closed|closed state|Connection lost|Connection is closed/, 'unreachable'],
  // ER_GET_ERRNO and ER_ERROR_ON_WRITE carry the system's error number: 28 is ENOSPC, 122 EDQUOT.
  [/\b(error|errno:?|errcode:?) (28|122)\b|No space left on device/i, 'full'],
];

/** @returns `undefined` for anything that is not about the state of the database. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = driverErrorOf(cause), depth++) {
    const { code, errno, message } = cause as Error & { code?: string; errno?: number };
    // A system error that did not come from MySQL (a call of WeChat, say) has no business here.
    const known = isOfDriver(error) ? (BY_CODE[code ?? ''] ?? BY_ERRNO[errno ?? 0]) : undefined;
    const found = known ?? BY_MESSAGE.find(([form]) => form.test(message))?.[1];
    if (found) return found;
  }
  return undefined;
}

function driverErrorOf(error: Error): unknown {
  const { driverError, cause } = error as Error & { driverError?: unknown };
  return driverError !== error ? (driverError ?? cause) : cause;
}

/** TypeORM wraps what the driver threw; mysql2's own errors are `fatal` or carry SQL state. */
function isOfDriver(error: unknown): boolean {
  const { name, fatal, sqlState, driverError } = error as Record<string, unknown>;
  return name === 'QueryFailedError' || fatal !== undefined || sqlState !== undefined || driverError !== undefined;
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | undefined)?.code ?? '');

/** A unique key has such a row already. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === 'ER_DUP_ENTRY';
}

/** The account may not do this. */
export function isDenied(error: unknown): boolean {
  return /^ER_(?:TABLE|COLUMN)ACCESS_DENIED_ERROR$/.test(codeOf(error));
}

/** Others held the rows, by a deadlock or for too long: all was rolled back, and the same may be tried again at once. */
export function isDeadlock(error: unknown): boolean {
  return databaseTrouble(error) === 'busy';
}

/** The table or the column is not there: the schema is not (yet) the one that was expected. */
export function isOfTheSchema(error: unknown): boolean {
  return codeOf(error) === 'ER_NO_SUCH_TABLE' || codeOf(error) === 'ER_BAD_FIELD_ERROR';
}

/** MySQL tells these of a value, and gives some of them no SQLSTATE of their own. */
const OF_A_VALUE = /^ER_(DATA_|TRUNCATED|BAD_NULL|WARN_DATA|INVALID_|INCORRECT|WRONG_VALUE|CANNOT_CONVERT)/;

/**
 * MySQL works and refuses this very row: a value does not fit (SQLSTATE 22), or breaks a constraint (23). A repetition does not heal it, and
 * no other database would take it.
 */
export function isOfTheData(error: unknown): boolean {
  return OF_A_VALUE.test(codeOf(error)) || /^2[23]/.test(String((error as { sqlState?: unknown } | undefined)?.sqlState ?? ''));
}

/** @returns how many rows a statement wrote; of an UPDATE those that it matched, whether or not they were so already. */
export function changedRows(result: { readonly affectedRows?: number }): number {
  return Number(result.affectedRows ?? 0);
}

/** Whether a statement wrote anything: for `UPDATE … WHERE state = from` and `INSERT IGNORE`, that it was this caller who did it. */
export function changed(result: { readonly affectedRows?: number }): boolean {
  return changedRows(result) > 0;
}
