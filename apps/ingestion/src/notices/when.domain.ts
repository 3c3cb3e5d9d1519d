import type { QuietHours, Severity } from '#persistence';

const DAY_M = 1_440;
const MINUTE_MS = 60_000;

/** When a channel is told what. */
export interface Pace {
  readonly quiet: QuietHours | null;
  readonly digestMinutes: number | null;
}

/**
 * Not before this is somebody told. What is urgent never waits; the rest waits for the end of its digest, and through the quiet hours.
 * @param since when the event came
 */
export function heldUntil({ quiet, digestMinutes }: Pace, severity: Severity, since: Date, now: Date): Date {
  if (severity === 'urgent') return now;
  const everyMs = (digestMinutes ?? 0) * MINUTE_MS;
  const digest = everyMs > 0 ? Math.ceil(since.getTime() / everyMs) * everyMs : since.getTime();
  const due = new Date(Math.max(digest, now.getTime()));
  return quiet ? endOfQuiet(quiet, due) : due;
}

/** `at` itself outside of the quiet hours. */
export function endOfQuiet({ from, to, utc_offset_minutes = 480 }: QuietHours, at: Date): Date {
  const local = at.getTime() / MINUTE_MS + utc_offset_minutes;
  const minute = local % DAY_M;
  const [begins, ends] = [minutes(from), minutes(to)];
  const quiet = begins <= ends ? minute >= begins && minute < ends : minute >= begins || minute < ends;
  if (!quiet) return at;
  return new Date(at.getTime() + ((ends - minute + DAY_M) % DAY_M) * MINUTE_MS);
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number);
  return hours * 60 + rest;
}
