/** One load of one server. */
export interface Sample {
  readonly requests: number;
  readonly failures: number;
  /** While requests were answered; what is worked off afterwards is not in it. */
  readonly seconds: number;
  /** Processor time of the server's process, what is worked off after the answers included. */
  readonly cpuSeconds: number;
  /** Processor time of its MariaDB meanwhile; none where it has none, or where it is not a process of this run. */
  readonly databaseCpuSeconds?: number | undefined;
}

/** The middle of some values, and the quartiles around it. */
export interface Spread {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/** Each after the other and then all backwards: what slows the machine down evenly (A B B A) falls on each alike. */
export const turns = <T>(servers: readonly T[]): readonly T[] => [...servers, ...servers.toReversed()];

/** The two halves of a round as one. */
export function together(samples: readonly Sample[]): Sample {
  const sum = (of: (sample: Sample) => number) => samples.reduce((total, sample) => total + of(sample), 0);
  return {
    requests: sum((sample) => sample.requests),
    failures: sum((sample) => sample.failures),
    seconds: sum((sample) => sample.seconds),
    cpuSeconds: sum((sample) => sample.cpuSeconds),
    ...(samples.every((sample) => sample.databaseCpuSeconds !== undefined)
      ? { databaseCpuSeconds: sum((sample) => sample.databaseCpuSeconds ?? 0) }
      : {}),
  };
}

export const MEASURES = {
  /** Seconds of processor time per request. */
  cpu: ({ cpuSeconds, requests }: Sample) => cpuSeconds / requests,
  /** The same of MariaDB; `undefined` where it was not measured. */
  database: ({ databaseCpuSeconds, requests }: Sample) =>
    databaseCpuSeconds === undefined ? undefined : databaseCpuSeconds / requests,
  /** Requests per second. */
  rate: ({ requests, seconds }: Sample) => requests / seconds,
} as const;

/** One ratio for each round in which both were measured. @returns nothing where a round lacks the measure */
export function ratios(
  ours: readonly Sample[],
  theirs: readonly Sample[],
  measure: (sample: Sample) => number | undefined,
): readonly number[] {
  const of = ours.map((sample, round) => {
    const other = theirs[round];
    const [mine, its] = [measure(sample), other && measure(other)];
    return mine === undefined || its === undefined ? Number.NaN : mine / its;
  });
  return of.every(Number.isFinite) ? of : [];
}

/** @throws RangeError when there are no values */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = values.toSorted((a, b) => a - b);
  // Between two values, in proportion to how near each is.
  const at = (share: number) => {
    const place = (sorted.length - 1) * share;
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return below + (above - below) * (place - Math.floor(place));
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

/** Whether the quartiles are further apart than the median is from 1: then the rounds do not say which of the two is better. */
export const undecided = ({ lower, median, upper }: Spread): boolean => upper - lower > Math.abs(median - 1);

/** `1.042 (1.035 – 1.050)`, and the warning where it is due. */
export function told(spread: Spread): string {
  const text = `${spread.median.toFixed(3)} (${spread.lower.toFixed(3)} – ${spread.upper.toFixed(3)})`;
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  return undecided(spread)
    ? `${text}  WARNING: undecided, the spread of ${percent(spread.upper - spread.lower)} is larger than the difference of ${percent(Math.abs(spread.median - 1))}`
    : text;
}
