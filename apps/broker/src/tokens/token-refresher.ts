import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import { DomainError, LOGGER, type Logger, monotonicMs } from '#service';
import { BrokerConfig } from '../config/broker.config.js';
import { InvalidationBus } from '../invalidation/invalidation.bus.js';
import { RefreshFailure, toProblem } from './refresh-failure.js';
import {
  coolDownMs,
  DEAD_MARGIN_MS,
  type LiveToken,
  refreshWindowMs,
  type TokenKind,
  type TokenSubject,
  tokenKey,
} from './token.domain.js';
import { remainingOf, type StoredFailure, TokenRepository, type TokenRow } from './token.repository.js';
import { TokenShare } from './token-share.js';
import type { FreshToken, TokenSource } from './token-source.js';

/** What a caller wants of a refresh. */
export interface RefreshOptions {
  /** A token that WeChat refused: any other one will do. */
  readonly otherThan?: string | undefined;
  /** The living token is near its end, but a reader need not wait. */
  readonly inBackground?: boolean;
}

const POLL_MS = { first: 50, most: 400 } as const;

/**
 * Refreshes, one at a time over all replicas: by a claim in the token's row, and a write that names the generation it began with,
 * so that one that comes late changes nothing.
 */
@Injectable()
export class TokenRefresher {
  private readonly sources = new Map<TokenKind, TokenSource>();
  private followed: TokenSource | undefined;
  private readonly wakers = new Map<string, Set<() => void>>();
  private readonly refreshed: Counter;
  private readonly refreshSeconds: Histogram;

  constructor(
    private readonly config: BrokerConfig,
    private readonly rows: TokenRepository,
    private readonly share: TokenShare,
    private readonly bus: InvalidationBus,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Registry,
  ) {
    this.refreshed = new Counter({
      name: 'wxplane_token_refreshes_total',
      help: 'Refreshes of tokens at WeChat, by kind and outcome',
      labelNames: ['kind', 'outcome'],
      registers: [metrics],
    });
    this.refreshSeconds = new Histogram({
      name: 'wxplane_token_refresh_seconds',
      help: 'How long refreshes took',
      labelNames: ['kind'],
      registers: [metrics],
    });
  }

  /** Each kind has one source; its module registers it. */
  register(kind: TokenKind, source: TokenSource): void {
    this.sources.set(kind, source);
  }

  /** All tokens come from one source, whatever else registers. */
  follow(source: TokenSource): void {
    this.followed = source;
  }

  /** The token changed: whoever waits for it looks again. */
  wake(key: string): void {
    for (const wake of this.wakers.get(key) ?? []) wake();
  }

  /** Until there is a wanted token: look; claim and refresh, or wait for whoever holds the claim. */
  async refresh(subject: TokenSubject, key: string, wanted: RefreshOptions): Promise<LiveToken> {
    const deadline = monotonicMs() + this.config.TOKEN_WAIT_MS;
    for (let round = 0; ; round += 1) {
      const row = await this.row(subject);
      const living = row.remainingMs > DEAD_MARGIN_MS;
      if (living && satisfies(row, wanted)) return this.serveRow(key, row);
      if (row.retryInMs > 0 && row.failure) {
        if (living && wanted.otherThan === undefined) return this.serveRow(key, row);
        throw toProblem(row.failure, row.retryInMs);
      }
      const owner = randomUUID();
      const claimedAt = monotonicMs();
      if (await this.rows.claim(subject, row.generation, owner, this.config.TOKEN_CLAIM_MS)) {
        const live = await this.renew(subject, key, row, { owner, claimedAt }, wanted.otherThan);
        if (live) return live;
        continue;
      }
      if (living && wanted.inBackground) return this.serveRow(key, row);
      if (monotonicMs() >= deadline) {
        if (living && wanted.otherThan === undefined) return this.serveRow(key, row);
        throw new DomainError('unavailable', 'A refresh of this token takes longer than a reader may wait.', { retryAfterS: 2 });
      }
      await this.wait(key, Math.min(POLL_MS.most, POLL_MS.first * 2 ** Math.min(round, 6)));
    }
  }

