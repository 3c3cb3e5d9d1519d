import { describe, expect, it } from 'vitest';
import { addressIn, checkProxy, isWechat } from './wechat.check.js';

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

describe('what answers in WeChat’s place', () => {
  it.each([
    [200, '{"errcode":41001,"errmsg":"access_token missing"}', true],
    [200, '{"ip_list":["127.0.0.1"]}', true],
    [404, '{"errcode":41001}', false],
    [404, 'Not Found', false],
    [200, '<html>Please log in</html>', false],
    [200, 'null', false],
    [200, '{}', false],
  ])('HTTP %i %s: %s', (status, text, wechat) => {
    expect(isWechat(status, text)).toBe(wechat);
  });
});

describe('an outgoing proxy', () => {
  it('that is set is said not to be used', () => {
    expect(checkProxy({})).toEqual([]);
    expect(checkProxy({ https_proxy: 'http://user:secret@proxy:3128' })).toMatchObject([
      { result: 'warn', detail: expect.stringMatching(/^https_proxy is set, and the apps do not use it/) },
    ]);
    expect(JSON.stringify(checkProxy({ HTTPS_PROXY: 'http://user:secret@proxy:3128' }))).not.toContain('secret');
  });
});
