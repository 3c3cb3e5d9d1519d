import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly pushesPerS: number;
  readonly readsPerS: number;
  readonly keep: boolean;
}

export class WrongArgument extends Error {}

/** @throws WrongArgument */
export function parseOptions(args: readonly string[]): SoakOptions {
  const { values } = parse(args);
  return {
    minutes: number('minutes', values.minutes, 0.2, 24 * 60),
    seed: Math.floor(number('seed', values.seed ?? String(Math.floor(Math.random() * 1_000_000)), 0, 2 ** 31)),
    pushesPerS: number('pushes', values.pushes, 1, 200),
    readsPerS: number('reads', values.reads, 1, 1_000),
    keep: values.keep,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '20' },
        seed: { type: 'string' },
        pushes: { type: 'string', default: '12' },
        reads: { type: 'string', default: '40' },
        keep: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new WrongArgument((error as Error).message);
  }
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new WrongArgument(`--${name} must be a number from ${min} to ${max}`);
  return value;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
