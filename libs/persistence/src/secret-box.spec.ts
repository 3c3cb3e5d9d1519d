import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEncryptionKeys, SecretBox, SecretUnreadableError } from './secret-box.js';

const oldKey = { id: 'k1', key: randomBytes(32) };
const newKey = { id: 'k2', key: randomBytes(32) };

describe('SecretBox', () => {
  it('opens what it sealed, whatever the text', () => {
    const box = new SecretBox([newKey]);
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => box.open(box.seal(text, 'event'), 'event') === text));
  });

  it('writes the key id in front and never the text', () => {
    const sealed = new SecretBox([newKey]).seal('refreshtoken@@@abc', 'refreshtoken');
    expect(sealed).toMatch(/^enc:v1:k2:/);
    expect(sealed).not.toContain('abc');
  });

  it('reads older keys, and says what should be written again', () => {
    const sealed = new SecretBox([oldKey]).seal('x', 'event');
    const box = new SecretBox([newKey, oldKey]);
    expect(box.open(sealed, 'event')).toBe('x');
    expect(box.isStale(sealed)).toBe(true);
    expect(box.isStale(box.seal('x', 'event'))).toBe(false);
  });

  it('hands out plain text of an older system as it is', () => {
    const box = new SecretBox([newKey]);
    expect(box.open('refreshtoken@@@plain', 'refreshtoken')).toBe('refreshtoken@@@plain');
    expect(box.isStale('refreshtoken@@@plain')).toBe(true);
  });

  it('takes only what was sealed where no older system has written', () => {
    const box = new SecretBox([newKey]);
    expect(box.openSealed(box.seal('x', 'spool'), 'spool')).toBe('x');
    for (const forged of ['a forged push', '', 'enc:v1:', 'enc:v1:k2', box.seal('x', 'event')])
      expect(() => box.openSealed(forged, 'spool')).toThrow(SecretUnreadableError);
  });

  it('refuses another column, another key, and every altered bit', () => {
    const box = new SecretBox([newKey]);
    const sealed = box.seal('secret text', 'event');
    expect(() => box.open(sealed, 'refreshtoken')).toThrow(SecretUnreadableError);
    expect(() => new SecretBox([oldKey]).open(sealed, 'event')).toThrow(/no such key/);
    const bytes = Buffer.from(sealed.slice('enc:v1:k2:'.length), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => box.open(`enc:v1:k2:${altered.toString('base64url')}`, 'event')).toThrow(SecretUnreadableError);
    }
  });

  it('never says the text or the key in an error', () => {
    const box = new SecretBox([newKey]);
    try {
      box.open(`enc:v1:gone:${Buffer.alloc(60).toString('base64url')}`, 'event');
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toBe('a stored secret cannot be read: no such key is configured (key id "gone")');
    }
  });
});

describe('parseEncryptionKeys', () => {
  const good = randomBytes(32).toString('base64');

  it('reads keys in order, newest first', () => {
    const keys = parseEncryptionKeys(`k2:${good}, k1:${randomBytes(32).toString('base64')}`);
    expect(keys.map((key) => key.id)).toEqual(['k2', 'k1']);
  });

  it.each([
    ['short', `k1:${randomBytes(16).toString('base64')}`, /not 32 bytes/],
    ['all zero', `k1:${Buffer.alloc(32).toString('base64')}`, /not random/],
    ['without an id', good, /no "<key id>:"/],
    ['twice the same id', `k1:${good},k1:${randomBytes(32).toString('base64')}`, /same id/],
    ['empty', ' ', /no key/],
  ])('refuses a key that is %s, without saying it', (_, text, message) => {
    expect(() => parseEncryptionKeys(text)).toThrow(message);
    try {
      parseEncryptionKeys(text);
    } catch (error) {
      expect((error as Error).message).not.toContain(good);
    }
  });
});
