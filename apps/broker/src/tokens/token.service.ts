import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import type { EntityManager } from 'typeorm';
import { DomainError, LOGGER, type Logger } from '#service';
import { BrokerConfig } from '../broker.config.js';
import { InvalidationBus } from '../invalidation/invalidation.bus.js';
import { monotonicMs } from '../invalidation/monotonic.js';
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
import { type NewToken, type StoredFailure, TokenRepository, type TokenRow } from './token.repository.js';
import { type MemoryToken, TokenMemory } from './token-memory.js';
import { TokenShare } from './token-share.js';
import type { FreshToken, TokenSource } from './token-source.js';

/** What a caller wants of a refresh. */
interface Wanted {
  /** A token that WeChat refused: any other one will do. */
  readonly instead?: string;
  /** The living token is near its end, but a reader need not wait. */
  readonly behind?: boolean;
}

/** How long an error is repeated to readers of this process without looking again. */
const ERROR_MEMORY_MS = 1_000;
/** How long WeChat's word that it accepts a token is believed. */
const CHECK_MEMORY_MS = 5_000;
/** Between two tries to refresh behind readers, in one process. */
const BEHIND_PAUSE_MS = 1_000;
const POLL_MS = { first: 50, most: 400 } as const;

/**
 * The one way to a token, for every kind: this process's copy, the shared copy, MySQL, WeChat. One refresh at a time over all
 * replicas, by a claim in the token's row; a write that comes late changes nothing, because it names the generation it began with.
 */
@Injectable()
export class TokenService implements OnModuleInit {
  readonly memory: TokenMemory;
  private readonly sources = new Map<TokenKind, TokenSource>();
  private followed: TokenSource | undefined;
  private readonly reads = new Map<string, Promise<LiveToken>>();
  private readonly refreshes = new Map<string, Promise<LiveToken>>();
  private readonly errors = new Map<string, { readonly error: unknown; readonly until: number }>();
  private readonly checks = new Map<
    string,
    { readonly token: string; readonly accepted: Promise<boolean>; readonly until: number }
  >();
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
    this.memory = new TokenMemory(config.TOKEN_CACHE_ENTRIES, monotonicMs);
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

  onModuleInit(): void {
    this.bus.onMessage((message) => {
      if (message.type === 'token') {
        this.memory.invalidate(message.key, message.generation);
        this.errors.delete(message.key);
        for (const wake of this.wakers.get(message.key) ?? []) wake();
      } else if (message.type === 'attempt') {
        this.memory.doubt(message.key);
      }
    });
    this.bus.onRegained(() => this.memory.clear());
  }

  /** All tokens come from one source, whatever else registers. */
  follow(source: TokenSource): void {
    this.followed = source;
  }

  /** Each kind has one source; its module registers it. */
  register(kind: TokenKind, source: TokenSource): void {
    this.sources.set(kind, source);
  }

  /** The copy in this process, if it can be given out: no I/O, no promise. A copy that is due is refreshed behind the reader. */
  peek(subject: TokenSubject, key: string): MemoryToken | undefined {
    if (!this.bus.trusted) return undefined;
    const copy = this.memory.get(key);
    if (copy !== undefined && copy.dueAt <= monotonicMs()) this.refreshBehind(subject, key, copy);
    return copy;
  }

  /** @throws DomainError when there is no living token and none can be had */
  async get(subject: TokenSubject): Promise<LiveToken> {
    const key = tokenKey(subject);
    const copy = this.peek(subject, key);
    if (copy) return toLive(copy);
    return this.once(this.reads, key, () => this.read(subject, key));
  }

  /**
   * "WeChat refused this token." Refreshes once if it is the current one, however many say so; else answers the current one.
   * @returns `refreshed` false: the reported token was not the current one, or is so new that a refusal has another reason
   */
  async reportInvalid(subject: TokenSubject, refused: string): Promise<{ live: LiveToken; refreshed: boolean }> {
    const key = tokenKey(subject);
    const copy = this.bus.trusted ? this.memory.get(key) : undefined;
    if (copy && copy.token !== refused) return { live: toLive(copy), refreshed: false };
    const row = await this.row(subject);
    const current = this.rows.open(row);
    if (current !== undefined && row.remainingMs > DEAD_MARGIN_MS) {
      if (current !== refused) return { live: await this.adopt(key, row), refreshed: false };
      if (row.ageMs < this.config.TOKEN_TRUST_MS && (await this.stillAccepted(subject, key, refused))) {
        this.logger.warn(
          { event: 'token.report.wrong', key },
          'A token was reported as refused, but WeChat accepts it; it is kept',
        );
        return { live: await this.adopt(key, row), refreshed: false };
      }
    }
    // A refresh that was already under way behind a reader may end with the old token; then it is our turn.
    for (let tries = 0; ; tries += 1) {
      const live = await this.refreshOnce(subject, key, current === refused ? { instead: refused } : {});
      if (live.token !== refused || tries === 2) return { live, refreshed: live.token !== refused };
    }
  }

