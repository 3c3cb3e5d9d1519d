import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto';
import { authenticatedData, type Binding, hasOlderForm, type SecretDomain } from './binding.js';
import { DerivedKeys, SALT_BYTES } from './derived-keys.js';
import { type DomainUse, EVERY_DOMAIN } from './domain-use.js';
import { type EncryptionKey, isFor } from './encryption-keys.js';

/** `v2` is bound to its row and sealed under a derived key; `v1`, of the releases before, only to its column. */
export type SealedVersion = 'v1' | 'v2';

export interface SecretBoxOptions {
  /** What is written. A release that knows only `v1` takes `v2` for plain text: none of its replicas may run beside a writer of `v2`. */
  readonly write?: SealedVersion;
  /** `v1` and plain text count as unreadable: once everything stored is `v2`, both can only be forged. */
  readonly strict?: boolean;
  /** What is sealed and opened here; keys of nothing else are kept. Default: everything. */
  readonly use?: DomainUse;
}

/** The stored text is not readable: its key is not configured any more, or it was altered, moved or forged. */
export class SecretUnreadableError extends Error {
  constructor(
    /** `''`: it is not under any key. */
    readonly keyId: string,
    reason: string,
  ) {
    super(`a stored secret cannot be read: ${reason} (key id "${keyId}")`);
  }
}

/** How a stored text is sealed. */
export interface Seal {
  readonly version: SealedVersion;
  readonly keyId: string;
}

const PREFIXES: Readonly<Record<SealedVersion, string>> = { v1: 'enc:v1:', v2: 'enc:v2:' };
const PREFIX_LENGTH = 'enc:v1:'.length;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Random initialisation vectors, drawn many at a time: asking the system for each would cost as much as the encryption. */
class IvPool {
  private readonly bytes = Buffer.alloc(IV_BYTES * 256);
  private at = this.bytes.length;

  /** Each is given out once. */
  next(): Buffer {
    if (this.at === this.bytes.length) {
      randomFillSync(this.bytes);
      this.at = 0;
    }
    const iv = Buffer.from(this.bytes.subarray(this.at, this.at + IV_BYTES));
    this.at += IV_BYTES;
    return iv;
  }
}

interface ConfiguredKey {
  readonly id: string;
  // A KeyObject and not bytes: Node then makes a cipher several times faster.
  readonly key: KeyObject;
  readonly derived: DerivedKeys;
  readonly opens: ReadonlySet<SecretDomain>;
}

/**
 * Encrypts secrets before they reach the database, and binds each to the place where it belongs: AES-256-GCM, written as
 * `enc:v2:<key id>:<base64url of salt, iv, ciphertext, tag>`. What was copied into another row, column or table does not open.
 *
 * `enc:v1:<key id>:<base64url of iv, ciphertext, tag>` of the releases before is read too, unless the box is strict; it is bound to the
 * purpose alone. Text without a prefix is taken where an older system wrote plain text, and nowhere else.
 *
 * A key that names domains seals and opens nothing of others.
 */
export class SecretBox {
  readonly write: SealedVersion;
  readonly strict: boolean;
  private readonly keys: ReadonlyMap<string, ConfiguredKey>;
  /** The newest key of each domain that is sealed here. */
  private readonly sealing: ReadonlyMap<SecretDomain, ConfiguredKey>;
  private readonly ivs = new IvPool();

