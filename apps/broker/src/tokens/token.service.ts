import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError, LOGGER, type Logger, monotonicMs } from '#service';
import { BrokerConfig } from '../config/broker.config.js';
import { InvalidationBus } from '../invalidation/invalidation.bus.js';
import { DEAD_MARGIN_MS, type LiveToken, type TokenSubject, tokenKey } from './token.domain.js';
import { type GivenToken, remainingOf, TokenRepository, type TokenRow } from './token.repository.js';
import { type MemoryToken, TokenMemory } from './token-memory.js';
import { type RefreshOptions, TokenRefresher } from './token-refresher.js';
import { TokenShare } from './token-share.js';

/** How long an error is repeated to readers of this process without looking again. */
const ERROR_MEMORY_MS = 1_000;
/** How long WeChat's word that it accepts a token is believed. */
const CHECK_MEMORY_MS = 5_000;
/** Between two tries to refresh behind readers, in one process. */
const BEHIND_PAUSE_MS = 1_000;

/**
 * The one way to a token, for every kind: this process's copy, the shared copy, MySQL, WeChat. One refresh at a time over all
 * replicas, by a claim in the token's row; a write that comes late changes nothing, because it names the generation it began with.
 */
@Injectable()
export class TokenService implements OnModuleInit {
  readonly memory: TokenMemory;
  /** Counts the times in which messages may have been missed: what was begun before one ended is not kept. */
  private trustEpoch = 0;
  private readonly reads = new Map<string, Promise<LiveToken>>();
  private readonly refreshes = new Map<string, Promise<LiveToken>>();
  private readonly errors = new Map<string, { readonly error: unknown; readonly until: number }>();
  private readonly checks = new Map<
    string,
    { readonly token: string; readonly accepted: Promise<boolean>; readonly until: number }
  >();

  constructor(
    private readonly config: BrokerConfig,
    private readonly rows: TokenRepository,
    private readonly share: TokenShare,
    private readonly refresher: TokenRefresher,
    private readonly bus: InvalidationBus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.memory = new TokenMemory(config.TOKEN_CACHE_ENTRIES, monotonicMs);
  }

  onModuleInit(): void {
    this.bus.onMessage((message) => {
      if (message.type === 'token') {
        this.memory.invalidate(message.key, message.generation);
        this.errors.delete(message.key);
        // Whoever asks from now on must not be given what was being read before.
        this.reads.delete(message.key);
        this.refresher.wake(message.key);
      } else if (message.type === 'attempt') {
        this.memory.capAtFormerLife(message.key);
      }
    });
    this.bus.onRegained(() => {
      this.trustEpoch += 1;
      this.reads.clear();
      this.memory.clear();
    });
  }

  /** The copy in this process, if it can be given out: no I/O, no promise. A copy that is due is refreshed behind the reader. */
  peek(subject: TokenSubject, key: string): MemoryToken | undefined {
    if (!this.bus.trusted) return undefined;
    const now = monotonicMs();
    const copy = this.memory.get(key, now);
    if (copy !== undefined && copy.dueAt <= now) this.refreshBehind(subject, key, copy);
    return copy;
  }

  /** `tokenKey` of it; of a token that has a copy here the copy's own text, for those who keep it. */
  keyOf(subject: TokenSubject): string {
    const key = tokenKey(subject);
    return this.memory.get(key)?.key ?? key;
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
    const { trustEpoch } = this;
    const copy = this.bus.trusted ? this.memory.get(key) : undefined;
    if (copy && copy.token !== refused) return { live: toLive(copy), refreshed: false };
    const { shareEpoch } = await this.share.get(key);
    const row = await this.refresher.row(subject);
    const current = row.token;
    if (current !== undefined && row.remainingMs > DEAD_MARGIN_MS) {
      if (current !== refused) {
        const live = await this.takeOver(key, row, { shareEpoch, trustEpoch, outdated: copy !== undefined });
        return { live, refreshed: false };
      }
      if (row.ageMs < this.config.TOKEN_TRUST_MS && (await this.stillAccepted(subject, key, refused))) {
        this.logger.warn(
          { event: 'token.report.wrong', key },
          'A token was reported as refused, but WeChat accepts it; it is kept',
        );
        return { live: await this.refresher.serveRow(key, row), refreshed: false };
      }
    }
    const live = await this.another(subject, key, current === refused ? refused : undefined);
    return { live, refreshed: live.token !== refused };
  }

