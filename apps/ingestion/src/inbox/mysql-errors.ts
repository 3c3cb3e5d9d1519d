const REPEATABLE = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);
/** The statement itself is at fault: another database would refuse it too. */
const OF_THE_DATA = /^ER_(DATA_|TRUNCATED|BAD_NULL|WARN_DATA|INVALID_|INCORRECT|WRONG_VALUE|CANNOT_CONVERT)/;

const codeOf = (error: unknown): string => String((error as { code?: unknown } | undefined)?.code ?? '');

/** Trying the same again at once makes sense. */
export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.has(codeOf(error));
}

/** MySQL works and refuses this very row. */
export function isOfTheData(error: unknown): boolean {
  return OF_THE_DATA.test(codeOf(error));
}
