/** One authorization as another system had it. */
export interface SourceRow {
  /** Line of the file, or id of the row: where a person finds it. */
  readonly place: string;
  readonly appid: string;
  readonly refreshToken: string;
  readonly name?: string | undefined;
  /** When the merchant authorized, as the other system says. */
  readonly grantedAt?: Date | undefined;
  /** What of it could not be read. Never quotes a token. */
  readonly problem?: string | undefined;
}

export interface InvalidRow {
  readonly place: string;
  readonly appid: string;
  /** Never quotes what stands in the token's place. */
  readonly problem: string;
}

export interface Sorted {
  readonly rows: readonly SourceRow[];
  readonly invalid: readonly InvalidRow[];
}

const CLOCKS_DIFFER_MS = 600_000;
const APPID = /^wx[0-9a-zA-Z]{16}$/;
// WeChat's are `refreshtoken@@@…`; older ones had no mark. An access token, a secret or an AES key is none of both.
const REFRESH_TOKEN = /^[\w@.+/=-]{20,512}$/;

/** Sets aside what cannot be an authorization, and what contradicts an earlier row. */
export function sortOut(given: readonly SourceRow[], now = new Date()): Sorted {
  const rows = new Map<string, SourceRow>();
  const invalid: InvalidRow[] = [];
  for (const row of given) {
    const problem = problemOf(row, now) ?? contradiction(row, rows.get(row.appid));
    if (problem) invalid.push({ place: row.place, appid: row.appid.slice(0, 32), problem });
    else rows.set(row.appid, rows.get(row.appid) ?? notAhead(row, now));
  }
  return { rows: [...rows.values()], invalid };
}

/** A clock that is a little fast is no reason to refuse a row; but its time would be newer than whatever follows. */
function notAhead(row: SourceRow, now: Date): SourceRow {
  return row.grantedAt && row.grantedAt > now ? { ...row, grantedAt: now } : row;
}

function problemOf({ appid, refreshToken, grantedAt, problem }: SourceRow, now: Date): string | undefined {
  if (!APPID.test(appid)) return 'the appid is not "wx" and 16 letters or digits';
  if (refreshToken === '') return 'there is no refresh token';
  if (!REFRESH_TOKEN.test(refreshToken)) return 'that is not a refresh token (refreshtoken@@@…)';
  // Believed, it would win against every token that is really newer.
  if (grantedAt && grantedAt.getTime() > now.getTime() + CLOCKS_DIFFER_MS)
    return 'its time lies ahead: are the times of another zone?';
  return problem;
}

function contradiction(row: SourceRow, earlier: SourceRow | undefined): string | undefined {
  if (!earlier || earlier.refreshToken === row.refreshToken) return undefined;
  return `the same appid stands in ${earlier.place}, with another token`;
}

/** What is known here of the same authorizer. */
export interface Known {
  readonly refreshToken: string | undefined;
  /** The newest moment at which the stored token is known to have been right. */
  readonly storedAt: Date | undefined;
  readonly cancelledAt: Date | undefined;
  readonly state: string | undefined;
}

export type Verdict = 'new' | 'same' | 'replace' | 'keep' | 'cancelled';

/**
 * What is to do with a row. A stored token is replaced only by one that is certainly newer, and an authorization that ended
 * comes back only by a grant that came afterwards.
 */
export function judge(row: SourceRow, known: Known | undefined): { readonly verdict: Verdict; readonly why: string } {
  if (known?.state === 'cancelled') {
    const after = known.cancelledAt && row.grantedAt && row.grantedAt > known.cancelledAt;
    return after
      ? { verdict: 'new', why: 'authorized again after the cancellation that is known here' }
      : { verdict: 'cancelled', why: 'the merchant has ended this authorization' };
  }
  if (!known?.refreshToken) return { verdict: 'new', why: known ? 'known here without a refresh token' : '' };
  if (known.refreshToken === row.refreshToken) return { verdict: 'same', why: '' };
  if (row.grantedAt && known.storedAt && row.grantedAt > known.storedAt)
    return { verdict: 'replace', why: `granted ${row.grantedAt.toISOString()}, ours is of ${known.storedAt.toISOString()}` };
  return {
    verdict: 'keep',
    why: row.grantedAt ? 'ours is newer' : 'differs, and the source does not say which is newer: "authorizers sync" asks WeChat',
  };
}
