/** What mysql2 and TypeORM put on an error beside its code. */
interface StatementError extends Error {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  readonly sqlMessage?: unknown;
  readonly sql?: unknown;
  readonly query?: unknown;
}

/** Ours and the server's own; a table of an older system that is read by the import. */
const TABLE = /\b(?:FROM|INTO|UPDATE|JOIN|TABLE)\s+`?([A-Za-z0-9_.]{1,128})`?/i;

/** An error has causes, and members with errors in them; no deeper than any of ours goes. */
const DEPTH = 8;

/**
 * The error without what a statement held: values stand in MySQL's message ("Duplicate entry 'x' for key"), in the statement with its
 * parameters filled in, and in TypeORM's copy of both. What is left tells an operator what to look for: code, number, SQL state, table,
 * and where it was thrown. Causes, and errors in other members, are treated alike.
 */
export function withoutValues<T>(value: T, depth = DEPTH): T {
  if (value instanceof Error && isOfStatement(value)) return describe(value) as T & Error;
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  if (!(value instanceof Error || Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)) return value;
  const members = Object.getOwnPropertyDescriptors(value) as Record<string, PropertyDescriptor>;
  let changed = false;
  for (const descriptor of Object.values(members)) {
    const member = withoutValues(descriptor.value, depth - 1);
    if (member === descriptor.value) continue;
    descriptor.value = member;
    changed = true;
  }
  if (!changed) return value;
  return Array.isArray(value)
    ? (value.map((each) => withoutValues(each, depth - 1)) as T)
    : Object.create(Object.getPrototypeOf(value), members);
}

function isOfStatement(error: StatementError): boolean {
  return (
    error.sqlMessage !== undefined || error.sqlState !== undefined || error.sql !== undefined || error.name === 'QueryFailedError'
  );
}

function describe(error: StatementError): Error {
  const { code = error.name, errno, sqlState } = error;
  const table = TABLE.exec(String(error.query ?? error.sql ?? ''))?.[1];
  const numbers = [errno === undefined ? '' : `errno ${errno}`, sqlState ? `SQLSTATE ${sqlState}` : '']
    .filter(Boolean)
    .join(', ');
  const message = `a statement failed: ${code}${numbers ? ` (${numbers})` : ''}${table ? `, table ${table}` : ''}`;
  const described = Object.assign(new Error(message), { code, errno, sqlState, table });
  Object.defineProperties(described, { name: { value: error.name }, constructor: { value: error.constructor } });
  // The head of a stack is the message.
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  described.stack = [`${error.name}: ${message}`, ...frames].join('\n');
  return described;
}
