/** An answer did not come in its time. The work itself goes on; nobody waits for it any more. */
export class TimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
}

/** @param ms how long to wait. @throws {TimeoutError} when it takes longer. */
export function within<T>(ms: number, work: Promise<T>, tooLate = 'it took too long'): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError(tooLate)), Math.max(ms, 1));
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