  /** The row of a subject that exists; one is made for it the first time. */
  async row(subject: TokenSubject): Promise<TokenRow> {
    const row = await this.rows.find(subject);
    if (row) return row;
    await this.source(subject).admit?.(subject);
    return this.rows.findOrCreate(subject);
  }

  source({ kind }: TokenSubject): TokenSource {
    const source = this.followed ?? this.sources.get(kind);
    if (!source) throw new Error(`no source for tokens of kind ${kind}`);
    return source;
  }

  /** The present token may have been replaced at WeChat: every copy ends with the former token, if nobody tells more. */
  async capAtFormerLife(subject: TokenSubject): Promise<void> {
    const key = tokenKey(subject);
    await this.rows.markAttempted(subject);
    await this.share.capAtFormerLife(key);
    this.bus.publish({ type: 'attempt', key });
  }

  /** Holding the claim: asks the source and stores its answer. `undefined`: somebody else wrote meanwhile, look again. */
  private async renew(
    subject: TokenSubject,
    key: string,
    row: TokenRow,
    { owner, claimedAt }: { owner: string; claimedAt: number },
    refused?: string,
  ): Promise<LiveToken | undefined> {
    let heldUntilMs = claimedAt + this.config.TOKEN_CLAIM_MS;
    const extend = async (): Promise<void> => {
      const askedAt = monotonicMs();
      if (await this.rows.extend(subject, owner, this.config.TOKEN_CLAIM_MS)) heldUntilMs = askedAt + this.config.TOKEN_CLAIM_MS;
    };
    // From the first moment: also a silent Redis, which is waited for below, takes of the claim's life.
    const keep = setInterval(() => void extend().catch(() => {}), this.config.TOKEN_CLAIM_MS / 3);
    try {
      await this.share.capAtFormerLife(key);
      this.bus.publish({ type: 'attempt', key });
      const startedAt = monotonicMs();
      // A process that stood still meanwhile must not ask beside the one that has taken over: the later answer would end the former's token.
      if (startedAt >= heldUntilMs) {
        await this.rows.release(subject, owner).catch(() => {});
        return undefined;
      }
      const fresh = await this.source(subject).renew(subject, { refused, failed: row.failure });
      const spentMs = monotonicMs() - startedAt;
      const stored = await this.store(subject, row.generation, fresh, startedAt);
      if (!stored) {
        this.refreshed.inc({ kind: subject.kind, outcome: 'late' });
        this.logger.warn({ event: 'token.refresh.late', key }, 'A refresh came too late and was not stored; looking again');
        // Which of the two WeChat made last, nobody knows.
        await this.capAtFormerLife(subject);
        return undefined;
      }
      const { expiresInMs } = stored;
      await this.share.put(key, stored.generation, fresh.token, expiresInMs, fresh.expiresInMs);
      this.bus.publish({ type: 'token', key, generation: stored.generation });
      this.refreshed.inc({ kind: subject.kind, outcome: 'ok' });
      this.refreshSeconds.observe({ kind: subject.kind }, spentMs / 1_000);
      this.logger.info({ event: 'token.refreshed', key, expires_in_s: Math.floor(expiresInMs / 1_000) }, 'Token refreshed');
      return {
        token: fresh.token,
        generation: stored.generation,
        remainingMs: expiresInMs,
        lifetimeMs: fresh.expiresInMs,
        stale: false,
      };
    } catch (error) {
      this.refreshed.inc({ kind: subject.kind, outcome: 'failed' });
      throw await this.failed(subject, key, row, owner, error);
    } finally {
      clearInterval(keep);
    }
  }

