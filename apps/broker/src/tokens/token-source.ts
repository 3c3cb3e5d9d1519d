import type { EntityManager } from 'typeorm';
import type { TokenSubject } from './token.domain.js';
import type { StoredFailure } from './token.repository.js';

/** What WeChat (or the broker that is followed) answered to a refresh. */
export interface FreshToken {
  readonly token: string;
  readonly expiresInMs: number;
  /** Writes what belongs to the same answer, in the transaction that stores the token. */
  readonly alongside?: (manager: EntityManager) => Promise<void>;
}

/** What a source may want to know of the token it renews. */
export interface Renewal {
  /** The token that made the renewal necessary, if one was refused. */
  readonly refused?: string | undefined;
  /** How the renewal before this one failed, if it did. */
  readonly failed?: StoredFailure | undefined;
}

/** Gets a new token of one kind. Called by one replica at a time per subject. */
export interface TokenSource {
  /**
   * Whether there is such a subject at all; asked before anything is remembered of it.
   * @throws DomainError
   */
  admit?(subject: TokenSubject): Promise<void>;
  /**
   * Whether WeChat still accepts a token that a client says is refused. Asked only of young tokens, so that a client that reports
   * nonsense does not cause refreshes.
   */
  accepts?(subject: TokenSubject, token: string): Promise<boolean>;
  /** @throws RefreshFailure */
  renew(subject: TokenSubject, renewal: Renewal): Promise<FreshToken>;
}
