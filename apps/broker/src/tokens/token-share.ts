import { randomInt } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { type Binding, SecretBox } from '#persistence';
import { isReady, REDIS, within } from '#service';
import { DEAD_MARGIN_MS, FORMER_TOKEN_MS, type LiveToken } from './token.domain.js';

const PREFIX = '{wxplane}:token:';
const ERA = '{wxplane}:token-era';
/** Readers wait for it: later than this MySQL is faster. */
const ANSWERS_WITHIN_MS = 300;
const AGAIN_MS = 1_000;
/** How long "there is none" keeps older generations out. */
const EMPTY_MS = 60_000;

/**
 * Writes a generation only over an older one, and only in the era the writer knows ('' = whichever): a slow writer changes nothing.
 * Arguments: generation, sealed token or '', lifetime, ttl, era.
 */
const PUT = `
local era = redis.call('GET', KEYS[2])
if not era or (ARGV[5] ~= '' and ARGV[5] ~= era) then return 0 end
local g = redis.call('HGET', KEYS[1], 'g')
if g and tonumber(g) > tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'g', ARGV[1], 't', ARGV[2], 'l', ARGV[3], 'e', era)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1`;

/** Shortens the life of a copy, never lengthens it. */
const CAP = `
if redis.call('PTTL', KEYS[1]) > tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1`;

export interface SharedAnswer {
  readonly live: LiveToken | undefined;
  /** To be given to `put` for what is read elsewhere after this; `undefined`: Redis is away, put nothing. */
  readonly shareEpoch: string | undefined;
}

/**
 * The copies all replicas share, in Redis: encrypted, and bound to the token and generation they are of, so that whoever can write to
 * Redis can neither forge one nor put one in another's place. Remaining life is the key's own TTL. Never needed for correctness:
 * every failure means "not there".
 *
 * A replica that was without Redis, or is new, cannot know whether a removal was missed. It begins a new era, and copies of
 * former eras count as absent for everyone. An era's name never comes again, not even where Redis was emptied in between: whoever read
 * a token before that cannot put it back after it.
 */
@Injectable()
export class TokenShare implements OnModuleInit {
  /** Something was not written that should have been, here or, while Redis was silent, perhaps elsewhere. */
  private missed = false;
  private again: NodeJS.Timeout | undefined;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly box: SecretBox,
  ) {}

  onModuleInit(): void {
    const begin = () => void this.begin().catch(() => {});
    // Before any other command of the connection, since handlers run before anything else can be sent.
    this.redis.on('ready', begin);
    if (isReady(this.redis)) begin();
  }

  async get(key: string): Promise<SharedAnswer> {
    if (!isReady(this.redis)) return { live: undefined, shareEpoch: undefined };
    try {
      await this.afterMissed();
      const asked = this.redis
        .pipeline()
        .hmget(PREFIX + key, 'g', 't', 'l', 'e')
        .pttl(PREFIX + key)
        .get(ERA)
        .exec();
      const answers = await within(ANSWERS_WITHIN_MS, asked);
      const [generation, sealed, lifetime, era] = (answers?.[0]?.[1] ?? []) as (string | null)[];
      const remainingMs = Number(answers?.[1]?.[1] ?? -2);
      const now = answers?.[2]?.[1] as string | null | undefined;
      if (!now) {
        // Redis was emptied. What is read elsewhere now may be older than what another replica removes meanwhile.
        this.miss();
        return { live: undefined, shareEpoch: undefined };
      }
      if (!generation || !sealed || era !== now || remainingMs <= DEAD_MARGIN_MS) return { live: undefined, shareEpoch: now };
      const token = this.open(sealed, key, generation);
      if (token === undefined) return { live: undefined, shareEpoch: now };
      return {
        live: { token, generation: Number(generation), remainingMs, lifetimeMs: Number(lifetime), stale: false },
        shareEpoch: now,
      };
    } catch {
      // Other replicas may have replaced tokens meanwhile that they could not write here.
      this.miss();
      return { live: undefined, shareEpoch: undefined };
    }
  }

  /** @param era what `get` said before the token was read; absent for the writer of the generation itself */
  async put(key: string, generation: number, token: string, remainingMs: number, lifetimeMs: number, era = ''): Promise<void> {
    if (remainingMs <= DEAD_MARGIN_MS) return;
    const sealed = this.box.seal(token, bindingOf(key, generation));
    await this.run(PUT, key, generation, sealed, lifetimeMs, Math.floor(remainingMs), era);
  }

  /** There is none of this generation; older ones are not to come back. */
  async remove(key: string, generation: number): Promise<void> {
    await this.run(PUT, key, generation, '', 0, EMPTY_MS, '');
  }

  /** A refresh was begun: unless its end is told, the copy dies with the former token. */
  async capAtFormerLife(key: string): Promise<void> {
    await this.run(CAP, key, FORMER_TOKEN_MS);
  }

  /** `undefined`: not written by a broker for this token and generation; then it counts as absent, and is written again. */
  private open(sealed: string, key: string, generation: string): string | undefined {
    try {
      return this.box.open(sealed, bindingOf(key, generation));
    } catch {
      return undefined;
    }
  }

  private async run(script: string, key: string, ...args: (string | number)[]): Promise<void> {
    if (!isReady(this.redis)) {
      this.miss();
      return;
    }
    try {
      await this.afterMissed();
      // What comes late changes nothing: the scripts compare generation and era.
      await within(ANSWERS_WITHIN_MS, this.redis.eval(script, 2, PREFIX + key, ERA, ...args));
    } catch {
      // Others then read MySQL; a lost connection, and what was refused or too late, begins a new era.
      this.miss();
    }
  }

  /** A replica that nobody asks begins the new era all the same, as soon as Redis answers: others would believe the old copies. */
  private miss(): void {
    this.missed = true;
    this.again ??= setTimeout(() => {
      this.again = undefined;
      // A new connection begins one by itself.
      if (isReady(this.redis)) this.afterMissed().catch(() => this.miss());
    }, AGAIN_MS).unref();
  }

  /** A copy that should have been replaced may still be there, also if the connection never broke: it was silent, or Redis refused. */
  private async afterMissed(): Promise<void> {
    if (!this.missed) return;
    await within(ANSWERS_WITHIN_MS, this.begin());
    this.missed = false;
  }

  /** A number: replicas of an older release count it up. */
  private begin(): Promise<unknown> {
    return this.redis.set(ERA, randomInt(2 ** 47));
  }
}

const bindingOf = (key: string, generation: number | string): Binding => ({
  domain: 'shared-tokens',
  table: 'redis',
  columnClass: 'token',
  key: [key, String(generation)],
  purpose: `token:${key}:${generation}`,
  olderPlainText: false,
});
