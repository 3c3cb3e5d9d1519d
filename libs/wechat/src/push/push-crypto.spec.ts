import * as wecom from '@wecom/crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ECHO_VECTOR, PUSH_VECTORS, type PushVector } from '../../testing/vectors.js';
import { parseXml } from '../wire/xml.js';
import { decodeAesKey, decrypt, encrypt, isValidEncodingAesKey, sign } from './cipher.js';
import { PushCrypto } from './push-crypto.js';
import { PushRefusedError } from './push-refused.error.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const OTHER_KEY = 'A'.repeat(43);
const COMPONENT = 'wxb11529c136998cb6';
const crypto = new PushCrypto({ componentAppid: COMPONENT, pushTokens: ['now'], encodingAesKeys: [KEY] });

const cryptoOf = ({ appid, token, encodingAesKey }: PushVector) =>
  new PushCrypto({ componentAppid: appid, pushTokens: [token], encodingAesKeys: [encodingAesKey] });
const queryOf = ({ msgSignature, timestamp, nonce }: PushVector) => ({ msg_signature: msgSignature, timestamp, nonce });
const bodyOf = (encrypted: string, more = '') => `<xml>${more}<Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`;

/** A push as WeChat would make it, with chosen parts. */
function push(message: string, options: { token?: string; key?: string; appid?: string; more?: string; random?: Buffer } = {}) {
  const encrypted = encrypt(decodeAesKey(options.key ?? KEY), message, options.appid ?? COMPONENT, options.random);
  const timestamp = '1700000000';
  const nonce = '12345';
  const msg_signature = sign(options.token ?? 'now', timestamp, nonce, encrypted);
  return { query: { msg_signature, timestamp, nonce }, body: bodyOf(encrypted, options.more), encrypted };
}

function refusalOf(action: () => unknown): PushRefusedError {
  try {
    action();
  } catch (error) {
    if (error instanceof PushRefusedError) {
      return error;
    }
    throw error;
  }
  throw new Error('was not refused');
}

describe('published vectors', () => {
  it.each(PUSH_VECTORS)('$name opens', (vector) => {
    const opened = cryptoOf(vector).open({ query: queryOf(vector), body: bodyOf(vector.encrypt) });
    if (vector.message !== undefined) {
      expect(opened.xml).toBe(vector.message);
    }
    for (const part of vector.contains ?? []) {
      expect(opened.xml).toContain(part);
    }
    if (vector.messageBytes !== undefined) {
      expect(Buffer.byteLength(opened.xml)).toBe(vector.messageBytes);
    }
    expect(opened).toMatchObject({ keyIndex: 0, tokenIndex: 0, msgSignature: vector.msgSignature });
  });

  it.each(PUSH_VECTORS)('$name encrypts to the same text again', (vector) => {
    const key = decodeAesKey(vector.encodingAesKey);
    const { message, appid, random } = decrypt(key, vector.encrypt);
    expect(appid).toBe(vector.appid);
    if (vector.random !== undefined) {
      expect(random.toString('latin1')).toBe(vector.random);
    }
    expect(encrypt(key, message, vector.appid, random)).toBe(vector.encrypt);
    expect(sign(vector.token, vector.timestamp, vector.nonce, vector.encrypt)).toBe(vector.msgSignature);
  });

  it('V1 reply is sealed byte for byte', () => {
    const vector = PUSH_VECTORS.find(({ name }) => name.startsWith('V1 reply'))!;
    const sealed = cryptoOf(vector).seal(vector.message!, {
      timestamp: Number(vector.timestamp),
      nonce: vector.nonce,
      random: Buffer.from(vector.random!, 'latin1'),
    });
    expect(parseXml(sealed)).toEqual({
      Encrypt: vector.encrypt,
      MsgSignature: vector.msgSignature,
      TimeStamp: vector.timestamp,
      Nonce: vector.nonce,
    });
  });

  it('V8: a GET probe is answered with its echostr, and refused with another signature', () => {
    const { token, ...query } = ECHO_VECTOR;
    const probed = new PushCrypto({ componentAppid: COMPONENT, pushTokens: [token], encodingAesKeys: [KEY] });
    expect(probed.verifyEcho(query)).toBe(ECHO_VECTOR.echostr);
    expect(refusalOf(() => probed.verifyEcho({ ...query, nonce: '1514711493' })).reason).toBe('signature');
  });
});

