/** The time, as a dependency: tests move it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export const CLOCK = Symbol('clock');

export const systemClock: Clock = { now: () => Date.now() };