  /**
   * WeChat has replaced the token: the answer must not be lost because the database stumbles. It is tried again as long as
   * readers may wait; the claim keeps everyone else away meanwhile.
   */
  private async store(
    subject: TokenSubject,
    generation: number,
    fresh: FreshToken,
    startedAt: number,
  ): Promise<{ generation: number; expiresInMs: number } | undefined> {
    const deadline = monotonicMs() + this.config.TOKEN_WAIT_MS;
    for (;;) {
      const expiresInMs = remainingOf({ expiresInMs: fresh.expiresInMs, askedAt: startedAt });
      try {
        const stored = await this.rows.commit(subject, generation, { token: fresh.token, expiresInMs }, fresh.alongside);
        return stored && { ...stored, expiresInMs };
      } catch (error) {
        if (monotonicMs() >= deadline) throw error;
        this.logger.warn(
          { event: 'token.store.retry', key: tokenKey(subject), code: (error as { code?: string }).code },
          'A refreshed token could not be stored yet; trying again',
        );
        await sleep(300);
      }
    }
  }

  private async failed(subject: TokenSubject, key: string, row: TokenRow, owner: string, error: unknown): Promise<unknown> {
    const failure = error instanceof RefreshFailure ? error : undefined;
    const stored = failure?.stored() ?? problemOf(error);
    if (!stored) {
      await this.rows.release(subject, owner).catch(() => {});
      return error;
    }
    // What another token lacks is not this one's fault: it is tried again soon after that is mended.
    const { capMs = failure ? 60_000 : 5_000, floorMs = 0 } = failure?.options ?? {};
    const retryInMs = Math.max(floorMs, coolDownMs(row.failures + 1, capMs));
    // A claim that was there before left its outcome open; this failure does not settle it.
    const certain = (failure?.certain ?? true) && !row.attempted;
    await this.rows.fail(subject, owner, { failure: stored, retryInMs, certain }).catch(() => {});
    this.logger.warn(
      { event: 'token.refresh.failed', key, code: stored.code, errcode: stored.errcode, rid: stored.rid, retry_in_ms: retryInMs },
      'A token could not be refreshed',
    );
    return toProblem(stored, retryInMs);
  }

  /** What a row holds, for readers; the shared copy gets it as well, if `shareEpoch` says that it may. */
  async serveRow(key: string, row: TokenRow, shareEpoch?: string): Promise<LiveToken> {
    const live = this.toLive(row);
    if (shareEpoch !== undefined)
      await this.share.put(key, row.generation, live.token, row.remainingMs, row.lifetimeMs, shareEpoch);
    return live;
  }

  private toLive(row: TokenRow): LiveToken {
    const { token } = row;
    if (token === undefined) throw new Error('there is no token in this row');
    return {
      token,
      generation: row.generation,
      remainingMs: row.remainingMs,
      lifetimeMs: row.lifetimeMs,
      stale: row.failures > 0,
    };
  }

  /** Until the token changes, at most `ms`. */
  private async wait(key: string, ms: number): Promise<void> {
    const set = this.wakers.get(key) ?? new Set();
    this.wakers.set(key, set);
    const abort = new AbortController();
    const wake = () => abort.abort();
    set.add(wake);
    await sleep(ms, undefined, { signal: abort.signal }).catch(() => {});
    set.delete(wake);
    if (set.size === 0) this.wakers.delete(key);
  }
}

function satisfies(row: TokenRow, wanted: RefreshOptions): boolean {
  if (row.token === undefined) return false;
  if (wanted.otherThan !== undefined) return row.token !== wanted.otherThan;
  // Somebody else has refreshed it meanwhile: it is out of its window again.
  if (wanted.inBackground) return row.remainingMs > refreshWindowMs(row.lifetimeMs, 1);
  return true;
}

/** A reader's error of another token (a jsapi ticket needs an access token) stops this one in the same way. */
function problemOf(error: unknown): StoredFailure | undefined {
  return error instanceof DomainError ? { code: error.code, detail: error.detail.slice(0, 160) } : undefined;
}
