import { describe, expect, it } from 'vitest';
import { addressIn } from './wechat.check.js';

describe('addressIn', () => {
  it.each([
    ['access clientip is not registered requestIP: 203.0.113.9 rid: 6a12-34-56', '203.0.113.9'],
    ['invalid ip 198.51.100.7 ipv6 ::ffff:198.51.100.7, not in whitelist rid: 6a1', '198.51.100.7'],
    ['203.0.113.9\n', '203.0.113.9'],
    ['requestIP: 2001:db8::1:2:3', '2001:db8::1:2:3'],
    ['invalid credential rid: 6a123456-12345678-12345678', undefined],
  ])('%s', (text, address) => {
    expect(addressIn(text)).toBe(address);
  });
});
