/** The short-lived credentials that are kept and renewed in one way. */
export type TokenKind = 'component' | 'authorizer' | 'jsapi' | 'wx_card';

export interface TokenSubject {
  readonly kind: TokenKind;
  readonly componentAppid: string;
  /** Empty for the component itself. */
  readonly authorizerAppid: string;
}

export const componentToken = (componentAppid: string): TokenSubject => ({
  kind: 'component',
  componentAppid,
  authorizerAppid: '',
});

export const authorizerToken = (
  componentAppid: string,
  authorizerAppid: string,
  kind: Exclude<TokenKind, 'component'> = 'authorizer',
): TokenSubject => ({ kind, componentAppid, authorizerAppid });

export const tokenKey = ({ kind, componentAppid, authorizerAppid }: TokenSubject): string =>
  `${kind}:${componentAppid}:${authorizerAppid}`;

/** A token as a reader gets it. Times are spans, so that nobody's clock has to be right. */
export interface LiveToken {
  readonly token: string;
  readonly generation: number;
  /** Until WeChat stops accepting it, as far as is known. */
  readonly remainingMs: number;
  /** From its birth to its death. */
  readonly lifetimeMs: number;
  /** It should have been replaced by now, and that did not work. */
  readonly stale: boolean;
}

/**
 * After any refresh WeChat accepts the former token for about five more minutes (authorization.md §6.3). A token that may have been
 * replaced without our knowing is therefore good for this long after the attempt.
 */
export const FORMER_TOKEN_MS = 270_000;

/** A token this near its end is not given out any more: the caller needs some time to use it. */
export const DEAD_MARGIN_MS = 5_000;

/**
 * The longest a client may keep a token. Shorter than the former token's life, less the time in which a replica may not have heard
 * of a refresh yet and the time a call takes.
 */
export const CLIENT_CACHE_S = 240;

/** Seconds a client may keep a token with that much life left. 0: use it once, now. */
export function cacheSeconds(remainingMs: number): number {
  return Math.max(0, Math.min(CLIENT_CACHE_S, Math.floor((remainingMs - 2 * DEAD_MARGIN_MS) / 1_000)));
}

/**
 * How long before its end a token is replaced: the last twelfth of its life (10 minutes of 2 hours), and up to half as much earlier,
 * so that replicas and authorizers do not all do it at once.
 * @param random from 0 to 1
 */
export function refreshWindowMs(lifetimeMs: number, random: number): number {
  return Math.floor((lifetimeMs / 12) * (1 + random / 2));
}

/** Pause after the n-th failure in a row: 1 s, 2 s, 4 s … at most `capMs`. */
export function coolDownMs(failures: number, capMs: number): number {
  return Math.min(capMs, 1_000 * 2 ** Math.min(Math.max(failures - 1, 0), 20));
}
