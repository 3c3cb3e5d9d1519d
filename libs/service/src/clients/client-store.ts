import { hash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { ClientEntity } from '#persistence';
import { DomainError } from '../http/problems.js';
import { newClientKey, parseClientKey, SCOPES, type Scope } from './client-key.js';

/** The caller of a request, as far as it matters to the apps. */
export interface Client {
  readonly clientId: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Appids it may act for; `undefined`: all. */
  readonly authorizers: ReadonlySet<string> | undefined;
  readonly rateLimitPerS: number | undefined;
  readonly proxyPaths: readonly string[] | undefined;
  readonly returnHosts: readonly string[] | undefined;
}

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

interface Known {
  readonly client: Client;
  readonly hashes: readonly { readonly sha256: Buffer; readonly until: number }[];
  readonly until: number;
  readonly readAt: number;
}

/** Client keys: made once, kept as hashes, looked up with a short memory. */
export class ClientStore {
  private readonly known = new LRUCache<string, Known>({ max: 10_000 });
  private readonly readings = new Map<string, Promise<Known | undefined>>();

  constructor(private readonly dataSource: DataSource) {}

  /** @returns the key: it is not shown again. */
  async create(request: NewClient): Promise<{ clientId: string; key: string }> {
    const { clientId, key, secretSha256 } = newClientKey();
    const now = new Date();
    await this.dataSource.getRepository(ClientEntity).insert({
      clientId,
      name: request.name,
      secretSha256,
      scopes: [...request.scopes],
      authorizers: request.authorizers ? [...request.authorizers] : null,
      options: request.options ?? null,
      expiresAt: request.expiresAt ?? null,
      createdAt: now,
      updatedAt: now,
    });
    return { clientId, key };
  }

  /**
   * The client a key belongs to.
   * @throws DomainError `unauthenticated`
   */
  async authenticate(key: string): Promise<Client> {
    const parsed = parseClientKey(key);
    if (!parsed) throw new DomainError('unauthenticated', 'The client key is not well formed; it looks like wxp_<id>_<secret>.');
    const known = await this.find(parsed.clientId);
    if (!known || !holds(known, parsed.secret))
      throw new DomainError('unauthenticated', 'The client key is not known, or was revoked.');
    if (known.until <= Date.now())
      throw new DomainError('unauthenticated', 'The client key has expired; ask an administrator for a new one.');
    return known.client;
  }

  /**
   * The same as `authenticate`, without waiting for anything: `undefined` means "ask `authenticate`", not "refused".
   * @param authorization the header as it came
   */
  recall(authorization: string | undefined): Client | undefined {
    if (authorization === undefined || !authorization.startsWith('Bearer wxp_')) return undefined;
    const parsed = parseClientKey(authorization.slice(7));
    const known = parsed && this.known.get(parsed.clientId);
    if (!parsed || !known) return undefined;
    const now = Date.now();
    const ageMs = now - known.readAt;
    if (ageMs > DOUBTED_MS || known.until <= now || !holds(known, parsed.secret)) return undefined;
    if (ageMs > BELIEVED_MS) this.readBehind(parsed.clientId);
    return known.client;
  }

  /** What is remembered of a client is out of date: its key was rotated or revoked. */
  forget(clientId: string): void {
    this.known.delete(clientId);
    // A reading that is under way may have seen what was before.
    this.readings.delete(clientId);
  }

  private async find(clientId: string): Promise<Known | undefined> {
    const remembered = this.known.get(clientId);
    const ageMs = remembered ? Date.now() - remembered.readAt : Number.POSITIVE_INFINITY;
    if (ageMs <= BELIEVED_MS) return remembered;
    if (ageMs <= DOUBTED_MS) {
      this.readBehind(clientId);
      return remembered;
    }
    try {
      return await this.read(clientId);
    } catch (error) {
      if (remembered && ageMs <= OUTAGE_MS) return remembered;
      throw new DomainError('unavailable', 'The database does not answer, and this client is not known from before.', {
        retryAfterS: 5,
        cause: error,
      });
    }
  }

  private readBehind(clientId: string): void {
    if (!this.readings.has(clientId)) this.read(clientId).catch(() => {});
  }

  /** One reading per client at a time. */
  private read(clientId: string): Promise<Known | undefined> {
    const running = this.readings.get(clientId);
    if (running !== undefined) return running;
    const reading: Promise<Known | undefined> = this.load(
      clientId,
      (): boolean => this.readings.get(clientId) === reading,
    ).finally(() => {
      if (this.readings.get(clientId) === reading) this.readings.delete(clientId);
    });
    this.readings.set(clientId, reading);
    return reading;
  }

  /** @param current whether what was read may be remembered */
  private async load(clientId: string, current: () => boolean): Promise<Known | undefined> {
    const row = await this.dataSource.getRepository(ClientEntity).findOneBy({ clientId });
    const known = row && !row.revokedAt ? toKnown(row) : undefined;
    if (current()) {
      if (known) this.known.set(clientId, known);
      else this.known.delete(clientId);
    }
    return known;
  }
}

function holds(known: Known, secret: string): boolean {
  const digest = hash('sha256', secret, 'buffer');
  for (const candidate of known.hashes) {
    if (
      timingSafeEqual(candidate.sha256, digest) &&
      (candidate.until === Number.POSITIVE_INFINITY || candidate.until > Date.now())
    )
      return true;
  }
  return false;
}

function toKnown(row: ClientEntity): Known {
  const forever = Number.POSITIVE_INFINITY;
  return {
    client: {
      clientId: row.clientId,
      name: row.name,
      scopes: new Set(row.scopes.filter((scope): scope is Scope => (SCOPES as readonly string[]).includes(scope))),
      authorizers: row.authorizers ? new Set(row.authorizers) : undefined,
      rateLimitPerS: row.options?.rate_limit_per_s,
      proxyPaths: row.options?.proxy_paths,
      returnHosts: row.options?.return_hosts,
    },
    hashes: [
      { sha256: Buffer.from(row.secretSha256, 'hex'), until: forever },
      ...(row.previousSecretSha256
        ? [{ sha256: Buffer.from(row.previousSecretSha256, 'hex'), until: row.previousExpiresAt?.getTime() ?? 0 }]
        : []),
    ],
    until: row.expiresAt?.getTime() ?? forever,
    readAt: Date.now(),
  };
}
