import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { SecretDomain } from './binding.js';

export const SALT_BYTES = 32;
/** Texts sealed under one derived key. Far below what random 96-bit vectors allow (NIST SP 800-38D: 2³²), and a derivation is rare. */
const USES = 65_536;
/** Derived keys kept for opening; a process that seals leaves one salt per domain and 65,536 texts. */
const KEPT = 512;

/**
 * AES-256 keys derived from one configured key: HKDF-SHA-256 with 32 random bytes as salt and the domain as info.
 *
 * A derivation and a cipher under a fresh key cost five times what the encryption itself costs, so a process seals up to 65,536 texts of a
 * domain under one salt, each with a vector of its own; see docs/adr/0011-ciphertext-that-stays-in-its-row.md.
 */
export class DerivedKeys {
  private readonly sealing = new Map<SecretDomain, { readonly salt: Buffer; readonly key: KeyObject; uses: number }>();
  private readonly opening = new LRUCache<string, KeyObject>({ max: KEPT });

  /** @param configured 32 bytes */
  constructor(private readonly configured: KeyObject) {}

  forSealing(domain: SecretDomain): { readonly salt: Buffer; readonly key: KeyObject } {
    let current = this.sealing.get(domain);
    if (current === undefined || current.uses >= USES) {
      const salt = randomBytes(SALT_BYTES);
      current = { salt, key: this.forOpening(domain, salt), uses: 0 };
      this.sealing.set(domain, current);
    }
    current.uses += 1;
    return current;
  }

  forOpening(domain: SecretDomain, salt: Buffer): KeyObject {
    const name = domain + salt.toString('latin1');
    let key = this.opening.get(name);
    if (key === undefined) {
      key = createSecretKey(Buffer.from(hkdfSync('sha256', this.configured, salt, domain, 32)));
      this.opening.set(name, key);
    }
    return key;
  }
}
