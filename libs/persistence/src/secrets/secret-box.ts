import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto';
import { authenticatedData, type Binding } from './binding.js';
import { DerivedKeys, SALT_BYTES } from './derived-keys.js';

/** One AES-256 key with the id that is written in front of what it encrypts. */
export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** `v2` is bound to its row and sealed under a derived key; `v1`, of the releases before, only to its column. */
export type SealedVersion = 'v1' | 'v2';

export interface SecretBoxOptions {
  /** What is written. A release that knows only `v1` takes `v2` for plain text: none of its replicas may run beside a writer of `v2`. */
  readonly write?: SealedVersion;
  /** `v1` and plain text count as unreadable: once everything stored is `v2`, both can only be forged. */
  readonly strict?: boolean;
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
}

/**
 * Encrypts secrets before they reach the database, and binds each to the place where it belongs: AES-256-GCM, written as
 * `enc:v2:<key id>:<base64url of salt, iv, ciphertext, tag>`. What was copied into another row, column or table does not open.
 *
 * `enc:v1:<key id>:<base64url of iv, ciphertext, tag>` of the releases before is read too, unless the box is strict; it is bound to the
 * purpose alone. Text without a prefix is taken where an older system wrote plain text, and nowhere else.
 */
export class SecretBox {
  readonly write: SealedVersion;
  readonly strict: boolean;
  private readonly keys: ReadonlyMap<string, ConfiguredKey>;
  private readonly current: ConfiguredKey;
  private readonly ivs = new IvPool();

  /** @param keys newest first; the first encrypts, all decrypt. */
  constructor(keys: readonly EncryptionKey[], { write = 'v2', strict = false }: SecretBoxOptions = {}) {
    if (strict && write !== 'v2') throw new Error('a strict SecretBox cannot read what it would write');
    for (const { id, key } of keys) {
      if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) throw new Error('an encryption key id is 1 to 32 letters, digits, "-" or "_"');
      if (key.length !== 32) throw new Error(`encryption key "${id}" is not 32 bytes long`);
    }
    const configured = keys.map(({ id, key: bytes }) => {
      const key = createSecretKey(bytes);
      return { id, key, derived: new DerivedKeys(key) };
    });
    const current = configured[0];
    if (!current) throw new Error('SecretBox needs at least one key');
    this.write = write;
    this.strict = strict;
    this.keys = new Map(configured.map((key) => [key.id, key]));
    this.current = current;
  }

  get currentKeyId(): string {
    return this.current.id;
  }

  /** Whether a key of this id is configured. */
  has(keyId: string): boolean {
    return this.keys.has(keyId);
  }

  seal(plain: string, binding: Binding, version: SealedVersion = this.write): string {
    if (version === 'v2') return this.sealBound(plain, binding);
    return binding.purpose === null ? plain : this.sealForPurpose(plain, binding.purpose);
  }

  /** @throws SecretUnreadableError */
  open(stored: string, binding: Binding): string {
    const seal = this.sealOf(stored);
    if (seal === undefined) return this.takePlainText(stored, binding);
    const key = this.keys.get(seal.keyId);
    if (!key) throw new SecretUnreadableError(seal.keyId, 'no such key is configured');
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

  /** Whether a stored text should be written again: it is not under the newest key, or of an older form than what is written. */
  isStale(stored: string): boolean {
    const seal = this.sealOf(stored);
    // A writer of v1 leaves v2 as it is: during a roll-out the replicas would undo each other's work.
    return seal === undefined || seal.keyId !== this.current.id || (seal.version === 'v1' && this.write === 'v2');
  }

  private takePlainText(stored: string, { olderPlainText }: Binding): string {
    if (!olderPlainText) throw new SecretUnreadableError('', 'it is not encrypted, and no older system wrote there');
    if (this.strict) throw new SecretUnreadableError('', 'it is not encrypted, which SECRETS_STRICT refuses');
    return stored;
  }

  private sealBound(plain: string, binding: Binding): string {
    const iv = this.ivs.next();
    const { salt, key } = this.current.derived.forSealing(binding.domain);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(authenticatedData(binding));
    const bytes = Buffer.concat([salt, iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${PREFIXES.v2}${this.current.id}:${bytes.toString('base64url')}`;
  }

  private sealForPurpose(plain: string, purpose: string): string {
    const iv = this.ivs.next();
    const cipher = createCipheriv('aes-256-gcm', this.current.key, iv);
    cipher.setAAD(Buffer.from(purpose));
    const bytes = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${PREFIXES.v1}${this.current.id}:${bytes.toString('base64url')}`;
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

/**
 * Parses `id:base64,id:base64…` (newest first).
 * @throws Error that names what is wrong, never the value.
 */
export function parseEncryptionKeys(text: string): EncryptionKey[] {
  const keys = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part, index) => {
      const colon = part.indexOf(':');
      if (colon < 1) throw new Error(`entry ${index + 1} has no "<key id>:" in front`);
      const id = part.slice(0, colon);
      const encoded = part.slice(colon + 1);
      const key = Buffer.from(encoded, 'base64');
      if (key.length !== 32) throw new Error(`entry ${index + 1} (key id "${id}") is not 32 bytes in base64`);
      if (new Set(key).size < 8)
        throw new Error(`entry ${index + 1} (key id "${id}") is not random; make one with: openssl rand -base64 32`);
      return { id, key };
    });
  if (keys.length === 0) throw new Error('no key given');
  if (new Set(keys.map((key) => key.id)).size !== keys.length) throw new Error('two keys have the same id');
  return keys;
}
