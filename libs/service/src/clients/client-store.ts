import { hash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type DataSource, IsNull } from 'typeorm';
import { ClientEntity } from '#persistence';
import { DomainError } from '../http/problems.js';
import { type Caller, narrowed } from '../identity/caller.js';
import type { CallerLog } from '../identity/caller-log.js';
import { isCallerId, looksLikeToken, type TokenCallers } from '../identity/token-callers.js';
import { type Permission, permissionsOf, type Scope } from '../permissions/permissions.js';
import { within } from '../time/within.js';
import { newClientKey, parseClientKey } from './client-key.js';
import { endOf, isPowerful, powerfulUntil } from './powerful.js';
import { type InTurn, UnknownKeys } from './unknown-keys.js';

export interface NewClient {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly authorizers?: readonly string[] | undefined;
  readonly options?: ClientEntity['options'];
  readonly expiresAt?: Date | undefined;
}

/** Older than this, what is remembered of a client is read again behind the request. */
const BELIEVED_MS = 5_000;
/** Older than this, the request waits for the reading. With `BELIEVED_MS` the bound on a revocation whose message was lost. */
const DOUBTED_MS = 10_000;
/** While the database is away, clients that were known before go on working for so long. */
const OUTAGE_MS = 15 * 60_000;
/** A request waits so long for a client to be read again; then the database counts as away. */
const WAITS_MS = 300;
/** Between two tries to read a client while the database is away. */
const AWAY_PAUSE_MS = 1_000;

/** `ADMIN_SCOPE`. */
export type AdminScope = 'all' | 'manage';

export interface ClientStoreParts {
  /** Whether the scope `admin` allows everything, or only what the role does. */
  readonly adminScope?: AdminScope;
  /** Requests per second of keys that name no limit; 0 or absent: none. */
  readonly defaultRatePerS?: number;
  /** Callers who show a token instead of a key; absent: there are none. */
  readonly tokens?: TokenCallers | undefined;
  /** When each was last here; absent: not kept. */
  readonly log?: CallerLog;
}

/** A secret's hash, and the wall clock's time at which it ends. */
interface Secret {
  readonly sha256: Buffer;
  readonly until: number;
}

interface Known {
  readonly client: Caller;
  readonly secrets: readonly Secret[];
  readonly until: number;
  /** By the monotonic clock: a wall clock that steps back must not make a revoked key live longer. */
  readonly readAt: number;
  /** Headers that were found right: keys of `proven`. */
  readonly headers: string[];
}

interface Proof {
  /** Whose key it is; `undefined`: it is a token, and `caller` who shows it. */
  readonly known: Known | undefined;
  readonly caller: Caller;
  /** When the secret or the client ends, or the token, by the wall clock. */
  readonly until: number;
  /** Of a token: when it is looked at again, by the monotonic clock. */
  readonly believedUntil: number;
}

/** Callers: by keys, which are made once, kept as hashes and looked up with a short memory, and by tokens of trusted issuers. */
export class ClientStore {
  private readonly known = new LRUCache<string, Known>({
    max: 10_000,
    dispose: ({ headers }) => {
      for (const header of headers) this.proven.delete(header);
    },
  });
  /**
   * Whose header it is, of those in `known`: looked up, not hashed with SHA-256 again. A Map compares texts only when their hashes, seeded
   * at random in each process, are equal: how long it takes tells nothing of a secret.
   */
  private readonly proven = new Map<string, Proof>();
  /** Headers with tokens that were found right: keys of `proven`. */
  private readonly tokens = new LRUCache<string, true>({ max: 10_000, dispose: (_, header) => void this.proven.delete(header) });
  private readonly readings = new Map<string, Promise<Known | undefined>>();
  private readonly unknown = new UnknownKeys();
  /** The last reading failed, or did not come in time: nobody waits for another one before one has come. */
  private away: { triedAt: number } | undefined;

  constructor(
    private readonly dataSource: Pick<DataSource, 'getRepository'>,
    private readonly parts: ClientStoreParts = {},
  ) {}

  /**
   * @returns the key, which is not shown again, and when it ends
   * @throws DomainError `invalid-request` when a key of great power would live too long
   */
  async create(request: NewClient): Promise<{ clientId: string; key: string; expiresAt: Date | null }> {
    const expiresAt = endOf(request.scopes, request.expiresAt);
    const { clientId, key, secretSha256 } = newClientKey();
    const now = new Date();
    await this.dataSource.getRepository(ClientEntity).insert({
      clientId,
      name: request.name,
      secretSha256,
      scopes: [...request.scopes],
      authorizers: request.authorizers ? [...request.authorizers] : null,
      options: request.options ?? null,
      expiresAt,
      createdAt: now,
      updatedAt: now,
    });
    return { clientId, key, expiresAt };
  }

  /** @returns false: there is no such client. Whoever remembers it must forget it: see `forget`. */
  async change(clientId: string, values: Partial<ClientEntity>): Promise<boolean> {
    const result = await this.dataSource.getRepository(ClientEntity).update({ clientId }, { ...values, updatedAt: new Date() });
    return result.affected === 1;
  }

