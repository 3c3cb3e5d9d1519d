import { SECRET_DOMAINS, type SecretDomain } from './binding.js';

/** One AES-256 key with the id that is written in front of what it encrypts. */
export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
  /** What it is for; absent: everything. */
  readonly domains?: readonly SecretDomain[];
}

export const isFor = ({ domains }: EncryptionKey, domain: SecretDomain): boolean => domains?.includes(domain) ?? true;

/** Those of the domains that no key is for. */
export function withoutKey(keys: readonly EncryptionKey[], domains: readonly SecretDomain[]): SecretDomain[] {
  return domains.filter((domain) => !keys.some((key) => isFor(key, domain)));
}

/**
 * Parses `id:base64,id@inbox+tickets:base64…` (newest first); an entry without `@` is for every domain.
 * @throws Error that names what is wrong, never the value.
 */
export function parseEncryptionKeys(text: string): EncryptionKey[] {
  const keys = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map(parseEntry);
  if (keys.length === 0) throw new Error('no key given');
  for (const [index, { id, key, domains }] of keys.entries()) {
    for (const earlier of keys.slice(0, index)) {
      if (earlier.id === id)
        throw new Error(
          earlier.key.equals(key)
            ? `two keys have the same id "${id}": name all domains of a key in one entry`
            : `two keys have the same id "${id}" and differ: a stored text would not say which one opens it`,
        );
      // Whoever got one of them could open what the other is for.
      if (earlier.key.equals(key) && (domains ?? earlier.domains) !== undefined)
        throw new Error(`keys "${earlier.id}" and "${id}" are the same: a key for some domains is one of its own`);
    }
  }
  return keys;
}

/** As `parseEncryptionKeys` reads it. */
export function formatEncryptionKeys(keys: readonly EncryptionKey[]): string {
  return keys.map(({ id, key, domains }) => `${id}${domains ? `@${domains.join('+')}` : ''}:${key.toString('base64')}`).join(',');
}

function parseEntry(part: string, index: number): EncryptionKey {
  const colon = part.indexOf(':');
  const [id = '', names, ...more] = part.slice(0, Math.max(0, colon)).split('@');
  if (id === '') throw new Error(`entry ${index + 1} has no "<key id>:" in front`);
  if (more.length > 0) throw new Error(`entry ${index + 1} (key id "${id}") has more than one "@"`);
  const domains = names?.split('+').map((name) => {
    const domain = SECRET_DOMAINS.find((one) => one === name);
    if (!domain)
      throw new Error(
        `entry ${index + 1} (key id "${id}") is for "${name}", which is no domain; these are: ${SECRET_DOMAINS.join(', ')}`,
      );
    return domain;
  });
  const key = Buffer.from(part.slice(colon + 1), 'base64');
  if (key.length !== 32) throw new Error(`entry ${index + 1} (key id "${id}") is not 32 bytes in base64`);
  if (new Set(key).size < 8)
    throw new Error(`entry ${index + 1} (key id "${id}") is not random; make one with: openssl rand -base64 32`);
  return { id, key, ...(domains ? { domains } : {}) };
}
