import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hash,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { PushRefusedError } from './push-refused.error.js';

const BLOCK = 32;
const RANDOM = 16;
const HEAD = RANDOM + 4;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const HEX_SHA1 = /^[0-9a-f]{40}$/;

/** A decoded EncodingAESKey: made once, used for every push. */
export interface AesKey {
  /** A KeyObject and not bytes: Node then makes a decipher about eight times faster. */
  readonly key: KeyObject;
  readonly iv: Buffer;
}

/** True for exactly 43 letters and digits, which is all that WeChat's console accepts. */
export function isValidEncodingAesKey(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9]{43}$/.test(value);
}

/**
 * Decodes an EncodingAESKey.
 * Leniently: 43 characters hold 258 bits, and the two that are too many may be set; `Buffer.from` drops them.
 * @throws TypeError if it is not 43 letters and digits (WeChat's -40004). The message does not hold the value.
 */
export function decodeAesKey(encodingAesKey: string): AesKey {
  if (!isValidEncodingAesKey(encodingAesKey)) {
    throw new TypeError('EncodingAESKey must be exactly 43 letters and digits (-40004)');
  }
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  return { key: createSecretKey(key), iv: key.subarray(0, 16) };
}

/** SHA-1 over the sorted, joined parts, in lower-case hex: both `signature` (three parts) and `msg_signature` (four). */
export function sign(...parts: string[]): string {
  return hash('sha1', parts.sort().join(''), 'hex');
}

/** Compares a received hex SHA-1 with the computed one without telling by time where they differ. */
export function sameSignature(received: unknown, computed: string): boolean {
  return (
    typeof received === 'string' &&
    HEX_SHA1.test(received) &&
    timingSafeEqual(Buffer.from(received, 'latin1'), Buffer.from(computed, 'latin1'))
  );
}

/**
 * Encrypts a message as WeChat does: AES-256-CBC over `random(16) ‖ length(4, big-endian) ‖ message ‖ appid`, padded to 32 bytes.
 * @param random 16 bytes; only tests give it.
 * @returns standard base64.
 */
export function encrypt(key: AesKey, message: string, appid: string, random: Buffer = randomBytes(RANDOM)): string {
  if (random.length !== RANDOM) {
    throw new TypeError('random must be 16 bytes');
  }
  const messageBytes = Buffer.byteLength(message);
  const used = HEAD + messageBytes + Buffer.byteLength(appid);
  const pad = BLOCK - (used % BLOCK);
  const plain = Buffer.alloc(used + pad, pad);
  random.copy(plain);
  plain.writeUInt32BE(messageBytes, RANDOM);
  plain.write(message, HEAD);
  plain.write(appid, HEAD + messageBytes);
  const cipher = createCipheriv('aes-256-cbc', key.key, key.iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
}

export interface Decrypted {
  readonly message: string;
  /** The tail: on pushes always the component's appid. */
  readonly appid: string;
  readonly random: Buffer;
}

/**
 * The opposite of {@link encrypt}.
 * @throws PushRefusedError `base64`, `decrypt` (length) or `buffer` (padding or inner length: usually the wrong key).
 */
export function decrypt(key: AesKey, encrypted: string): Decrypted {
  if (encrypted.length % 4 !== 0 || !BASE64.test(encrypted)) {
    throw new PushRefusedError('base64', 'Encrypt is not base64');
  }
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length === 0 || bytes.length % 16 !== 0) {
    throw new PushRefusedError('decrypt', 'ciphertext is not a whole number of blocks');
  }
  // OpenSSL knows pads up to 16 only and would refuse about half of all real pushes: the pad is taken off by hand.
  // `update` then gives every whole block, and that they are whole was checked above: nothing is left for `final`.
  const plain = createDecipheriv('aes-256-cbc', key.key, key.iv).setAutoPadding(false).update(bytes);
  const pad = plain[plain.length - 1] ?? 0;
  const end = plain.length - pad;
  if (pad < 1 || pad > BLOCK || end < HEAD) {
    throw new PushRefusedError('buffer', 'padding is wrong');
  }
  const messageEnd = HEAD + plain.readUInt32BE(RANDOM);
  if (messageEnd > end) {
    throw new PushRefusedError('buffer', 'inner length is wrong');
  }
  return {
    message: plain.toString('utf8', HEAD, messageEnd),
    appid: plain.toString('utf8', messageEnd, end),
    random: plain.subarray(0, RANDOM),
  };
}