  /**
   * Gives a client that was read before a new key; the former one works on for `overlapS` seconds. One of great power lives anew.
   * @returns `undefined`: it was revoked or got another key meanwhile. That key was handed out, so it is not written over.
   */
  async rotate(
    { clientId, secretSha256: former, scopes }: Pick<ClientEntity, 'clientId' | 'secretSha256' | 'scopes'>,
    overlapS: number,
  ): Promise<{ key: string; formerUntil: Date | null } | undefined> {
    const { key, secretSha256 } = newClientKey(clientId);
    const now = new Date();
    const formerUntil = overlapS > 0 ? new Date(now.getTime() + overlapS * 1_000) : null;
    const result = await this.dataSource.getRepository(ClientEntity).update(
      { clientId, secretSha256: former, revokedAt: IsNull() },
      {
        secretSha256,
        previousSecretSha256: formerUntil ? former : null,
        previousExpiresAt: formerUntil,
        ...(isPowerful(scopes) ? { expiresAt: powerfulUntil(now) } : {}),
        updatedAt: now,
      },
    );
    return result.affected === 1 ? { key, formerUntil } : undefined;
  }

  /**
   * Whose key or token it is.
   * @param address who asks; `undefined`: it is not limited how many unknown keys come from there
   * @throws DomainError `unauthenticated`, `rate-limited`, `unavailable`
   */
  async authenticate(key: string, address?: string): Promise<Caller> {
    if (this.parts.tokens !== undefined && looksLikeToken(key)) return this.admitToken(this.parts.tokens, key, address);
    const parsed = parseClientKey(key);
    if (!parsed) throw new DomainError('unauthenticated', 'The client key is not well formed; it looks like wxp_<id>_<secret>.');
    const known = await this.find(parsed.clientId, address);
    if (!known || !secretOf(known, parsed.secret))
      throw new DomainError('unauthenticated', 'The client key is not known, or was revoked.');
    if (known.until <= Date.now())
      throw new DomainError('unauthenticated', 'The client key has expired; ask an administrator for a new one.');
    this.parts.log?.note(known.client.actor);
    return known.client;
  }

  private async admitToken(tokens: TokenCallers, token: string, address: string | undefined): Promise<Caller> {
    const header = `Bearer ${token}`;
    const remembered = this.recall(header);
    if (remembered !== undefined) return remembered;
    const { caller, principal, until, believedMs, byAddress } = await tokens.admit(token, address);
    this.parts.log?.note(caller.actor, principal);
    if (!byAddress) {
      this.tokens.set(header, true);
      this.proven.set(header, { known: undefined, caller, until, believedUntil: performance.now() + believedMs });
    }
    return caller;
  }

  /** What scopes allow in this deployment. */
  permissionsOf(scopes: readonly string[]): ReadonlySet<Permission> {
    return permissionsOf(scopes, this.parts.adminScope === 'manage');
  }

  /**
   * What a client may do at this moment, read past what is remembered: for what was asked of it long ago and is acted on now.
   * @returns `undefined`: there is none, or it was revoked or has expired
   */
  async presentRights(clientId: string): Promise<Caller | undefined> {
    if (isCallerId(clientId)) {
      const principal = await this.parts.log?.find(clientId);
      return principal && this.parts.tokens?.presentRights(principal);
    }
    const row = await this.dataSource.getRepository(ClientEntity).findOneBy({ clientId });
    if (!row || row.revokedAt) return undefined;
    const { client, until } = this.toKnown(row);
    return until > Date.now() ? client : undefined;
  }

  /** Whether persons are known by more than their keys: then a key is none. */
  get knowsPersons(): boolean {
    return this.parts.tokens?.hasPersons ?? false;
  }

  /** Of a caller who was here: the person, where that is known, otherwise the caller himself. */
  async personOf(clientId: string): Promise<string> {
    return (isCallerId(clientId) && (await this.parts.log?.find(clientId))?.personId) || clientId;
  }

  /** Somebody with the bounds within which he may do this one thing now. @returns `undefined`: he may not, there */
  async presentlyMay(clientId: string, permission: Permission, componentAppid: string): Promise<Caller | undefined> {
    const caller = await this.presentRights(clientId);
    const here = caller && narrowed(caller, permission, componentAppid);
    return here?.permissions.has(permission) && (here.components?.has(componentAppid) ?? true) ? here : undefined;
  }

  /**
   * The same as `authenticate`, without waiting for anything: `undefined` means "ask `authenticate`", not "refused".
   * @param authorization the header as it came
   */
  recall(authorization: string | undefined): Caller | undefined {
    if (authorization === undefined) return undefined;
    const proof = this.proven.get(authorization) ?? this.prove(authorization);
    if (proof === undefined) return undefined;
    const { known, caller } = proof;
    if (proof.until <= Date.now()) return undefined;
    if (known === undefined) return performance.now() < proof.believedUntil ? caller : undefined;
    const ageMs = performance.now() - known.readAt;
    if (ageMs > this.believedMs) return undefined;
    if (ageMs > BELIEVED_MS) {
      this.readBehind(caller.clientId);
      this.parts.log?.note(caller.actor);
    }
    return caller;
  }