describe('rotation', () => {
  const rotating = new PushCrypto({
    componentAppid: COMPONENT,
    pushTokens: ['now', 'before'],
    encodingAesKeys: [KEY, OTHER_KEY],
  });

  it.each([
    { token: 'now', key: KEY, tokenIndex: 0, keyIndex: 0 },
    { token: 'before', key: KEY, tokenIndex: 1, keyIndex: 0 },
    { token: 'now', key: OTHER_KEY, tokenIndex: 0, keyIndex: 1 },
    { token: 'before', key: OTHER_KEY, tokenIndex: 1, keyIndex: 1 },
  ])('opens with token $tokenIndex and key $keyIndex, and a reply uses the same', ({ token, key, ...indexes }) => {
    const opened = rotating.open(push('<xml/>', { token, key }));
    expect(opened).toMatchObject({ xml: '<xml/>', encodingAesKey: key, pushToken: token, ...indexes });
    const sealed = parseXml(rotating.seal('<xml>1</xml>', opened)) as Record<string, string>;
    expect(decrypt(decodeAesKey(key), sealed['Encrypt']!).message).toBe('<xml>1</xml>');
    expect(sealed['MsgSignature']).toBe(sign(token, '1700000000', '12345', sealed['Encrypt']!));
  });

  it('refuses a key that is in neither place', () => {
    const foreign = 'Z'.repeat(43);
    expect(['buffer', 'appid']).toContain(refusalOf(() => rotating.open(push('<xml/>', { key: foreign }))).reason);
  });
});

describe('property: any text survives', () => {
  it('round trip', () => {
    const key = decodeAesKey(KEY);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(crypto.open(push(text)).xml).toBe(text);
        expect(decrypt(key, encrypt(key, text, COMPONENT)).message).toBe(text);
      }),
    );
  });

  it('emoji and 4-byte Han', () => {
    expect(crypto.open(push('<xml>😀👨‍👩‍👧𠮷</xml>')).xml).toBe('<xml>😀👨‍👩‍👧𠮷</xml>');
  });

  it('agrees with @wecom/crypto in both directions', () => {
    const key = decodeAesKey(KEY);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (text, bytes) => {
          const random = Buffer.from(bytes);
          const ours = encrypt(key, text, COMPONENT, random);
          expect(wecom.encrypt(KEY, text, COMPONENT, random)).toBe(ours);
          expect(wecom.decrypt(KEY, ours)).toMatchObject({ message: text, id: COMPONENT });
          expect(decrypt(key, wecom.encrypt(KEY, text, COMPONENT, random))).toMatchObject({ message: text, appid: COMPONENT });
          expect(wecom.getSignature('now', '1700000000', '1', ours)).toBe(sign('now', '1700000000', '1', ours));
        },
      ),
    );
  });
});

