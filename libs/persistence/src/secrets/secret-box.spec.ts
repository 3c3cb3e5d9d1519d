import { createCipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authenticatedData, type Binding } from './binding.js';
import { DerivedKeys } from './derived-keys.js';
import { APP_DOMAINS, domainsOf } from './domain-use.js';
import { formatEncryptionKeys, parseEncryptionKeys, withoutKey } from './encryption-keys.js';
import { BINDINGS } from './sealed-columns.js';
import { SecretBox, SecretUnreadableError } from './secret-box.js';

const oldKey = { id: 'k1', key: randomBytes(32) };
const newKey = { id: 'k2', key: randomBytes(32) };
const here = BINDINGS.event('wx1234567890abcdef', 'a'.repeat(64));
const ofOlderSystem = BINDINGS.refreshToken('wx1234567890abcdef', 'wxa');
const FORMS = ['v1', 'v2'] as const;

describe('SecretBox', () => {
  it.each(FORMS)('opens what it sealed as %s, whatever the text', (write) => {
    const box = new SecretBox([newKey], { write });
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => box.open(box.seal(text, here), here) === text));
  });

  it.each(FORMS)('writes %s and the key id in front and never the text', (write) => {
    const sealed = new SecretBox([newKey], { write }).seal('refreshtoken@@@abc', ofOlderSystem);
    expect(sealed.startsWith(`enc:${write}:k2:`)).toBe(true);
    expect(sealed).not.toContain('abc');
  });

  it('a writer of v2 writes nothing else, whatever it seals: of v1 there is no text more to count', () => {
    const appid = 'wxa';
    const box = new SecretBox([newKey]);
    for (const binding of [
      BINDINGS.ticket('wxc', new Date()),
      BINDINGS.refreshToken('wxc', appid),
      BINDINGS.returnSecret('l'),
      BINDINGS.event('wxc', 'd'),
      BINDINGS.release('ext_json', 'wxc', appid, 1),
      BINDINGS.rollout('wxc', 1),
      BINDINGS.answer('c', 'k'),
    ])
      expect(box.seal('x', binding)).toMatch(/^enc:v2:/);
    // Nobody names a form of his own but the command that brings everything to one.
    const root = new URL('../../../../', import.meta.url).pathname;
    const sources = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'], { cwd: root }).filter(
      (file) => !/spec\.ts$/.test(file),
    );
    expect(sources.length).toBeGreaterThan(300);
    const naming = sources.filter((file) => /\.seal\([^;]*,\s*('v1'|version)\)/.test(readFileSync(join(root, file), 'utf8')));
    expect(naming).toEqual(['libs/persistence/src/secrets/reencrypt.ts']);
  });

  it('reads older keys and the older form, and says what should be written again', () => {
    const box = new SecretBox([newKey, oldKey]);
    for (const write of FORMS) {
      const sealed = new SecretBox([oldKey], { write }).seal('x', here);
      expect(box.open(sealed, here)).toBe('x');
      expect(box.isStale(sealed, here.domain)).toBe(true);
    }
    expect(box.isStale(box.seal('x', here), here.domain)).toBe(false);
    expect(box.isStale(box.seal('x', here, 'v1'), here.domain)).toBe(true);
  });

  it('of a replica that still writes v1 leaves the v2 of others as it is', () => {
    const former = new SecretBox([newKey], { write: 'v1' });
    expect(former.isStale(new SecretBox([newKey]).seal('x', here), here.domain)).toBe(false);
    expect(former.isStale(former.seal('x', here), here.domain)).toBe(false);
  });

  it('hands out plain text as it is where an older system wrote it, and nowhere else', () => {
    const box = new SecretBox([newKey]);
    expect(box.open('refreshtoken@@@plain', ofOlderSystem)).toBe('refreshtoken@@@plain');
    expect(box.isStale('refreshtoken@@@plain', here.domain)).toBe(true);
    for (const forged of ['a forged push', '', 'enc:v1:', 'enc:v1:k2', 'enc:v2:k2:', 'ENC:v2:k2:AAAA'])
      expect(() => box.open(forged, here), forged).toThrow(SecretUnreadableError);
  });

  it('takes no form that it does not know for plain text', () => {
    const box = new SecretBox([newKey]);
    for (const newer of ['enc:v3:k2:AAAA', 'enc:v10:k2:AAAA', 'enc:', 'enc:v2:k2'])
      expect(() => box.open(newer, ofOlderSystem), newer).toThrow(/its form is unknown/);
  });

  it('that is strict reads nothing but v2, and cannot write anything else', () => {
    const strict = new SecretBox([newKey], { strict: true });
    expect(strict.open(strict.seal('x', ofOlderSystem), ofOlderSystem)).toBe('x');
    expect(() => strict.open(new SecretBox([newKey], { write: 'v1' }).seal('x', ofOlderSystem), ofOlderSystem)).toThrow(
      /SECRETS_STRICT/,
    );
    expect(() => strict.open('refreshtoken@@@plain', ofOlderSystem)).toThrow(/SECRETS_STRICT/);
    expect(() => new SecretBox([newKey], { write: 'v1', strict: true })).toThrow(/strict/);
  });

  it.each(FORMS)('refuses another key, and every altered bit of %s', (write) => {
    const box = new SecretBox([newKey], { write });
    const sealed = box.seal('secret text', here);
    expect(() => new SecretBox([oldKey]).open(sealed, here)).toThrow(/no such key/);
    const prefix = `enc:${write}:k2:`;
    const bytes = Buffer.from(sealed.slice(prefix.length), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => box.open(prefix + altered.toString('base64url'), here)).toThrow(SecretUnreadableError);
    }
  });

  it('refuses each other domain, table, column class and key, also where the parts together read the same', () => {
    const box = new SecretBox([newKey]);
    const sealed = box.seal('secret text', here);
    const elsewhere: Binding[] = [
      { ...here, domain: 'tickets' },
      { ...here, table: 'f_wechat_verifyticket' },
      { ...here, columnClass: 'note' },
      { ...here, key: ['wx1234567890abcdef', 'b'.repeat(64)] },
      { ...here, key: ['wx1234567890abcde', `f${'a'.repeat(64)}`] },
      { ...here, key: [`wx1234567890abcdef${'a'.repeat(64)}`] },
      { ...here, key: [...here.key, ''] },
      { ...here, columnClass: `${here.columnClass}18:wx1234567890abcdef,`, key: here.key.slice(1) },
    ];
    for (const other of elsewhere)
      expect(() => box.open(sealed, other), JSON.stringify(other)).toThrow(/altered, or belongs to another row or column/);
    expect(box.open(sealed, { ...here, purpose: 'the purpose is of v1 alone' })).toBe('secret text');
  });

  it('never says the text or the key in an error', () => {
    const box = new SecretBox([newKey]);
    try {
      box.open(`enc:v1:gone:${Buffer.alloc(60).toString('base64url')}`, here);
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toBe('a stored secret cannot be read: no such key is configured (key id "gone")');
    }
  });
});

