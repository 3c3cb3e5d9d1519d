/** Whole milliseconds of a clock that only goes forward: steps of the wall clock change nothing. */
export const monotonicMs = (): number => Math.floor(performance.now());
