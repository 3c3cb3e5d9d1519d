import { readFileSync } from 'node:fs';
import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import { Agent, request } from 'undici';
import { ConfigError } from '../config/load-config.js';
import { DomainError } from '../http/problems.js';
import type { IssuerSettings } from './identity-file.js';

/** At an unknown key the issuer is asked at most so often. */
const ASKED_EVERY_MS = 30_000;
/** Older keys are read again behind a request: one that the issuer took back must not count for ever. */
const FRESH_MS = 10 * 60_000;
/** While the issuer is away, its keys are believed for so long. */
const BELIEVED_MS = 24 * 3_600_000;
const ANSWERS_WITHIN_MS = 5_000;
const MOST_BYTES = 256 * 1_024;

type Find = (header: JWSHeaderParameters) => Promise<CryptoKey>;

/** By the monotonic clock, which a test may turn. */
export type Monotonic = () => number;

/** The public keys of an issuer, from a file or from its server, which may be away. */
export class KeySet {
  private find: Find | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private askedAt = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | undefined;
  private readonly agent: Agent | undefined;

  /** @throws ConfigError when a file cannot be used */
  constructor(
    private readonly issuer: IssuerSettings,
    private readonly now: Monotonic = () => performance.now(),
  ) {
    const { name, jwks_file, ca_file } = issuer;
    if (jwks_file !== undefined) {
      this.find = finder(parse(readText(name, 'jwks_file', jwks_file)), () => unusable(name, 'jwks_file'));
      this.readAt = Number.POSITIVE_INFINITY;
    }
    if (ca_file !== undefined) this.agent = new Agent({ connect: { ca: readText(name, 'ca_file', ca_file) } });
  }

  /**
   * The key that a token names.
   * @throws DomainError `unavailable` when the issuer was not heard for too long
   * @throws errors.JWKSNoMatchingKey when it has no such key
   */
  async keyFor(header: JWSHeaderParameters): Promise<CryptoKey> {
    if (this.issuer.jwks_file !== undefined) return this.find!(header);
    const ageMs = this.now() - this.readAt;
    if (this.find === undefined || ageMs > BELIEVED_MS) await this.ask();
    else if (ageMs > FRESH_MS) void this.ask();
    try {
      return await this.known()(header);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // It may be newer than what was read.
      await this.ask();
      return this.known()(header);
    }
  }

  private known(): Find {
    if (this.find !== undefined && this.now() - this.readAt <= BELIEVED_MS) return this.find;
    throw new DomainError('unavailable', `The keys of the issuer ${this.issuer.name} cannot be read at this moment.`, {
      retryAfterS: ASKED_EVERY_MS / 1_000,
    });
  }

  /** One question at a time, and not too often. Never fails: what was known before stays. */
  private ask(): Promise<void> {
    if (this.asking !== undefined) return this.asking;
    if (this.now() - this.askedAt < ASKED_EVERY_MS) return Promise.resolve();
    this.askedAt = this.now();
    this.asking = this.read().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async read(): Promise<void> {
    try {
      const { token_file, name } = this.issuer;
      const { statusCode, body } = await request(this.issuer.jwks_uri!, {
        headers: {
          accept: 'application/json',
          // Read each time: Kubernetes writes a new one every hour.
          ...(token_file ? { authorization: `Bearer ${readText(name, 'token_file', token_file).trim()}` } : {}),
        },
        signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
        ...(this.agent ? { dispatcher: this.agent } : {}),
      });
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body) {
        size += (chunk as Buffer).length;
        if (size > MOST_BYTES) throw new Error('the answer is too long');
        chunks.push(chunk as Buffer);
      }
      if (statusCode !== 200) return;
      this.find = finder(parse(Buffer.concat(chunks).toString('utf8')), () => new Error('no key set'));
      this.readAt = this.now();
    } catch {
      // Away, or answers something else.
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of a set with a secret or private key nothing is taken: whoever can read the set could sign. */
function finder(set: unknown, refuse: () => Error): Find {
  const keys = (set as { keys?: unknown } | undefined)?.keys;
  const usable =
    Array.isArray(keys) &&
    keys.length > 0 &&
    keys.every((key: Record<string, unknown>) => key?.['kty'] !== 'oct' && !('d' in key));
  if (!usable) throw refuse();
  return createLocalJWKSet(set as JSONWebKeySet) as unknown as Find;
}

function readText(name: string, member: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([{ key: 'WXPLANE_IDENTITY', problem: `${member} of the issuer ${name} cannot be read (${code})` }]);
  }
}

const unusable = (name: string, member: string) =>
  new ConfigError([
    { key: 'WXPLANE_IDENTITY', problem: `${member} of the issuer ${name} is no set of public keys {"keys": […]}` },
  ]);
