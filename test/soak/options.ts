import { parseArgs } from 'node:util';

export const HELP = `npm run soak: the whole suite under load while everything around it fails, and then the proof that nothing was lost.

  npm run soak                    20 minutes
  npm run soak -- --minutes 3     shorter (fractions are fine); memory is judged from 5 minutes on
  npm run soak -- --seed 7        the chaos of another run again: same events in the same order
  npm run soak -- --pushes 20     pushes a second (default 12)
  npm run soak -- --reads 50      token reads a second (default 40)
  npm run soak -- --keep          keep data and logs after a run without failures, too
  npm run soak -- --help          this text

  It starts a MariaDB and a Redis of its own, the sandbox, two replicas of each app, and stops them at the end. Exit code: 0 if every
  invariant holds, 1 if one does not, 2 for a wrong argument. docs/operations.md, "Soak", explains the table.`;

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly pushesPerS: number;
  readonly readsPerS: number;
  readonly keep: boolean;
}

export class WrongArgument extends Error {}

/** @returns undefined when only help is wanted. @throws WrongArgument */
export function parseOptions(args: readonly string[]): SoakOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
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
        help: { type: 'boolean', short: 'h', default: false },
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
