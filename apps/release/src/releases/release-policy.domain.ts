/** A part of the day in which something is allowed. */
export interface PublishWindow {
  /** `HH:MM`, local time of `utc_offset_minutes`. */
  readonly from: string;
  /** `HH:MM`; earlier than `from`: over midnight. */
  readonly to: string;
  /** 1 Monday to 7 Sunday, of the day on which it opens; absent: every day. */
  readonly days?: readonly number[];
  /** Days on which it does not open, `YYYY-MM-DD`: holidays, the days of a sale. */
  readonly except?: readonly string[];
  /** Default 480: Beijing. */
  readonly utc_offset_minutes?: number;
}

export interface GrayStep {
  /** 1 to 100, rising. */
  readonly percentage: number;
  /** How long it stays there before the next step, seconds. */
  readonly pause_s: number;
}

/** What happens by itself. Absent members: nothing does. */
export interface ReleasePolicy {
  /** Submit to audit as soon as the privacy scan is done and clean. */
  readonly submit?: 'auto' | 'manual';
  /** Publish as soon as the audit is approved. */
  readonly publish?: 'auto' | 'manual';
  readonly publish_window?: PublishWindow;
  /** Submitting by itself happens only then. */
  readonly submit_window?: PublishWindow;
  /** Somebody else than the one who made the release must approve it before it is published. */
  readonly two_person?: boolean;
  /** Published to a growing part of the users first. */
  readonly gray?: readonly GrayStep[];
  /** Checks before the submission whose finding is not to hold it back (`SKIPPABLE`). */
  readonly skip_checks?: readonly string[];
  /** It may take the place of a newer version. */
  readonly allow_older?: boolean;
}

/** @returns `undefined` for NULL and for what is not a JSON object. */
export function parseJson<T extends object>(text: string | null): T | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

/** As many days as may be left out, and a week: after that a window would have opened. */
const LONGEST_DAYS = 366 + 8;

/** When the window is open next: `now` itself when it is open. */
export function nextOpening(window: PublishWindow, now: Date): Date {
  const offsetMs = (window.utc_offset_minutes ?? 480) * 60_000;
  const local = now.getTime() + offsetMs;
  const midnight = Math.floor(local / 86_400_000) * 86_400_000;
  const [from, to] = [minutes(window.from), minutes(window.to)];
  const lengthMs = ((to - from + 1_440) % 1_440 || 1_440) * 60_000;
  // Yesterday's window may reach over midnight.
  for (let day = -1; day <= LONGEST_DAYS; day += 1) {
    const begins = midnight + day * 86_400_000;
    const opens = begins + from * 60_000;
    if (window.days && !window.days.includes(weekday(begins))) continue;
    if (window.except?.includes(new Date(begins).toISOString().slice(0, 10))) continue;
    if (local < opens) return new Date(opens - offsetMs);
    if (local < opens + lengthMs) return now;
  }
  return new Date(now.getTime() + 86_400_000);
}

/** The next percentage, or `undefined` when everybody is next. */
export function nextGrayStep(steps: readonly GrayStep[] | undefined, reached: number | null): GrayStep | undefined {
  return steps?.find((step) => step.percentage > (reached ?? 0) && step.percentage < 100);
}

/** How long the present percentage has to stay, seconds. */
export function grayPauseS(steps: readonly GrayStep[] | undefined, reached: number | null): number {
  return steps?.find((step) => step.percentage === reached)?.pause_s ?? 0;
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number);
  return hours * 60 + rest;
}

function weekday(localMidnightMs: number): number {
  return new Date(localMidnightMs).getUTCDay() || 7;
}
