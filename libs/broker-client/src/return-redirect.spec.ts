import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyReturn } from './index.js';

const SECRET = 'a secret of one link';
const AT = 1_790_000_000;

/** As docs/using-the-broker.md describes it, written out by hand. */
function signed(values: Record<string, string>, own = ''): string {
  const text = Object.keys(values)
    .sort()
    .map((name) => `${name}=${encodeURIComponent(values[name]!)}`)
    .join('&');
  const query = new URLSearchParams({ ...values, signature: createHmac('sha256', SECRET).update(text).digest('hex') });
  return `/back?${own}${query}`;
}

const values = {
  component_appid: 'wx1111111111111111',
  authorizer_appid: 'wx2222222222222222',
  link_id: '0123456789abcdef0123456789abcdef',
  result: 'authorized',
  state: 'order 7 & 8 = 中文+%',
  timestamp: String(AT),
};
const now = AT * 1_000 + 5_000;

describe('verifyReturn', () => {
  it('takes a genuine return, and ignores what the return URL had of its own', () => {
    expect(verifyReturn(signed(values, 'mine=1&'), SECRET, { now })).toEqual({ ...values, timestamp: AT });
    expect(verifyReturn(`https://shop.example${signed(values)}`, SECRET, { now })).toBeDefined();
  });

  it('takes one without a state', () => {
    const { state: _, ...rest } = values;
    expect(verifyReturn(signed(rest), SECRET, { now })).toEqual({ ...rest, timestamp: AT });
  });

  it.each(Object.keys(values))('refuses a changed %s', (name) => {
    const url = new URL(signed(values), 'http://x');
    url.searchParams.set(name, `${url.searchParams.get(name)}1`);
    expect(verifyReturn(url, SECRET, { now })).toBeUndefined();
  });

  it('refuses another secret, a missing signature, an added state and an empty query', () => {
    const { state: _, ...rest } = values;
    expect(verifyReturn(signed(values), 'another', { now })).toBeUndefined();
    expect(verifyReturn(signed(values).replace(/signature=\w+/, ''), SECRET, { now })).toBeUndefined();
    expect(verifyReturn(`${signed(rest)}&state=x`, SECRET, { now })).toBeUndefined();
    expect(verifyReturn('/back', SECRET, { now })).toBeUndefined();
  });

  it('refuses an old one and one of the future', () => {
    expect(verifyReturn(signed(values), SECRET, { now: now + 600_000 })).toBeUndefined();
    expect(verifyReturn(signed(values), SECRET, { now: now + 600_000, maxAgeS: 3_600 })).toBeDefined();
    expect(verifyReturn(signed(values), SECRET, { now: now - 3_600_000 })).toBeUndefined();
  });
});
