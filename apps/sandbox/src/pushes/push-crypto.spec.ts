import { describe, expect, it } from 'vitest';
import { VECTORS } from '../testing/vectors.js';
import { open, seal, sign } from './push-crypto.domain.js';

describe('push crypto against the published vectors', () => {
  it.each(VECTORS)('$name: signature and content', (vector) => {
    expect(sign(vector.token, vector.timestamp, vector.nonce, vector.encrypted)).toBe(vector.signature);
    const { message, random } = open(vector.key, vector.encrypted, vector.appid);
    if (vector.message === undefined) expect(message).toContain('<Content><![CDATA[abcdteT]]></Content>');
    else expect(message).toBe(vector.message);
    expect(seal(vector.key, message, vector.appid, random)).toBe(vector.encrypted);
  });

  it('V1 and V5 carry the random bytes the reference names', () => {
    expect(open(VECTORS[0]!.key, VECTORS[0]!.encrypted, VECTORS[0]!.appid).random.toString()).toBe('1205899eaf019bbd');
    expect(open(VECTORS[1]!.key, VECTORS[1]!.encrypted, VECTORS[1]!.appid).random.toString()).toBe('999951349e8ee746');
    const v5 = VECTORS.find((vector) => vector.name === 'V5')!;
    expect(open(v5.key, v5.encrypted, v5.appid).random.toString()).toBe('aaaabbbbccccdddd');
  });

  it.each([
    ['V1', 'AAAAA', '1715943329', '1590219412', 'cc0c594499c1634947d5b502f158ee518947db27'],
    ['V3', 'senparc', '1436876197', '1879066412', '6cd59ed9ca88d3993475bd4960052c5e5204391e'],
    ['V4', 'senparc', '1436881222', '296318614', '60d1ddec039f51cc8c7ee4ea9ae9a479dd7c7d01'],
    ['V8', 'AAAAA', '1714036504', '1514711492', 'f464b24fc39322e44b38aa78f5edd27bd1441696'],
  ])('%s: plain signature', (_name, token, timestamp, nonce, signature) => {
    expect(sign(token, timestamp, nonce)).toBe(signature);
  });

  it('refuses another appid, another key, and every changed byte', () => {
    const { key, encrypted, appid } = VECTORS.find((vector) => vector.name === 'V5')!;
    expect(() => open(key, encrypted, 'wx0000000000000000')).toThrow();
    expect(() => open('z'.repeat(43), encrypted, appid)).toThrow();
    const bytes = Buffer.from(encrypted, 'base64');
    const original = open(key, encrypted, appid);
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed[index]! ^= 1;
      let found: { message: string; random: Buffer } | undefined;
      try {
        found = open(key, changed.toString('base64'), appid);
      } catch {}
      // CBC has no authentication of its own (msg_signature is that): at best the content differs.
      expect(found && found.message === original.message && found.random.equals(original.random)).not.toBe(true);
    }
  });
});