describe('property: nothing altered gets in', () => {
  // Always the same bytes: what garbage decrypts to is chance, and one in some hundred garbled ends is a right one.
  const sent = push('<xml><InfoType>authorized</InfoType></xml>', { random: Buffer.alloc(16, 1) });
  const flip = (text: string, bit: number) => {
    const bytes = Buffer.from(text, 'latin1');
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    return bytes.toString('latin1');
  };

  it.each(['msg_signature', 'timestamp', 'nonce'] as const)('every one-bit change of %s', (name) => {
    for (let bit = 0; bit < sent.query[name].length * 8; bit += 1) {
      const query = { ...sent.query, [name]: flip(sent.query[name], bit) };
      expect(refusalOf(() => crypto.open({ query, body: sent.body })).reason).toBe('signature');
    }
  });

  it('every one-bit change of the ciphertext', () => {
    for (let bit = 0; bit < sent.encrypted.length * 8; bit += 1) {
      const body = bodyOf(flip(sent.encrypted, bit));
      expect(['signature', 'envelope']).toContain(refusalOf(() => crypto.open({ query: sent.query, body })).reason);
    }
  });

  it('a signed but shortened, lengthened or scrambled ciphertext', () => {
    const bytes = Buffer.from(sent.encrypted, 'base64');
    const resigned = (encrypted: string) => ({
      query: { ...sent.query, msg_signature: sign('now', sent.query.timestamp, sent.query.nonce, encrypted) },
      body: bodyOf(encrypted),
    });
    const reasonOf = (data: Buffer) => refusalOf(() => crypto.open(resigned(data.toString('base64')))).reason;
    expect(reasonOf(bytes.subarray(0, bytes.length - 1))).toBe('decrypt');
    expect(reasonOf(bytes.subarray(0, 16))).toBe('buffer');
    expect(['buffer', 'appid']).toContain(reasonOf(Buffer.concat([bytes, Buffer.alloc(16)])));
    expect(refusalOf(() => crypto.open(resigned('not*base64!'))).reason).toBe('base64');
    expect(refusalOf(() => crypto.open(resigned(sent.encrypted.slice(0, -4)))).reason).toBe('decrypt');
  });

  it('characters that moved from the timestamp into the nonce', () => {
    const { timestamp, nonce } = sent.query;
    const moved = { ...sent.query, timestamp: timestamp.slice(0, -1), nonce: timestamp.slice(-1) + nonce };
    expect(refusalOf(() => crypto.open({ query: moved, body: sent.body })).reason).toBe('signature');
  });

  it('the plain signature in the place of msg_signature', () => {
    const query = { ...sent.query, msg_signature: sign('now', sent.query.timestamp, sent.query.nonce) };
    expect(refusalOf(() => crypto.open({ query, body: sent.body })).reason).toBe('signature');
  });

  it.each([
    ['absent', undefined],
    ['twice in the query', ['a', 'b']],
    ['empty', ''],
    ['in upper case', sent.query.msg_signature.toUpperCase()],
  ])('a msg_signature that is %s', (_, msg_signature) => {
    expect(refusalOf(() => crypto.open({ query: { ...sent.query, msg_signature }, body: sent.body })).code).toBe(-40001);
  });
});

describe('whom it is for', () => {
  it("another component's content under our signature", () => {
    const refusal = refusalOf(() => crypto.open(push('<xml/>', { appid: 'wx0000000000000000' })));
    expect(refusal).toMatchObject({ reason: 'appid', code: -40005 });
  });

  it('an envelope that names another component', () => {
    const more = '<AppId>wx0000000000000000</AppId>';
    expect(refusalOf(() => crypto.open(push('<xml/>', { more }))).reason).toBe('appid');
  });

  it('tells the two families apart by the envelope', () => {
    expect(crypto.open(push('<xml/>', { more: `<AppId><![CDATA[${COMPONENT}]]></AppId>` })).envelope).toEqual({
      appId: COMPONENT,
    });
    expect(crypto.open(push('<xml/>', { more: '<ToUserName><![CDATA[gh_1]]></ToUserName>' })).envelope).toEqual({
      toUserName: 'gh_1',
    });
  });
});

