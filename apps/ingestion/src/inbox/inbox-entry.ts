/** One event on its way into the inbox, secrets already encrypted. Plain JSON, because it may have to wait in Redis. */
export interface InboxEntry {
  readonly componentAppid: string;
  readonly authorizerAppid: string | null;
  readonly family: 'component' | 'authorizer';
  readonly kind: string;
  readonly dedupeKey: string;
  /** Of a message: its key as the release before made it, while that one may have taken the message a moment ago. */
  readonly formerKey?: string;
  readonly msgSignature: string;
  readonly toUserName: string | null;
  readonly createTimeMs: number | null;
  readonly receivedAtMs: number;
  /** Ciphertext. */
  readonly payload: string;
  /** `queued`: nobody waits for it, so there is nothing to hand over. */
  readonly state: 'received' | 'queued' | 'stale' | 'mismatch';
  readonly note: string | null;
  /** Trace of the push, W3C Trace Context; what an older release put into Redis has none. */
  readonly traceparent?: string | null;
  /** Ciphertext. */
  readonly ticket: string | null;
}

/**
 * The time that orders tickets, in whole seconds, and that a ticket's ciphertext is bound to. One ahead of its arrival is not believed: such
 * a ticket would win over all that come later.
 */
export function pushedAt({ createTimeMs, receivedAtMs }: Pick<InboxEntry, 'createTimeMs' | 'receivedAtMs'>): Date {
  return new Date(Math.floor(Math.min(createTimeMs ?? receivedAtMs, receivedAtMs) / 1_000) * 1_000);
}
