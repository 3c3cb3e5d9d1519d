/**
 * What to do about an error code. Each code has exactly one; `stopsBatch` in the catalogue says besides whether other targets would meet it too.
 *
 * | Reaction | Do |
 * |---|---|
 * | `retry` | the same call again, after growing pauses |
 * | `retry-next-minute` | the same call after the minute's limit is over, and slower from then on |
 * | `refresh-token` | renew the token that was used (only if it still is the current one), then repeat once |
 * | `refresh-ticket` | use a newer component verify ticket, or have the push service started |
 * | `reauthorize` | the merchant must authorize again |
 * | `merchant` | the merchant must do something else in WeChat's console |
 * | `operator` | our configuration at WeChat or here is wrong |
 * | `user` | concerns one end user: log in again, follow the account … |
 * | `fix` | the request is wrong: correct it before sending it again |
 * | `wait` | a state has to change first: read it again later |
 * | `reread` | our picture is out of date: read the state from WeChat, then decide |
 * | `stop-batch` | a quota or a penalty of the whole platform: stop all calls of this kind |
 * | `done` | what was asked for is already so: treat as success |
 * | `give-up` | cannot work for this target |
 */
export type Reaction =
  | 'retry'
  | 'retry-next-minute'
  | 'refresh-token'
  | 'refresh-ticket'
  | 'reauthorize'
  | 'merchant'
  | 'operator'
  | 'user'
  | 'fix'
  | 'wait'
  | 'reread'
  | 'stop-batch'
  | 'done'
  | 'give-up';

/**
 * Whom a code concerns: who else would get the same answer to the same call now.
 *
 * | Concerns | |
 * |---|---|
 * | `call` | nobody: it lies with what was sent, or with what it was sent for |
 * | `account` | this account: other calls of this kind for it, but nobody else's |
 * | `new-apps`, `updates` | every mini program of the platform that was never, or was already, online |
 * | `template` | everybody who gets this template |
 * | `component` | every account of the platform |
 * | `everybody` | WeChat itself is not well |
 */
export type Concern = 'call' | 'account' | 'new-apps' | 'updates' | 'template' | 'component' | 'everybody';

/**
 * What WeChat misses when it refuses a caller.
 *
 * | Missing | |
 * |---|---|
 * | `account` | the account has not authorized this platform, or not any more |
 * | `refresh-token` | the refresh token is void |
 * | `api` | the account authorizes the platform, but not for this API |
 */
export type Missing = 'account' | 'refresh-token' | 'api';

/** What a person can do, in the two languages of those who read it. */
export interface Remedy {
  readonly en: string;
  readonly zh: string;
}

export interface ErrorEntry {
  readonly errcode: number;
  readonly meaning: string;
  readonly reaction: Reaction;
  readonly concerns: Concern;
  /** Every other target of the same batch would get the same answer. */
  readonly stopsBatch: boolean;
  /** WeChat refused the token of the call: another one may be taken. */
  readonly tokenRefused: boolean;
  /** WeChat refused the component verify ticket: a newer one may be taken. */
  readonly ticketRefused: boolean;
  /** What was asked for is so already. */
  readonly alreadySo: boolean;
  readonly notAuthorized: Missing | undefined;
  /** WeChat refused the address that the call came from. */
  readonly addressRefused: boolean;
  /** A number of calls or changes is used up until the next day, month or year. */
  readonly quotaExhausted: boolean;
  /** What stands against the call ends without anybody here: within minutes, or after something longer, such as a review. */
  readonly passes: 'soon' | 'later' | undefined;
  readonly remedy: Remedy;
}

/** A row of the catalogue: code, reaction, meaning, remedy in English, remedy in Chinese. */
export type ErrorRow = readonly [errcode: number, reaction: Reaction, meaning: string, en: string, zh: string];

/** The same row for all codes from the first to the last. */
export function errorRange([first, last]: readonly [number, number], ...row: Tail<ErrorRow>): ErrorRow[] {
  return Array.from({ length: last - first + 1 }, (_, index) => [first + index, ...row] as const);
}
type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;
