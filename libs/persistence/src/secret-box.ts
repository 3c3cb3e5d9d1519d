import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto';

/** One AES-256 key with the id that is written in front of what it encrypts. */
export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

const PREFIX = 'enc:v1:';

/** The stored text is not readable: its key is not configured any more, or it was altered or moved to another column. */
export class SecretUnreadableError extends Error {
  constructor(
    readonly keyId: string,
    reason: string,
  ) {
    super(`a stored secret cannot be read: ${reason} (key id "${keyId}")`);
  }
}

const IV_BYTES = 12;

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

/**
 * Encrypts secrets before they reach the database: AES-256-GCM, written as `enc:v1:<key id>:<base64url of iv, ciphertext, tag>`.
 *
 * `purpose` (for example `refreshtoken`) is authenticated with the text, so a ciphertext copied into another column does not open.
 * Text without the prefix is an older system's plain text: `open` returns it as it is, and it is encrypted when it is next written.
 */
export class SecretBox {
  // KeyObjects and not bytes: Node then makes a cipher several times faster.
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly current: { readonly id: string; readonly key: KeyObject };
  private readonly ivs = new IvPool();

  /** @param keys newest first; the first encrypts, all decrypt. */
  constructor(keys: readonly EncryptionKey[]) {
    const current = keys[0];
    if (!current) throw new Error('SecretBox needs at least one key');
    for (const { id, key } of keys) {
      if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) throw new Error('an encryption key id is 1 to 32 letters, digits, "-" or "_"');
      if (key.length !== 32) throw new Error(`encryption key "${id}" is not 32 bytes long`);
    }
    this.keys = new Map(keys.map(({ id, key }) => [id, createSecretKey(key)]));
    this.current = { id: current.id, key: this.keys.get(current.id)! };
  }

  get currentKeyId(): string {
    return this.current.id;
  }

  /** Whether a key of this id is configured. */
  has(keyId: string): boolean {
    return this.keys.has(keyId);
  }

  seal(plain: string, purpose: string): string {
    const iv = this.ivs.next();
    const cipher = createCipheriv('aes-256-gcm', this.current.key, iv);
    cipher.setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${PREFIX}${this.current.id}:${sealed.toString('base64url')}`;
  }

  /** @throws SecretUnreadableError */
  open(stored: string, purpose: string): string {
    const keyId = this.keyIdOf(stored);
    if (keyId === undefined) return stored;
    const key = this.keys.get(keyId);
    if (!key) throw new SecretUnreadableError(keyId, 'no such key is configured');
    const sealed = Buffer.from(stored.slice(PREFIX.length + keyId.length + 1), 'base64url');
    if (sealed.length < 28) throw new SecretUnreadableError(keyId, 'it is too short');
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(sealed.subarray(sealed.length - 16));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(12, sealed.length - 16)), decipher.final()]).toString('utf8');
    } catch {
      throw new SecretUnreadableError(keyId, 'it was altered, or belongs to another column');
    }
  }

  /**
   * As `open`, but only what was sealed here: for places that no older system has written to, where plain text can only be forged.
   * @throws SecretUnreadableError
   */
  openSealed(stored: string, purpose: string): string {
    if (this.keyIdOf(stored) === undefined) throw new SecretUnreadableError('', 'it is not encrypted');
    return this.open(stored, purpose);
  }

  /** The key id a stored text was encrypted under; `undefined` for an older system's plain text. */
  keyIdOf(stored: string): string | undefined {
    if (!stored.startsWith(PREFIX)) return undefined;
    const end = stored.indexOf(':', PREFIX.length);
    return end < 0 ? undefined : stored.slice(PREFIX.length, end);
  }

  /** Whether a stored text should be written again under the newest key. */
  isStale(stored: string): boolean {
    return this.keyIdOf(stored) !== this.current.id;
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
