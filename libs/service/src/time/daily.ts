const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
/** So long after its hour a day's work is still begun, by a process that was away at that time. */
const DUE_FOR_MS = 2 * 3_600_000;

/**
 * The turns of a `Ticker` for work that is done once a day, in Beijing's time: by each replica, and tried again each turn until it came
 * to a good end. Work that fails fails the turn, so it is said and counts as standing still. It must do no harm when done twice.
 * @param at hours and minutes, as 3.5 for half past three
 */
export function daily(at: number, now: () => number, work: () => Promise<unknown>): () => Promise<void> {
  let [begun, done]: (number | undefined)[] = [];
  return async () => {
    const sinceMs = now() + BEIJING_MS - at * 3_600_000;
    const day = Math.floor(sinceMs / DAY_MS);
    if (done === day || (begun !== day && sinceMs - day * DAY_MS > DUE_FOR_MS)) return;
    begun = day;
    await work();
    done = day;
  };
}