  /** What is stored by now, if that is another living token. Nothing is reported: the token may be good. */
  async newerThan(subject: TokenSubject, used: string): Promise<LiveToken | undefined> {
    const key = tokenKey(subject);
    const { trustEpoch } = this;
    const copy = this.bus.trusted ? this.memory.get(key) : undefined;
    if (copy && copy.token !== used) return toLive(copy);
    const { shareEpoch } = await this.share.get(key);
    const row = await this.rows.find(subject);
    if (!row || row.token === undefined || row.token === used || row.remainingMs <= DEAD_MARGIN_MS) return undefined;
    return this.takeOver(key, row, { shareEpoch, trustEpoch, outdated: copy !== undefined });
  }

  /** @param seen `outdated`: a copy here is of a former token, so that the message about it was missed, perhaps by others as well */
  private async takeOver(
    key: string,
    row: TokenRow,
    seen: { readonly shareEpoch: string | undefined; readonly trustEpoch: number; readonly outdated: boolean },
  ): Promise<LiveToken> {
    const live = await this.refresher.serveRow(key, row, seen.shareEpoch);
    if (seen.outdated) this.bus.publish({ type: 'token', key, generation: row.generation });
    this.keep(key, live, seen.trustEpoch);
    return live;
  }

  /** Replaces the token though nobody refused it: somebody who may decides so. Whoever else is replacing it at the moment does it for both. */
  async renew(subject: TokenSubject): Promise<LiveToken> {
    const { token } = await this.refresher.row(subject);
    return this.another(subject, tokenKey(subject), token);
  }

  /** Any token but this one. */
  private async another(subject: TokenSubject, key: string, otherThan: string | undefined): Promise<LiveToken> {
    // A refresh that was already under way behind a reader may end with the old token; then it is our turn.
    for (let tries = 0; ; tries += 1) {
      const live = await this.refreshOnce(subject, key, { otherThan });
      if (live.token !== otherThan || tries === 2) return live;
    }
  }

  /** One question to WeChat per token and some seconds, however many clients report it. */
  private stillAccepted(subject: TokenSubject, key: string, token: string): Promise<boolean> {
    const known = this.checks.get(key);
    if (known && known.token === token && known.until > monotonicMs()) return known.accepted;
    const accepted = (async () => (await this.refresher.source(subject).accepts?.(subject, token)) ?? false)();
    if (this.checks.size > 10_000) this.checks.clear();
    this.checks.set(key, { token, accepted, until: monotonicMs() + CHECK_MEMORY_MS });
    accepted.catch(() => this.checks.delete(key));
    return accepted;
  }

  /** Called before an answer of WeChat is stored: a process killed in between leaves no copy that outlives the former token. */
  capAtFormerLife(subject: TokenSubject): Promise<void> {
    return this.refresher.capAtFormerLife(subject);
  }

  /**
   * Stores the token of a new grant (or that there is none any more) inside the caller's transaction. Call `capAtFormerLife` before it, and what
   * is returned after it.
   */
  async replace(manager: EntityManager, subject: TokenSubject, fresh: GivenToken | undefined): Promise<() => Promise<void>> {
    const { generation } = await this.rows.replace(manager, subject, fresh);
    return async () => {
      const key = tokenKey(subject);
      if (fresh) await this.share.put(key, generation, fresh.token, remainingOf(fresh), fresh.expiresInMs);
      else await this.share.remove(key, generation);
      this.bus.publish({ type: 'token', key, generation });
    };
  }