describe('envelopes', () => {
  const { query, encrypted } = push('<xml/>');

  it.each([
    ['flat', bodyOf(encrypted)],
    ['with BOM', `\uFEFF${bodyOf(encrypted)}`],
    [
      'with declaration and layout',
      `<?xml version="1.0" encoding="UTF-8"?>\n<xml>\n  <Encrypt>\n  <![CDATA[${encrypted}]]></Encrypt>\n</xml>\n`,
    ],
    ['as bytes', Buffer.from(bodyOf(encrypted))],
    ['with an element nobody knows yet', bodyOf(encrypted, '<New><Deep>1</Deep></New>')],
    ['JSON', JSON.stringify({ ToUserName: 'gh_1', Encrypt: encrypted })],
    ['JSON with BOM', `\uFEFF ${JSON.stringify({ Encrypt: encrypted })}`],
    ['with comments and attributes', `<!-- a --><xml b="c"><!-- d --><Encrypt e='f'><![CDATA[${encrypted}]]></Encrypt></xml>`],
    ['with as many as may be', bodyOf(encrypted, '<a/>'.repeat(31))],
  ])('%s: opened', (_, body) => {
    expect(crypto.open({ query, body }).xml).toBe('<xml/>');
  });

  it.each([
    ['empty', ''],
    ['JSON without Encrypt', JSON.stringify({ ToUserName: 'gh_1' })],
    ['JSON whose Encrypt is no text', JSON.stringify({ Encrypt: [encrypted] })],
    ['cut JSON', JSON.stringify({ Encrypt: encrypted }).slice(0, -1)],
    ['JSON of great depth', `{"Encrypt":${'['.repeat(100_000)}`],
    ['clear text without Encrypt', '<xml><ToUserName>gh_1</ToUserName><Content>hi</Content></xml>'],
    ['empty Encrypt', bodyOf('')],
    ['two Encrypt', bodyOf(encrypted, '<Encrypt>x</Encrypt>')],
    ['two Encrypt, the careful way', `<?xml version="1.0"?>${bodyOf(encrypted, '<Encrypt>x</Encrypt>')}`],
    ['nested Encrypt', `<xml><a><Encrypt>${encrypted}</Encrypt></a></xml>`],
    ['DOCTYPE', `<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>${bodyOf('&e;')}`],
    ['cut', bodyOf(encrypted).slice(0, -9)],
    ['two roots', bodyOf(encrypted) + bodyOf(encrypted)],
    ['more elements than WeChat ever sends', bodyOf(encrypted, '<a>1</a>'.repeat(32))],
    ['more elements, the careful way', bodyOf(encrypted, '<a/>'.repeat(32))],
    ['more elements, nested', bodyOf(encrypted, `<a>${'<b/>'.repeat(31)}</a>`)],
  ])('%s: refused', (_, body) => {
    expect(refusalOf(() => crypto.open({ query, body })).reason).toBe('envelope');
  });

  it('larger than allowed: refused before anything else', () => {
    const small = new PushCrypto({ componentAppid: COMPONENT, pushTokens: ['now'], encodingAesKeys: [KEY], maxBytes: 100 });
    expect(refusalOf(() => small.open({ query, body: bodyOf(encrypted) })).reason).toBe('too-large');
  });

  it('never takes anything but its own error from any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => bodyOf(text)),
          fc.string().map((text) => `<xml>${text}`),
        ),
        (body) => {
          expect(refusalOf(() => crypto.open({ query, body })).name).toBe('PushRefusedError');
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('configuration', () => {
  it('takes 43 letters and digits, no more and no less', () => {
    expect(isValidEncodingAesKey(KEY)).toBe(true);
    for (const bad of [KEY.slice(1), `${KEY}a`, `${KEY.slice(1)}=`, `${KEY.slice(1)}+`, '', undefined]) {
      expect(isValidEncodingAesKey(bad)).toBe(false);
    }
  });

  it('decodes a key whose surplus bits are set like the one without', () => {
    // 'G' = 000110, 'E' = 000100: they differ only in the two bits that do not fit into 32 bytes.
    expect(decodeAesKey(KEY).key.export().toString('hex')).toBe(
      '69b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39ebbf3d0010831051',
    );
    expect(decodeAesKey(`${KEY.slice(0, -1)}E`).key.equals(decodeAesKey(KEY).key)).toBe(true);
  });

  it('refuses wrong keys without showing them', () => {
    const bad = 'secretsecretsecret';
    const make = () => new PushCrypto({ componentAppid: COMPONENT, pushTokens: ['t'], encodingAesKeys: [bad] });
    expect(make).toThrow(/43 letters/);
    expect(make).not.toThrow(new RegExp(bad));
    expect(() => new PushCrypto({ componentAppid: COMPONENT, pushTokens: [''], encodingAesKeys: [KEY] })).toThrow(TypeError);
    expect(() => new PushCrypto({ componentAppid: COMPONENT, pushTokens: [], encodingAesKeys: [KEY] })).toThrow(TypeError);
  });

  it('an error holds no token, key or content', () => {
    const { message, stack } = refusalOf(() => crypto.open(push('<xml>top-secret</xml>', { token: 'other-token' })));
    for (const secret of ['now', 'other-token', KEY, 'top-secret']) {
      expect(`${message}${stack?.split('\n')[0]}`).not.toContain(secret);
    }
  });
});
