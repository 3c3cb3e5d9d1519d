import { createHash } from 'node:crypto';
import { decrypt, encrypt } from '@wecom/crypto';

/** SHA-1 over the sorted parts: `signature` without, `msg_signature` with the `Encrypt` text (authorization reference §1.2). */
export const sign = (...parts: string[]): string => createHash('sha1').update(parts.sort().join('')).digest('hex');

export const isEncodingAesKey = (key: string): boolean => /^[A-Za-z0-9]{43}$/.test(key);

export const seal = (aesKey: string, message: string, appid: string, random?: Buffer): string =>
  encrypt(aesKey, message, appid, random);

/**
 * The message inside a ciphertext.
 * `@wecom/crypto` takes bad padding, a wrong length and any tail as they are, so the result is encrypted again:
 * only what gives the very same bytes was well formed.
 * @throws Error when the ciphertext is malformed, under another key, or for another appid.
 */
export function open(aesKey: string, ciphertext: string, appid: string): { message: string; random: Buffer } {
  const { message, id, random } = decrypt(aesKey, ciphertext);
  if (encrypt(aesKey, message, id, random) !== ciphertext) throw new Error('malformed ciphertext');
  if (id !== appid) throw new Error('ciphertext is for another appid');
  return { message, random };
}
