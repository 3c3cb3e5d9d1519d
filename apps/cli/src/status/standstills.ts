import type { DataSource } from 'typeorm';
import { type QueueFigures, STORED_MOVERS, type Standstill } from '#base';
import { age } from '../shell/output.js';

/** One look cannot see whether the next job changes, as the apps do: a job that old has certainly been left alone. */
const OLD_JOB_S = 600;

/** What MySQL knows of what must move, whether the apps can be asked or not. */
export async function storedStandstills(db: DataSource): Promise<Standstill[]> {
  const standstills: Standstill[] = [];
  for (const { what, limitS, remedy, sql } of STORED_MOVERS) {
    const [row] = (await db.query(sql)) as { value: string | number }[];
    const still_s = Number(row?.value ?? 0);
    if (still_s > limitS) standstills.push({ what, still_s, limit_s: limitS, remedy });
  }
  return standstills;
}

/** What Redis knows of it. */
export function queueStandstills(queues: readonly QueueFigures[]): Standstill[] {
  return queues
    .filter(({ oldestS }) => oldestS > OLD_JOB_S)
    .map(({ queue, oldestS }) => ({
      what: `queue ${queue}`,
      still_s: Math.round(oldestS),
      limit_s: OLD_JOB_S,
      remedy: 'Nobody takes its next job: does the app that works on it run?',
    }));
}

/** A clock does move, and shows a wrong time. */
export const inWords = ({ what, still_s, remedy }: Standstill): string =>
  `${what} ${what.startsWith('clock of ') ? 'has been wrong' : 'has not moved'} for ${age(still_s)}. ${remedy}`;

/** One for each thing: several replicas and the tool itself may see the same. */
export function merged(...lists: readonly (readonly Standstill[])[]): Standstill[] {
  const byWhat = new Map<string, Standstill>();
  for (const standstill of lists.flat()) {
    const known = byWhat.get(standstill.what);
    if (!known || known.still_s < standstill.still_s) byWhat.set(standstill.what, standstill);
  }
  return [...byWhat.values()].sort((a, b) => b.still_s - a.still_s);
}
