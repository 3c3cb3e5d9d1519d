import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { ClientEntity } from '#persistence';
import { DomainError } from '../http/problems.js';
import { hashesEqual, newClientKey, parseClientKey, SCOPES, type Scope, sha256 } from './client-key.js';

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

/** How long a replica may believe what it read of a client: the bound on a revocation whose message was lost. */
const BELIEVED_MS = 5_000;

interface Known {
  readonly client: Client;
  readonly hashes: readonly { readonly sha256: string; readonly until: number }[];
  readonly until: number;
  readonly readAt: number;
}

/** Client keys: made once, kept as hashes, looked up with a short memory. */
export class ClientStore {
  private readonly known = new LRUCache<string, Known>({ max: 10_000 });

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
    const now = Date.now();
    const hash = sha256(parsed.secret);
    const matches = known?.hashes.some((candidate) => hashesEqual(candidate.sha256, hash) && candidate.until > now) ?? false;
    if (!known || !matches) throw new DomainError('unauthenticated', 'The client key is not known, or was revoked.');
    if (known.until <= now)
      throw new DomainError('unauthenticated', 'The client key has expired; ask an administrator for a new one.');
    return known.client;
  }

  /** What is remembered of a client is out of date: its key was rotated or revoked. */
  forget(clientId: string): void {
    this.known.delete(clientId);
  }

  private async find(clientId: string): Promise<Known | undefined> {
    const remembered = this.known.get(clientId);
    if (remembered && Date.now() - remembered.readAt < BELIEVED_MS) return remembered;
    const row = await this.dataSource.getRepository(ClientEntity).findOneBy({ clientId });
    if (!row || row.revokedAt) {
      this.known.delete(clientId);
      return undefined;
    }
    const known = toKnown(row);
    this.known.set(clientId, known);
    return known;
  }
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
      { sha256: row.secretSha256, until: forever },
      ...(row.previousSecretSha256 ? [{ sha256: row.previousSecretSha256, until: row.previousExpiresAt?.getTime() ?? 0 }] : []),
    ],
    until: row.expiresAt?.getTime() ?? forever,
    readAt: Date.now(),
  };
}
