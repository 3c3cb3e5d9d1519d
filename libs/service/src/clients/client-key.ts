import { createHash, randomBytes } from 'node:crypto';

const KEY = /^wxp_([0-9a-f]{16})_([0-9a-f]{48})$/;

/** A new key: `wxp_<id>_<secret>`. The key is shown once; the database holds the SHA-256 of the secret. */
export function newClientKey(clientId = randomBytes(8).toString('hex')): { clientId: string; key: string; secretSha256: string } {
  const secret = randomBytes(24).toString('hex');
  return { clientId, key: `wxp_${clientId}_${secret}`, secretSha256: sha256(secret) };
}

export function parseClientKey(key: string): { clientId: string; secret: string } | undefined {
  const match = KEY.exec(key);
  return match?.[1] && match[2] ? { clientId: match[1], secret: match[2] } : undefined;
}

/** 192 random bits need no slow hash: there is nothing to guess. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
