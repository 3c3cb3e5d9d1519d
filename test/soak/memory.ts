import { readFileSync } from 'node:fs';
import type { ServiceName } from '../../scripts/lib/suite.ts';
import type { World } from './world.ts';

/** Memory is flat when the median of the last third is at most so much above that of the first third, warm-up left out. */
export const MEMORY_BOUND = { factor: 1.25, moreMb: 30 };
/** Shorter runs say nothing. */
const LEAST_MS = 5 * 60_000;
/** The share of the run that counts as warm-up. */
const WARM_UP = 0.2;

export interface MemoryVerdict {
  readonly name: string;
  readonly firstMb: number;
  readonly lastMb: number;
  readonly boundMb: number;
  readonly flat: boolean;
}

/** Resident memory of the replicas that are not killed. */
export class Memory {
  readonly #samples = new Map<string, { atMs: number; pid: number; mb: number }[]>();
  readonly #begunMs = Date.now();

  sample(world: World): void {
    for (const app of ['ingestion', 'broker', 'release'] as ServiceName[]) {
      const pid = world.child(app, 0)?.pid;
      const mb = pid === undefined ? undefined : residentMb(pid);
      if (pid === undefined || mb === undefined) continue;
      const samples = this.#samples.get(app) ?? [];
      this.#samples.set(app, samples);
      samples.push({ atMs: Date.now(), pid, mb });
    }
  }

  /** @returns undefined when the run was too short to say anything. */
  judge(endMs: number): MemoryVerdict[] | undefined {
    const lengthMs = endMs - this.#begunMs;
    if (lengthMs < LEAST_MS) return undefined;
    const fromMs = this.#begunMs + lengthMs * WARM_UP;
    const third = (endMs - fromMs) / 3;
    return [...this.#samples].map(([name, samples]) => {
      // A process that was replaced begins anew.
      const pid = samples.at(-1)?.pid;
      const same = samples.filter((sample) => sample.pid === pid && sample.atMs <= endMs);
      const firstMb = median(same.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + third).map(({ mb }) => mb));
      const lastMb = median(same.filter(({ atMs }) => atMs >= endMs - third).map(({ mb }) => mb));
      const boundMb = firstMb * MEMORY_BOUND.factor + MEMORY_BOUND.moreMb;
      return { name, firstMb, lastMb, boundMb, flat: lastMb <= boundMb };
    });
  }
}

function residentMb(pid: number): number | undefined {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
  } catch {
    return undefined;
  }
}

/** NaN when there is none: that is not flat. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
