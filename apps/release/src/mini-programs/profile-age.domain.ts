const DAY_MS = 86_400_000;
/** A name that is older is read again before a rollout uses it. */
export const OLD_AFTER_MS = DAY_MS;
/** A name that is older is told: the nightly sync comes round in a week. */
const DOUBTFUL_AFTER_MS = 8 * DAY_MS;

export function isOld(profileAt: Date | null, now: number, afterMs: number): boolean {
  return profileAt !== null && now - profileAt.getTime() > afterMs;
}

/** What of a profile may stand in a document. */
const OF_PROFILE = /\{\{\s*(nickname|principal_name)\s*\}\}/;

/** Whether a document uses the merchant's name. */
export const usesProfile = (...documents: readonly unknown[]): boolean => OF_PROFILE.test(JSON.stringify(documents));

/** @returns a warning for a plan that uses a name which nobody has read for long */
export function doubtfulName(profileAt: Date | null, now: number): { path: string; message: string } | undefined {
  if (!isOld(profileAt, now, DOUBTFUL_AFTER_MS)) return undefined;
  return { path: 'profile', message: `its name was last read on ${profileAt!.toISOString().slice(0, 10)}, and may have changed` };
}