  /** One question to WeChat per token and some seconds, however many clients report it. */
  private stillAccepted(subject: TokenSubject, key: string, token: string): Promise<boolean> {
    const known = this.checks.get(key);
    if (known && known.token === token && known.until > monotonicMs()) return known.accepted;
    const accepted = (async () => (await this.source(subject).accepts?.(subject, token)) ?? false)();
    if (this.checks.size > 10_000) this.checks.clear();
    this.checks.set(key, { token, accepted, until: monotonicMs() + CHECK_MEMORY_MS });
    accepted.catch(() => this.checks.delete(key));
    return accepted;
  }

  /** Stores the token of a new grant (or that there is none any more) inside the caller's transaction. Call `announce` after it. */
  async replace(manager: EntityManager, subject: TokenSubject, fresh: NewToken | undefined): Promise<() => Promise<void>> {
    const { generation, sealed } = await this.rows.replace(manager, subject, fresh);
    return async () => {
      const key = tokenKey(subject);
      if (fresh) await this.share.put(key, generation, sealed, fresh.expiresInMs, fresh.expiresInMs);
      else await this.share.remove(key, generation);
      this.bus.publish({ type: 'token', key, generation });
    };
  }

  /** What stopped refreshes is over: the next reader tries at once. */
  async forgetFailures(subject: TokenSubject): Promise<void> {
    await this.rows.forgetFailures(subject);
    this.errors.delete(tokenKey(subject));
  }

  private async read(subject: TokenSubject, key: string): Promise<LiveToken> {
    const known = this.errors.get(key);
    if (known && known.until > monotonicMs()) throw known.error;
    const { live, era } = await this.share.get(key);
    if (live) {
      this.remember(subject, key, live);
      return live;
    }
    const row = await this.rows.find(subject);
    if (row && row.remainingMs > DEAD_MARGIN_MS) {
      const found = await this.adopt(key, row, era);
      this.remember(subject, key, found);
      return found;
    }
    return this.refreshOnce(subject, key, {});
  }

  /** Keeps a copy; one that is due is refreshed behind whoever reads it. */
  private remember(subject: TokenSubject, key: string, live: LiveToken): void {
    this.memory.put(key, live);
    const copy = this.memory.get(key);
    if (copy && copy.dueAt <= monotonicMs()) this.refreshBehind(subject, key, copy);
  }

  private async adopt(key: string, row: TokenRow, era?: string): Promise<LiveToken> {
    const live = this.toLive(row);
    if (era !== undefined && row.sealed !== undefined)
      await this.share.put(key, row.generation, row.sealed, row.remainingMs, row.lifetimeMs, era);
    return live;
  }

  private toLive(row: TokenRow): LiveToken {
    const token = this.rows.open(row);
    if (token === undefined) throw new Error('there is no token in this row');
    return {
      token,
      generation: row.generation,
      remainingMs: row.remainingMs,
      lifetimeMs: row.lifetimeMs,
      stale: row.failures > 0,
    };
  }

  private refreshBehind(subject: TokenSubject, key: string, copy: MemoryToken): void {
    if (this.refreshes.has(key)) return;
    // Until the outcome is known nobody else starts; a failure moves it further.
    copy.dueAt = monotonicMs() + BEHIND_PAUSE_MS;
    this.refreshOnce(subject, key, { behind: true }).catch((error: unknown) => {
      copy.stale = true;
      this.logger.warn(
        { event: 'token.refresh.behind', key, problem: (error as Error).message },
        'A token could not be refreshed; the living one is given out, and it will be tried again',
      );
    });
  }

  private refreshOnce(subject: TokenSubject, key: string, wanted: Wanted): Promise<LiveToken> {
    return this.once(this.refreshes, key, async () => {
      try {
        const live = await this.refresh(subject, key, wanted);
        this.memory.put(key, live);
        const copy = this.memory.get(key);
        if (copy) copy.dueAt = Math.max(copy.dueAt, monotonicMs() + BEHIND_PAUSE_MS);
        return live;
      } catch (error) {
        if (!wanted.behind) this.rememberError(key, error);
        throw error;
      }
    });
  }