  /** Tells all replicas of what is stored, again: whoever stored it may not have come to it. */
  async announce(subject: TokenSubject): Promise<void> {
    const key = tokenKey(subject);
    const { shareEpoch } = await this.share.get(key);
    const row = await this.rows.find(subject);
    if (!row) return;
    if (row.token === undefined) await this.share.remove(key, row.generation);
    else await this.refresher.serveRow(key, row, shareEpoch);
    this.bus.publish({ type: 'token', key, generation: row.generation });
  }

  /** What stopped refreshes is over: the next reader tries at once. */
  async forgetFailures(subject: TokenSubject): Promise<void> {
    await this.rows.forgetFailures(subject);
    this.errors.delete(tokenKey(subject));
  }

  private async read(subject: TokenSubject, key: string): Promise<LiveToken> {
    const known = this.errors.get(key);
    if (known && known.until > monotonicMs()) throw known.error;
    const { trustEpoch } = this;
    const { live, shareEpoch } = await this.share.get(key);
    if (live) {
      this.remember(subject, key, live, trustEpoch);
      return live;
    }
    const row = await this.rows.find(subject);
    if (row && row.remainingMs > DEAD_MARGIN_MS) {
      const found = await this.refresher.serveRow(key, row, shareEpoch);
      this.remember(subject, key, found, trustEpoch);
      return found;
    }
    return this.refreshOnce(subject, key, {});
  }

  /** Keeps a copy; one that is due is refreshed behind whoever reads it. */
  private remember(subject: TokenSubject, key: string, live: LiveToken, trustEpoch: number): void {
    this.keep(key, live, trustEpoch);
    const copy = this.memory.get(key);
    if (copy && copy.dueAt <= monotonicMs()) this.refreshBehind(subject, key, copy);
  }

  /** @param trustEpoch the one in which it was asked for: a later one began with an empty memory, and may have missed that it was replaced */
  private keep(key: string, live: LiveToken, trustEpoch: number): void {
    if (trustEpoch === this.trustEpoch) this.memory.put(key, live);
  }

  private refreshBehind(subject: TokenSubject, key: string, copy: MemoryToken): void {
    if (this.refreshes.has(key)) return;
    // Until the outcome is known nobody else starts; a failure moves it further.
    copy.dueAt = monotonicMs() + BEHIND_PAUSE_MS;
    this.refreshOnce(subject, key, { inBackground: true }).catch((error: unknown) => {
      copy.stale = true;
      this.logger.warn(
        { event: 'token.refresh.behind', key, problem: (error as Error).message },
        'A token could not be refreshed; the living one is given out, and it will be tried again',
      );
    });
  }

  private refreshOnce(subject: TokenSubject, key: string, wanted: RefreshOptions): Promise<LiveToken> {
    return this.once(this.refreshes, key, async () => {
      const { trustEpoch } = this;
      try {
        const live = await this.refresher.refresh(subject, key, wanted);
        this.keep(key, live, trustEpoch);
        const copy = this.memory.get(key);
        if (copy) copy.dueAt = Math.max(copy.dueAt, monotonicMs() + BEHIND_PAUSE_MS);
        return live;
      } catch (error) {
        // What a report or a refresh behind readers met says nothing about the living token that readers have.
        if (!wanted.inBackground && wanted.otherThan === undefined) this.rememberError(key, error);
        throw error;
      }
    });
  }

  private rememberError(key: string, error: unknown): void {
    if (!(error instanceof DomainError)) return;
    if (this.errors.size > 10_000) this.errors.clear();
    this.errors.set(key, { error, until: monotonicMs() + ERROR_MEMORY_MS });
  }

  private once(flights: Map<string, Promise<LiveToken>>, key: string, run: () => Promise<LiveToken>): Promise<LiveToken> {
    const flying = flights.get(key);
    if (flying !== undefined) return flying;
    const flight = run().finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    flights.set(key, flight);
    return flight;
  }
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
