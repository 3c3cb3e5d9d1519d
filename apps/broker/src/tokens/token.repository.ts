import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { BINDINGS, changed, inTransaction, SecretBox, untilNotBusy } from '#persistence';
import { LOGGER, type Logger, monotonicMs } from '#service';
import { openOrAbsent } from '../secrets/open-or-absent.js';
import { FORMER_TOKEN_MS, type TokenSubject } from './token.domain.js';

/** What stops a refresh for a while; shared by all replicas. */
export interface StoredFailure {
  readonly code: string;
  readonly detail: string;
  readonly errcode?: number | undefined;
  readonly errmsg?: string | undefined;
  readonly rid?: string | undefined;
}

/** The row of one token. All spans are measured by the database's clock: replicas need not agree on the time. */
export interface TokenRow {
  readonly generation: number;
  /** `undefined`: there is none, or none that can be read. */
  readonly token: string | undefined;
  /** Already cut short if a refresh was begun and its outcome is not known. */
  readonly remainingMs: number;
  readonly lifetimeMs: number;
  readonly ageMs: number;
  /** A refresh was begun earlier and its outcome is not known. */
  readonly attempted: boolean;
  readonly failures: number;
  readonly failure: StoredFailure | undefined;
  /** Until the next refresh is allowed; 0 or less: now. */
  readonly retryInMs: number;
}

export interface NewToken {
  readonly token: string;
  readonly expiresInMs: number;
}

/** A token as WeChat gave it. */
export interface GivenToken extends NewToken {
  /** `monotonicMs()` when WeChat was asked: its life began then, and is no longer than `expiresInMs` from there. */
  readonly askedAt: number;
}

/** What is left of it, whatever came between: a slow answer, locks that were waited for. */
export const remainingOf = ({ expiresInMs, askedAt }: Omit<GivenToken, 'token'>): number =>
  Math.max(0, expiresInMs - Math.ceil(monotonicMs() - askedAt));

interface Raw {
  generation: string;
  access_token: string | null;
  remaining: string | null;
  lifetime: string | null;
  age: string | null;
  attempted: number;
  failures: number;
  failure: string | null;
  retry_in: string | null;
}

const WHERE = 'component_appid = ? AND authorizer_appid = ? AND kind = ?';
const values = ({ componentAppid, authorizerAppid, kind }: TokenSubject) => [componentAppid, authorizerAppid, kind];
const bindingOf = ({ componentAppid, authorizerAppid, kind }: TokenSubject, generation: number | string) =>
  BINDINGS.accessToken(componentAppid, authorizerAppid, kind, generation);
const ms = (microseconds: string | null) => (microseconds === null ? 0 : Math.floor(Number(microseconds) / 1_000));

