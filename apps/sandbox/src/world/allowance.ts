/** What was used of something in one period of Beijing's calendar. */
export interface Used {
  readonly period: string;
  readonly used: number;
}

/** Uses one of so many a period; `key` says whose. @returns false when all are used. */
export function useOneOf(counts: Map<string, Used>, key: string, period: string, limit: number): boolean {
  const last = counts.get(key);
  const used = last?.period === period ? last.used : 0;
  if (used >= limit) return false;
  counts.set(key, { period, used: used + 1 });
  return true;
}
