import { createHash } from 'node:crypto';

/** `clear_quota` and its kin take effect so often a month for one account, whoever calls them (fleet-duties.md §4.2). */
export const RESETS_A_MONTH = 10;

const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** WeChat counts months in Beijing. */
export const beijingMonth = (now: number): string => new Date(now + BEIJING_MS).toISOString().slice(0, 7);

export interface Use {
  readonly daily_limit: number;
  readonly used: number;
}

/**
 * When a day's quota ends if the rest of the day is like what there was of it. The hour at which WeChat begins a new day is not published:
 * midnight in Beijing is taken for it.
 * @returns `null`: it lasts, or is not limited (`daily_limit` 0)
 */
export function exhaustedAt({ daily_limit: limit, used }: Use, now: number): string | null {
  if (limit <= 0) return null;
  const begun = Math.floor((now + BEIJING_MS) / DAY_MS) * DAY_MS - BEIJING_MS;
  if (used >= limit) return new Date(now).toISOString();
  const sofar = Math.max(now - begun, 60_000);
  const at = now + ((limit - used) / used) * sofar;
  return used > 0 && at < begun + DAY_MS ? new Date(at).toISOString() : null;
}

/** Members of a request or an answer that are shown to nobody, and the values in the query of a URL. */
const HIDDEN = /token|secret|ticket|(^|_)code$|_key$|password|pwd|session/i;
const SHORT = 4_000;

/** A body of a call as a person may see it: members that hold a secret are covered by their hash's beginning, so that two can be compared. */
export function withoutSecrets(body: string): string {
  try {
    const clean = JSON.stringify(JSON.parse(body), (name, value: unknown) =>
      HIDDEN.test(name) && (typeof value === 'string' || typeof value === 'number') ? covered(String(value)) : value,
    );
    return clean.slice(0, SHORT);
  } catch {
    // What is no JSON may be anything.
    return body === '' ? '' : `(${body.length} characters that are not JSON)`;
  }
}

/** The address of a call, the values of its query covered where they may be secret. */
export function urlWithoutSecrets(url: string): string {
  return url.replace(/([?&]|^)([\w.-]+)=([^&]*)/g, (_, before: string, name: string, value: string) =>
    HIDDEN.test(name) ? `${before}${name}=${covered(value)}` : `${before}${name}=${value}`,
  );
}

const covered = (secret: string): string => `***${createHash('sha256').update(secret).digest('hex').slice(0, 8)}`;