  /** Until there is a wanted token: look; claim and refresh, or wait for whoever holds the claim. */
  private async refresh(subject: TokenSubject, key: string, wanted: Wanted): Promise<LiveToken> {
    const deadline = monotonicMs() + this.config.TOKEN_WAIT_MS;
    for (let round = 0; ; round += 1) {
      const row = await this.row(subject);
      const living = row.remainingMs > DEAD_MARGIN_MS;
      if (living && satisfies(this.rows.open(row), row, wanted)) return this.adopt(key, row);
      if (row.retryInMs > 0 && row.failure) {
        if (living && wanted.instead === undefined) return this.adopt(key, row);
        throw toProblem(row.failure, row.retryInMs);
      }
      const owner = randomUUID();
      if (await this.rows.claim(subject, row.generation, owner, this.config.TOKEN_CLAIM_MS)) {
        const live = await this.renew(subject, key, row, owner, wanted.instead);
        if (live) return live;
        continue;
      }
      if (living && wanted.behind) return this.adopt(key, row);
      if (monotonicMs() >= deadline) {
        if (living && wanted.instead === undefined) return this.adopt(key, row);
        throw new DomainError('unavailable', 'A refresh of this token takes longer than a reader may wait.', { retryAfterS: 2 });
      }
      await this.wait(key, Math.min(POLL_MS.most, POLL_MS.first * 2 ** Math.min(round, 6)));
    }
  }

  /** The row of a subject that exists; one is made for it the first time. */
  private async row(subject: TokenSubject): Promise<TokenRow> {
    const row = await this.rows.find(subject);
    if (row) return row;
    await this.source(subject).admit?.(subject);
    return this.rows.findOrCreate(subject);
  }

  private source({ kind }: TokenSubject): TokenSource {
    const source = this.followed ?? this.sources.get(kind);
    if (!source) throw new Error(`no source for tokens of kind ${kind}`);
    return source;
  }

  /** Holding the claim: asks the source and stores its answer. `undefined`: somebody else wrote meanwhile, look again. */
  private async renew(
    subject: TokenSubject,
    key: string,
    row: TokenRow,
    owner: string,
    refused?: string,
  ): Promise<LiveToken | undefined> {
    if (row.sealed !== undefined) {
      await this.share.doubt(key);
      this.bus.publish({ type: 'attempt', key });
    }
    const keep = setInterval(() => {
      this.rows.extend(subject, owner, this.config.TOKEN_CLAIM_MS).catch(() => {});
    }, this.config.TOKEN_CLAIM_MS / 3);
    const startedAt = monotonicMs();
    try {
      const fresh = await this.source(subject).renew(subject, refused);
      const spentMs = monotonicMs() - startedAt;
      const expiresInMs = Math.max(0, fresh.expiresInMs - Math.ceil(spentMs));
      const stored = await this.store(subject, row.generation, { ...fresh, expiresInMs });
      if (!stored) {
        this.refreshed.inc({ kind: subject.kind, outcome: 'late' });
        this.logger.warn({ event: 'token.refresh.late', key }, 'A refresh came too late and was not stored; looking again');
        await this.rows.doubt(subject);
        return undefined;
      }
      await this.share.put(key, stored.generation, stored.sealed, expiresInMs, fresh.expiresInMs);
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
  private async store(subject: TokenSubject, generation: number, fresh: FreshToken): ReturnType<TokenRepository['commit']> {
    const deadline = monotonicMs() + this.config.TOKEN_WAIT_MS;
    for (;;) {
      try {
        return await this.rows.commit(subject, generation, fresh, fresh.alongside);
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
    if (!stored) return error;
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

  private rememberError(key: string, error: unknown): void {
    if (!(error instanceof DomainError)) return;
    if (this.errors.size > 10_000) this.errors.clear();
    this.errors.set(key, { error, until: monotonicMs() + ERROR_MEMORY_MS });
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

  private once(flights: Map<string, Promise<LiveToken>>, key: string, run: () => Promise<LiveToken>): Promise<LiveToken> {
    const flying = flights.get(key);
    if (flying !== undefined) return flying;
    const flight = run().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  }
}

function satisfies(token: string | undefined, row: TokenRow, wanted: Wanted): boolean {
  if (token === undefined) return false;
  if (wanted.instead !== undefined) return token !== wanted.instead;
  // Somebody else has refreshed it meanwhile: it is out of its window again.
  if (wanted.behind) return row.remainingMs > refreshWindowMs(row.lifetimeMs, 1);
  return true;
}

function toLive(copy: MemoryToken): LiveToken {
  return {
    token: copy.token,
    generation: copy.generation,
    remainingMs: copy.diesAt - monotonicMs(),
    lifetimeMs: copy.lifetimeMs,
    stale: copy.stale,
  };
}

/** A reader's error of another token (a jsapi ticket needs an access token) stops this one in the same way. */
function problemOf(error: unknown): StoredFailure | undefined {
  return error instanceof DomainError ? { code: error.code, detail: error.detail.slice(0, 160) } : undefined;
}
