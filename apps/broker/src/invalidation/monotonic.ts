/** Milliseconds of a clock that only goes forward: steps of the wall clock change nothing. */
export const monotonicMs = (): number => performance.now();