  /** Checks a header that was not seen since its client was read, and remembers one that is right. */
  private prove(authorization: string): Proof | undefined {
    const parsed = authorization.startsWith('Bearer ') ? parseClientKey(authorization.slice(7)) : undefined;
    const known = parsed && this.known.get(parsed.clientId);
    const secret = known && secretOf(known, parsed.secret);
    if (!known || !secret) return undefined;
    const proof = {
      known,
      caller: known.client,
      until: Math.min(secret.until, known.until),
      believedUntil: Number.POSITIVE_INFINITY,
    };
    known.headers.push(authorization);
    this.proven.set(authorization, proof);
    return proof;
  }

  /** What is remembered of a client is out of date: its key was rotated or revoked. */
  forget(clientId: string): void {
    this.known.delete(clientId);
    this.unknown.forget(clientId);
    // A reading that is under way may have seen what was before.
    this.readings.delete(clientId);
  }

  private async find(clientId: string, address: string | undefined): Promise<Known | undefined> {
    const remembered = this.known.get(clientId);
    const ageMs = remembered ? performance.now() - remembered.readAt : Number.POSITIVE_INFINITY;
    if (ageMs <= BELIEVED_MS) return remembered;
    if (ageMs <= this.believedMs) {
      this.readBehind(clientId);
      return remembered;
    }
    const usable = remembered && ageMs <= OUTAGE_MS;
    try {
      if (!remembered) return await this.unknown.lookUp<Known>(clientId, address, (inTurn) => this.read(clientId, inTurn));
      const reading = this.read(clientId);
      return await (usable ? within(WAITS_MS, reading) : reading);
    } catch (error) {
      if (error instanceof DomainError) throw error;
      this.away ??= { triedAt: performance.now() };
      if (usable) return remembered;
      throw new DomainError('unavailable', 'The database does not answer, and this client is not known from before.', {
        retryAfterS: 5,
        cause: error,
      });
    }
  }

  private get believedMs(): number {
    return this.away ? OUTAGE_MS : DOUBTED_MS;
  }

  private readBehind(clientId: string): void {
    if (this.readings.has(clientId)) return;
    const now = performance.now();
    if (this.away && now - this.away.triedAt < AWAY_PAUSE_MS) return;
    if (this.away) this.away.triedAt = now;
    this.read(clientId).catch(() => {
      this.away ??= { triedAt: now };
    });
  }

  /** One reading per client at a time, also while it waits for its turn. */
  private read(clientId: string, inTurn: InTurn<Known> = (load) => load()): Promise<Known | undefined> {
    const running = this.readings.get(clientId);
    if (running !== undefined) return running;
    const reading: Promise<Known | undefined> = inTurn(() =>
      this.load(clientId, (): boolean => this.readings.get(clientId) === reading),
    ).finally(() => {
      if (this.readings.get(clientId) === reading) this.readings.delete(clientId);
    });
    this.readings.set(clientId, reading);
    return reading;
  }

  /** @param current whether what was read may be remembered */
  private async load(clientId: string, current: () => boolean): Promise<Known | undefined> {
    const row = await this.dataSource.getRepository(ClientEntity).findOneBy({ clientId });
    this.away = undefined;
    const known = row && !row.revokedAt ? this.toKnown(row) : undefined;
    if (current()) {
      if (known) this.known.set(clientId, known);
      else this.known.delete(clientId);
    }
    return known;
  }

  private toKnown(row: ClientEntity): Known {
    const forever = Number.POSITIVE_INFINITY;
    return {
      client: {
        clientId: row.clientId,
        name: row.name,
        actor: { kind: 'key', id: row.clientId, name: row.name },
        permissions: this.permissionsOf(row.scopes),
        components: row.options?.components ? new Set(row.options.components) : undefined,
        authorizers: row.authorizers ? new Set(row.authorizers) : undefined,
        rateLimitPerS: row.options?.rate_limit_per_s ?? (this.parts.defaultRatePerS || undefined),
        proxyPaths: row.options?.proxy_paths,
        returnHosts: row.options?.return_hosts,
        webhookHosts: row.options?.webhook_hosts,
      },
      secrets: [
        { sha256: Buffer.from(row.secretSha256, 'hex'), until: forever },
        ...(row.previousSecretSha256
          ? [{ sha256: Buffer.from(row.previousSecretSha256, 'hex'), until: row.previousExpiresAt?.getTime() ?? 0 }]
          : []),
      ],
      until: row.expiresAt?.getTime() ?? forever,
      readAt: performance.now(),
      headers: [],
    };
  }
}

/** The one of a client's living secrets that this is, compared in constant time. */
function secretOf({ secrets }: Known, given: string): Secret | undefined {
  const digest = hash('sha256', given, 'buffer');
  return secrets.find(({ sha256, until }) => timingSafeEqual(sha256, digest) && until > Date.now());
}
