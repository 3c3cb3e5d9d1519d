import { parseArgs } from 'node:util';
import { LAST_RELEASE } from '../../test/support/last-release.ts';

export const PARTS = ['warm', 'push'] as const;
export type Part = (typeof PARTS)[number];

export interface PairsOptions {
  /** What git takes for a commit: a hash, a branch, a tag. */
  readonly against: string;
  readonly rounds: number;
  /** Of each load; a round has two of each server. */
  readonly seconds: number;
  readonly parts: readonly Part[];
}

/** @throws Error that names the option, what was given and what is taken. */
export function pairsOptions(args: readonly string[]): PairsOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      against: { type: 'string', default: LAST_RELEASE.commit },
      rounds: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '3' },
      parts: { type: 'string', default: PARTS.join(',') },
    },
  });
  // An empty name, or one that git would read as an option.
  if (!/^[^-]/.test(values.against)) throw new Error(`--against takes a commit, not "${values.against}"`);
  const parts = values.parts.split(',');
  const unknown = parts.find((part) => !PARTS.includes(part as Part));
  if (unknown !== undefined) throw new Error(`--parts takes ${PARTS.join(' and ')}, joined by a comma, not "${unknown}"`);
  return {
    against: values.against,
    rounds: between('--rounds', values.rounds, 3, 200),
    seconds: between('--seconds', values.seconds, 1, 60),
    parts: PARTS.filter((part) => parts.includes(part)),
  };
}

function between(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new Error(`${name} takes a whole number from ${least} to ${most}, not "${text}"`);
  return value;
}