  /** @param keys newest first; the first that has a text's domain encrypts it, all that have it decrypt. */
  constructor(keys: readonly EncryptionKey[], { write = 'v2', strict = false, use = EVERY_DOMAIN }: SecretBoxOptions = {}) {
    if (strict && write !== 'v2') throw new Error('a strict SecretBox cannot read what it would write');
    for (const { id, key } of keys) {
      if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) throw new Error('an encryption key id is 1 to 32 letters, digits, "-" or "_"');
      if (key.length !== 32) throw new Error(`encryption key "${id}" is not 32 bytes long`);
    }
    if (keys.length === 0) throw new Error('SecretBox needs at least one key');
    const sealing = new Map<SecretDomain, ConfiguredKey>();
    const kept = new Map<string, ConfiguredKey>();
    for (const one of keys) {
      const opens = new Set(use.opens.filter((domain) => isFor(one, domain)));
      const seals = use.seals.filter((domain) => isFor(one, domain) && !sealing.has(domain));
      if (opens.size === 0 && seals.length === 0) continue;
      const key = createSecretKey(one.key);
      const configured = { id: one.id, key, derived: new DerivedKeys(key), opens };
      kept.set(one.id, configured);
      for (const domain of seals) sealing.set(domain, configured);
    }
    this.write = write;
    this.strict = strict;
    this.keys = kept;
    this.sealing = sealing;
  }

  /** Under which key a text of the domain is sealed now; `undefined`: under none. */
  currentKeyId(domain: SecretDomain): string | undefined {
    return this.sealing.get(domain)?.id;
  }

  /** Whether what is sealed under this key in the domain may be opened here. */
  has(keyId: string, domain: SecretDomain): boolean {
    return this.keys.get(keyId)?.opens.has(domain) ?? false;
  }

  seal(plain: string, binding: Binding, version: SealedVersion = this.write): string {
    if (version === 'v2' || !hasOlderForm(binding)) return this.sealBound(plain, binding);
    return binding.purpose === null ? plain : this.sealForPurpose(plain, binding.purpose, binding.domain);
  }

  /** @throws SecretUnreadableError */
  open(stored: string, binding: Binding): string {
    const seal = this.sealOf(stored);
    if (seal === undefined) return this.takePlainText(stored, binding);
    const key = this.keys.get(seal.keyId);
    if (!key) throw new SecretUnreadableError(seal.keyId, 'no such key is configured');
    if (!key.opens.has(binding.domain))
      throw new SecretUnreadableError(seal.keyId, `that key is not for "${binding.domain}" here`);
    const bytes = Buffer.from(stored.slice(PREFIX_LENGTH + seal.keyId.length + 1), 'base64url');
    if (seal.version === 'v2') {
      if (bytes.length < SALT_BYTES + IV_BYTES + TAG_BYTES) throw new SecretUnreadableError(seal.keyId, 'it is too short');
      const derived = key.derived.forOpening(binding.domain, bytes.subarray(0, SALT_BYTES));
      return decrypt(derived, bytes.subarray(SALT_BYTES), authenticatedData(binding), seal.keyId);
    }
    if (this.strict) throw new SecretUnreadableError(seal.keyId, 'it is of an older form, which SECRETS_STRICT refuses');
    if (binding.purpose === null)
      throw new SecretUnreadableError(seal.keyId, 'it is of an older form, which was never written there');
    if (bytes.length < IV_BYTES + TAG_BYTES) throw new SecretUnreadableError(seal.keyId, 'it is too short');
    return decrypt(key.key, bytes, Buffer.from(binding.purpose), seal.keyId);
  }

  /**
   * Version and key id of a stored text; `undefined`: it is plain text.
   * @throws SecretUnreadableError when it is sealed in a form that this release does not know
   */
  sealOf(stored: string): Seal | undefined {
    if (!stored.startsWith('enc:')) return undefined;
    const end = stored.indexOf(':', PREFIX_LENGTH);
    const version = stored.startsWith(PREFIXES.v2) ? 'v2' : stored.startsWith(PREFIXES.v1) ? 'v1' : undefined;
    if (version === undefined || end < 0)
      throw new SecretUnreadableError('', 'its form is unknown: a newer release wrote it, or it was altered');
    return { version, keyId: stored.slice(PREFIX_LENGTH, end) };
  }

  /** Whether a stored text should be written again: it is not under the domain's newest key, or of an older form than what is written. */
  isStale(stored: string, domain: SecretDomain): boolean {
    const seal = this.sealOf(stored);
    // A writer of v1 leaves v2 as it is: during a roll-out the replicas would undo each other's work.
    return seal === undefined || seal.keyId !== this.currentKeyId(domain) || (seal.version === 'v1' && this.write === 'v2');
  }

  private takePlainText(stored: string, { olderPlainText }: Binding): string {
    if (!olderPlainText) throw new SecretUnreadableError('', 'it is not encrypted, and no older system wrote there');
    if (this.strict) throw new SecretUnreadableError('', 'it is not encrypted, which SECRETS_STRICT refuses');
    return stored;
  }

  private sealBound(plain: string, binding: Binding): string {
    const iv = this.ivs.next();
    const { id, derived } = this.keyFor(binding.domain);
    const { salt, key } = derived.forSealing(binding.domain);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(authenticatedData(binding));
    const bytes = Buffer.concat([salt, iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${PREFIXES.v2}${id}:${bytes.toString('base64url')}`;
  }

  private sealForPurpose(plain: string, purpose: string, domain: SecretDomain): string {
    const { id, key } = this.keyFor(domain);
    const iv = this.ivs.next();
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(Buffer.from(purpose));
    const bytes = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${PREFIXES.v1}${id}:${bytes.toString('base64url')}`;
  }

  private keyFor(domain: SecretDomain): ConfiguredKey {
    const key = this.sealing.get(domain);
    if (!key) throw new Error(`nothing of "${domain}" is sealed here: no key is for it`);
    return key;
  }
}

/** @param bytes iv, ciphertext, tag */
function decrypt(key: KeyObject, bytes: Buffer, authenticated: Buffer, keyId: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(authenticated);
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    throw new SecretUnreadableError(keyId, 'it was altered, or belongs to another row or column');
  }
}
