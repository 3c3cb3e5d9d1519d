import { type EventRoute, FORMER_RELEASE_CHECK_NOTE } from '#persistence';
import { type Consumer, consumersOf, eventJobId } from '#queues';
import { isReleaseCheckAppid, isReleaseCheckUserName } from '#wechat';

/** A row that was not handed over yet, with what is known of the account it claims to be for. */
export interface Candidate {
  readonly eventId: string;
  readonly componentAppid: string;
  readonly authorizerAppid: string | null;
  readonly family: 'component' | 'authorizer' | 'wxplane';
  readonly kind: string;
  readonly toUserName: string | null;
  /** When it was handed over before; `null`: never, so this is no replay. */
  readonly handedOverAtMs: number | null;
  /** How often it was sent to its consumers anew. */
  readonly replays: number;
  readonly receivedAtMs: number;
  /** Of the push that brought it, W3C Trace Context; `null`: it was not traced. */
  readonly traceparent: string | null;
  /** Original id of the account the path names; `null` while it is not known. */
  readonly knownUserName: string | null;
  /** The account that the content's `ToUserName` belongs to; `null` while it is not known. */
  readonly ownerOfUserName: string | null;
  /** A person looked at it and wants it acted on, whatever its path says. */
  readonly accepted: boolean;
}

export interface Handover {
  readonly state: 'queued' | 'mismatch';
  readonly note: string | null;
  readonly route: EventRoute | null;
  readonly consumers: readonly Consumer[];
  /** Whether subscriptions may have it. */
  readonly forward: boolean;
}

/** What is to be done with an event. */
export function decide(row: Candidate): Handover {
  const mismatch = row.accepted ? undefined : mismatchOf(row);
  if (mismatch) return { state: 'mismatch', note: mismatch, route: null, consumers: [], forward: false };
  if (isReleaseCheck(row)) {
    // WeChat's own test accounts: never tenants. Only the message that wants an answer by API goes to the broker.
    const route = 'release-check';
    return { state: 'queued', note: FORMER_RELEASE_CHECK_NOTE, route, consumers: consumersOf(row.kind, route), forward: false };
  }
  if (row.family === 'wxplane') return { state: 'queued', note: null, route: null, consumers: [], forward: true };
  return {
    state: 'queued',
    note: null,
    route: null,
    consumers: consumersOf(row.kind),
    forward: row.kind !== 'component_verify_ticket',
  };
}

/** The name of its jobs: the same one for as long as it is the same hand-over, so that Bull drops a job that is there already. */
export function jobIdOf({ eventId, replays, handedOverAtMs }: Pick<Candidate, 'eventId' | 'replays' | 'handedOverAtMs'>): string {
  if (replays > 0) return eventJobId(eventId, String(replays));
  // A replica of the version before, which does not count, may have sent it anew.
  return eventJobId(eventId, handedOverAtMs === null ? undefined : String(handedOverAtMs));
}

/** The path is not signed, `ToUserName` is: what we know of the two must agree. */
function mismatchOf({ family, toUserName, authorizerAppid, knownUserName, ownerOfUserName }: Candidate): string | undefined {
  if (family !== 'authorizer') return undefined;
  // A push that names no account is believed of none of the check's: what it says is answered with a code's exchange.
  if (isReleaseCheckUserName(toUserName ?? '') !== isReleaseCheckAppid(authorizerAppid ?? ''))
    return 'a release-check account under the name of another, or of none';
  if (toUserName === null) return undefined;
  if (knownUserName !== null && knownUserName !== toUserName) return 'ToUserName is not the account the path names';
  if (knownUserName === null && ownerOfUserName !== null && ownerOfUserName !== authorizerAppid)
    return 'ToUserName belongs to another account than the path names';
  return undefined;
}

function isReleaseCheck({ authorizerAppid }: Candidate): boolean {
  return authorizerAppid !== null && isReleaseCheckAppid(authorizerAppid);
}