describe('SecretBox with keys of single domains', () => {
  const ofInbox = { id: 'inbox', key: randomBytes(32), domains: ['inbox'] as const };
  const ofCredentials = { id: 'credentials', key: randomBytes(32), domains: ['credentials'] as const };
  const both = [ofInbox, ofCredentials];

  it.each(FORMS)('seals %s with the newest key that has the domain', (write) => {
    const box = new SecretBox([newKey, ...both, oldKey], { write });
    expect([box.currentKeyId('inbox'), box.currentKeyId('credentials'), box.currentKeyId('returns')]).toEqual(['k2', 'k2', 'k2']);
    const split = new SecretBox([...both, newKey], { write });
    expect(split.seal('x', here)).toMatch(new RegExp(`^enc:${write}:inbox:`));
    expect(split.seal('x', ofOlderSystem)).toMatch(new RegExp(`^enc:${write}:credentials:`));
    expect(split.seal('x', BINDINGS.returnSecret('l'))).toMatch(new RegExp(`^enc:${write}:k2:`));
  });

  it.each(FORMS)('opens %s only with a key of its domain, and says which one is not', (write) => {
    const split = new SecretBox(both, { write });
    const sealed = split.seal('refreshtoken@@@x', ofOlderSystem);
    expect(split.open(sealed, ofOlderSystem)).toBe('refreshtoken@@@x');
    // The very bytes, of a key that is for something else.
    const mislabelled = new SecretBox([{ ...ofCredentials, domains: ['inbox'] }], { write });
    expect(() => mislabelled.open(sealed, ofOlderSystem)).toThrow(
      'a stored secret cannot be read: that key is not for "credentials" here (key id "credentials")',
    );
    expect(() => new SecretBox([ofInbox], { write }).open(sealed, ofOlderSystem)).toThrow(/no such key is configured/);
  });

  it.each(FORMS)('%s that was moved to another domain opens nowhere, whichever id is written in front', (write) => {
    const split = new SecretBox(both, { write });
    const sealed = split.seal('x', ofOlderSystem);
    for (const moved of [sealed, sealed.replace(':credentials:', ':inbox:')])
      expect(() => split.open(moved, here)).toThrow(SecretUnreadableError);
  });

  it('is told by domain what should be written again', () => {
    const before = new SecretBox([oldKey]);
    const split = new SecretBox([ofInbox, oldKey]);
    expect(split.isStale(before.seal('x', here), 'inbox')).toBe(true);
    expect(split.isStale(before.seal('x', ofOlderSystem), 'credentials')).toBe(false);
    expect([split.has('k1', 'inbox'), split.has('inbox', 'inbox'), split.has('inbox', 'credentials')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('never seals what it has no key for', () => {
    const split = new SecretBox([ofInbox]);
    expect(split.currentKeyId('credentials')).toBeUndefined();
    expect(() => split.seal('x', ofOlderSystem)).toThrow(/nothing of "credentials" is sealed here/);
  });

  it('of an app forgets the keys of others, and seals and opens nothing of theirs with a key for everything', () => {
    const everything = new SecretBox([newKey]);
    const ofIngestion = new SecretBox([newKey, ofCredentials], { use: APP_DOMAINS.ingestion });
    expect(ofIngestion.has('credentials', 'credentials')).toBe(false);
    expect(() => ofIngestion.open(everything.seal('x', ofOlderSystem), ofOlderSystem)).toThrow(/not for "credentials"/);
    expect(() => ofIngestion.seal('x', ofOlderSystem)).toThrow(/is sealed here/);
    // It seals tickets, and never opens one.
    const ofTicket = BINDINGS.ticket('wxc', new Date());
    const ticket = ofIngestion.seal('ticket@@@x', ofTicket);
    expect(() => ofIngestion.open(ticket, ofTicket)).toThrow(SecretUnreadableError);
    expect(new SecretBox([newKey], { use: APP_DOMAINS.broker }).open(ticket, ofTicket)).toBe('ticket@@@x');
  });
});

describe('the bytes of v2', () => {
  const ofVector = BINDINGS.refreshToken('wxc', 'wxa');
  const key = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');

  it('are authenticated as netstrings of version, domain, table, column class and natural key', () => {
    expect(authenticatedData(BINDINGS.accessToken('wxc', 'wxa', 'authorizer', 7)).toString()).toBe(
      '10:wxplane/v2,11:credentials,20:f_wechat_accesstoken,12:access_token,3:wxc,3:wxa,10:authorizer,1:7,',
    );
    expect(authenticatedData(BINDINGS.ticket('微', new Date('2026-11-30T00:00:00.900Z'))).toString()).toBe(
      '10:wxplane/v2,7:tickets,21:f_wechat_verifyticket,23:component_verify_ticket,3:微,10:1795996800,',
    );
  });

  it('are salt, iv, ciphertext and tag, under a key made by HKDF-SHA-256 of the configured one', () => {
    const [salt, iv] = [Buffer.alloc(32, 0xa5), Buffer.alloc(12, 0x5a)];
    const derived = Buffer.from(hkdfSync('sha256', key, salt, 'credentials', 32));
    const cipher = createCipheriv('aes-256-gcm', derived, iv);
    cipher.setAAD(authenticatedData(BINDINGS.refreshToken('wxc', 'wxa')));
    const bytes = Buffer.concat([salt, iv, cipher.update('refreshtoken@@@vector'), cipher.final(), cipher.getAuthTag()]);
    expect(new SecretBox([{ id: 'k1', key }]).open(`enc:v2:k1:${bytes.toString('base64url')}`, ofVector)).toBe(
      'refreshtoken@@@vector',
    );
  });

  // Computed once by another implementation (Python's cryptography): what changes them makes every stored secret unreadable.
  it.each([
    ['v1', 'enc:v1:k1:WlpaWlpaWlpaWlpa9VWCLNdLKyRhEuoZw9bTdhn9lMrV7dBxMTfYmpZDyG8rRTqxuQ'],
    [
      'v2',
      'enc:v2:k1:paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaVaWlpaWlpaWlpaWlqwRub80OBD7sTwcZHOfBKiQdPbx3zt2uUq_hWelkQT0xFnnRvM',
    ],
  ])('of %s that were stored once are read for ever', (_, stored) => {
    expect(new SecretBox([{ id: 'k1', key }]).open(stored, ofVector)).toBe('refreshtoken@@@vector');
  });
});

describe('DerivedKeys', () => {
  it('of two processes never share a salt, and one salt serves a domain for 65,536 texts', () => {
    const configured = createSecretKey(randomBytes(32));
    const [one, other] = [new DerivedKeys(configured), new DerivedKeys(configured)];
    expect(one.forSealing('inbox').salt).not.toEqual(other.forSealing('inbox').salt);
    expect(one.forSealing('inbox').salt).not.toEqual(one.forSealing('tickets').salt);
    const first = one.forSealing('inbox').salt;
    // Three were given out above.
    for (let use = 4; use <= 65_535; use += 1) one.forSealing('inbox');
    expect(one.forSealing('inbox').salt.equals(first)).toBe(true);
    expect(one.forSealing('inbox').salt.equals(first)).toBe(false);
  });

  it('makes the same key of the same salt, and another one for each domain and configured key', () => {
    const salt = randomBytes(32);
    const keys = new DerivedKeys(createSecretKey(oldKey.key));
    const bytes = (of: DerivedKeys, domain: Binding['domain']) => of.forOpening(domain, salt).export().toString('hex');
    expect(bytes(keys, 'inbox')).toBe(bytes(new DerivedKeys(createSecretKey(oldKey.key)), 'inbox'));
    expect(bytes(keys, 'inbox')).not.toBe(bytes(keys, 'tickets'));
    expect(bytes(keys, 'inbox')).not.toBe(bytes(new DerivedKeys(createSecretKey(newKey.key)), 'inbox'));
  });
});

describe('parseEncryptionKeys', () => {
  const good = randomBytes(32).toString('base64');

  it('reads keys in order, newest first', () => {
    const keys = parseEncryptionKeys(`k2:${good}, k1:${randomBytes(32).toString('base64')}`);
    expect(keys.map((key) => key.id)).toEqual(['k2', 'k1']);
    expect(keys.every((key) => key.domains === undefined)).toBe(true);
  });

  it('reads what a key is for, and writes it in the same way', () => {
    const other = randomBytes(32).toString('base64');
    const text = `k2@inbox+shared-tokens:${good},k1:${other}`;
    const keys = parseEncryptionKeys(text);
    expect(keys.map(({ id, domains }) => [id, domains])).toEqual([
      ['k2', ['inbox', 'shared-tokens']],
      ['k1', undefined],
    ]);
    expect(formatEncryptionKeys(keys)).toBe(text);
    // As it was before there were domains: nobody is kept from starting by it.
    expect(parseEncryptionKeys(`k2:${good},k1:${good}`)).toHaveLength(2);
  });

  it('is asked which domains have no key', () => {
    const keys = parseEncryptionKeys(`k2@inbox+tickets:${good}`);
    expect(withoutKey(keys, domainsOf(APP_DOMAINS.ingestion))).toEqual(['answers', 'subscriptions']);
    expect(withoutKey(parseEncryptionKeys(`k1:${good}`), domainsOf(APP_DOMAINS.broker))).toEqual([]);
  });

  it.each([
    ['short', `k1:${randomBytes(16).toString('base64')}`, /not 32 bytes/],
    ['all zero', `k1:${Buffer.alloc(32).toString('base64')}`, /not random/],
    ['without an id', good, /no "<key id>:"/],
    ['twice the same id', `k1:${good},k1:${randomBytes(32).toString('base64')}`, /same id "k1" and differ/],
    ['there twice', `k1@inbox:${good},k1@tickets:${good}`, /same id "k1": name all domains of a key in one entry/],
    ['for everything under one id and for a domain under another', `k1:${good},k2@inbox:${good}`, /"k1" and "k2" are the same/],
    ['for two domains under two ids', `k1@inbox:${good},k2@tickets:${good}`, /are the same/],
    ['for no domain', `k1@:${good}`, /entry 1 \(key id "k1"\) is for "", which is no domain; these are: answers, /],
    ['for an unknown domain', `k1@inbox+ticket:${good}`, /for "ticket", which is no domain/],
    ['for domains named twice', `k1@inbox@tickets:${good}`, /more than one "@"/],
    ['without an id and with domains', `@inbox:${good}`, /no "<key id>:"/],
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