/** `f_wechat_accesstoken`: the truth about tokens, the claim on a refresh, and the fence. */
@Injectable()
export class TokenRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async find(subject: TokenSubject): Promise<TokenRow | undefined> {
    const [row]: Raw[] = await this.dataSource.query(
      `SELECT generation, access_token, failures, failure, attempted_at IS NOT NULL AS attempted,
              TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), LEAST(expires_at,
                IFNULL(attempted_at + INTERVAL ${FORMER_TOKEN_MS} * 1000 MICROSECOND, expires_at))) AS remaining,
              TIMESTAMPDIFF(MICROSECOND, refreshed_at, expires_at) AS lifetime,
              TIMESTAMPDIFF(MICROSECOND, refreshed_at, UTC_TIMESTAMP(3)) AS age,
              TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), retry_at) AS retry_in
         FROM f_wechat_accesstoken WHERE ${WHERE}`,
      values(subject),
    );
    return row && toRow(row, row.access_token === null ? undefined : this.open(row.access_token, subject, row.generation));
  }

  /** Grants and refreshes of one merchant meet at its row, and sometimes in a deadlock. */
  private write(sql: string, parameters: unknown[]): Promise<{ readonly affectedRows?: number }> {
    return untilNotBusy(() => this.dataSource.query(sql, parameters));
  }

  async findOrCreate(subject: TokenSubject): Promise<TokenRow> {
    const found = await this.find(subject);
    if (found) return found;
    await this.write(
      'INSERT IGNORE INTO f_wechat_accesstoken (component_appid, authorizer_appid, kind) VALUES (?, ?, ?)',
      values(subject),
    );
    const row = await this.find(subject);
    if (!row) throw new Error('a row just written is not there');
    return row;
  }

  /**
   * Claims the refresh of the token as of `generation`. Fails when the token changed meanwhile (that is the second look after
   * waiting), somebody else holds the claim, or somebody else's refresh has failed since. From now on the present token counts as one that may die in five minutes.
   */
  async claim(subject: TokenSubject, generation: number, owner: string, claimMs: number): Promise<boolean> {
    return changed(
      await this.write(
        `UPDATE f_wechat_accesstoken
            SET claim_owner = ?, claim_until = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND,
                attempted_at = IFNULL(attempted_at, UTC_TIMESTAMP(3))
          WHERE ${WHERE} AND generation = ? AND (claim_until IS NULL OR claim_until <= UTC_TIMESTAMP(3))
            AND (retry_at IS NULL OR retry_at <= UTC_TIMESTAMP(3))`,
        [owner, claimMs * 1_000, ...values(subject), generation],
      ),
    );
  }

  /**
   * Keeps the claim while WeChat takes its time. Nobody's claim but the owner's is touched.
   * @returns whether it was still the owner's
   */
  async extend(subject: TokenSubject, owner: string, claimMs: number): Promise<boolean> {
    return changed(
      await this.write(
        `UPDATE f_wechat_accesstoken SET claim_until = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE ${WHERE} AND claim_owner = ?`,
        [claimMs * 1_000, ...values(subject), owner],
      ),
    );
  }

  /** Gives the claim up without a word about the refresh: whether it took place is not known. */
  async release(subject: TokenSubject, owner: string): Promise<void> {
    await this.write(
      `UPDATE f_wechat_accesstoken SET claim_owner = NULL, claim_until = NULL WHERE ${WHERE} AND claim_owner = ?`,
      [...values(subject), owner],
    );
  }

  /**
   * Stores a refreshed token if it is still wanted: the fence. What belongs to the same answer is stored in the same transaction.
   * @param generation the one the refresh started from
   * @returns the new generation; `undefined` when somebody else wrote meanwhile, and nothing was changed.
   */
  async commit(
    subject: TokenSubject,
    generation: number,
    fresh: NewToken,
    alongside?: (manager: EntityManager) => Promise<void>,
  ): Promise<{ generation: number } | undefined> {
    const sealed = this.box.seal(fresh.token, bindingOf(subject, generation + 1));
    return inTransaction(this.dataSource, async (manager) => {
      const won = changed(
        await manager.query(`UPDATE f_wechat_accesstoken SET ${STORE} WHERE ${WHERE} AND generation = ?`, [
          sealed,
          fresh.expiresInMs * 1_000,
          ...values(subject),
          generation,
        ]),
      );
      if (!won) return undefined;
      await alongside?.(manager);
      return { generation: generation + 1 };
    });
  }

  /** Stores a token that replaces whatever is there: the answer of a new grant. Refreshes under way lose against it. */
  async replace(manager: EntityManager, subject: TokenSubject, fresh: GivenToken | undefined): Promise<{ generation: number }> {
    // IGNORE would take a shared lock on a row that is there: two who then write it, or one beside a claim, are a deadlock.
    await manager.query(
      `INSERT INTO f_wechat_accesstoken (component_appid, authorizer_appid, kind) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE generation = generation`,
      values(subject),
    );
    // Locked: the token is sealed for the generation that this write makes.
    const [row] = await manager.query(`SELECT generation FROM f_wechat_accesstoken WHERE ${WHERE} FOR UPDATE`, values(subject));
    const generation = Number(row.generation) + 1;
    if (fresh) {
      await manager.query(`UPDATE f_wechat_accesstoken SET ${STORE} WHERE ${WHERE}`, [
        this.box.seal(fresh.token, bindingOf(subject, generation)),
        remainingOf(fresh) * 1_000,
        ...values(subject),
      ]);
    } else {
      await manager.query(`UPDATE f_wechat_accesstoken SET ${CLEAR} WHERE ${WHERE}`, values(subject));
    }
    return { generation };
  }

  /** A refresh whose answer came too late has replaced the stored token at WeChat, or not: it is only trusted for minutes. */
  async markAttempted(subject: TokenSubject): Promise<void> {
    await this.write(
      `UPDATE f_wechat_accesstoken SET attempted_at = IFNULL(attempted_at, UTC_TIMESTAMP(3)) WHERE ${WHERE} AND access_token IS NOT NULL`,
      values(subject),
    );
  }

  /**
   * Ends a claim without a token.
   * @param certain WeChat surely did not replace the token: its life is not in doubt.
   */
  async fail(
    subject: TokenSubject,
    owner: string,
    outcome: { readonly failure: StoredFailure; readonly retryInMs: number; readonly certain: boolean },
  ): Promise<void> {
    await this.write(
      `UPDATE f_wechat_accesstoken
          SET claim_owner = NULL, claim_until = NULL, failures = failures + 1, failed_at = UTC_TIMESTAMP(3), failure = ?,
              retry_at = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND ${outcome.certain ? ', attempted_at = NULL' : ''}
        WHERE ${WHERE} AND claim_owner = ?`,
      [JSON.stringify(outcome.failure).slice(0, 512), outcome.retryInMs * 1_000, ...values(subject), owner],
    );
  }

  /** Whatever stopped refreshes is over: a ticket came, an authorization was renewed. */
  async forgetFailures(subject: TokenSubject): Promise<void> {
    await this.write(
      `UPDATE f_wechat_accesstoken SET failures = 0, failure = NULL, failed_at = NULL, retry_at = NULL WHERE ${WHERE}`,
      values(subject),
    );
  }

  private open(sealed: string, subject: TokenSubject, generation: string): string | undefined {
    return openOrAbsent(this.box, this.logger, sealed, bindingOf(subject, generation));
  }
}

const DONE = `generation = generation + 1, claim_owner = NULL, claim_until = NULL, attempted_at = NULL,
  failures = 0, failed_at = NULL, failure = NULL, retry_at = NULL`;
const STORE = `access_token = ?, refreshed_at = UTC_TIMESTAMP(3), expires_at = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, ${DONE}`;
const CLEAR = `access_token = NULL, expires_at = NULL, refreshed_at = NULL, ${DONE}`;

function toRow(row: Raw, token: string | undefined): TokenRow {
  return {
    generation: Number(row.generation),
    token,
    remainingMs: token === undefined ? 0 : ms(row.remaining),
    lifetimeMs: ms(row.lifetime),
    ageMs: row.age === null ? Number.POSITIVE_INFINITY : ms(row.age),
    attempted: Number(row.attempted) === 1,
    failures: row.failures,
    failure: parseFailure(row.failure),
    retryInMs: ms(row.retry_in),
  };
}

/** Cut short by the column, or written by an older build: then the failure is known to exist, not what it was. */
function parseFailure(text: string | null): StoredFailure | undefined {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as StoredFailure;
  } catch {
    return { code: 'wechat-refused', detail: 'The last refresh failed.' };
  }
}
