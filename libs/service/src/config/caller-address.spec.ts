import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerAddress, networkOf, parseProxyTrust } from './caller-address.js';

const of = (setting: string, socket: string, header?: string | string[]) => {
  const trust = parseProxyTrust(setting);
  if (!trust) throw new Error('not a setting');
  const request = { socket: { remoteAddress: socket }, headers: header === undefined ? {} : { 'x-forwarded-for': header } };
  return callerAddress(request as unknown as IncomingMessage, trust);
};

describe('the address of a caller', () => {
  it.each([
    // setting, socket, X-Forwarded-For, address
    ['false', '10.0.0.1', '1.1.1.1', '10.0.0.1'],
    ['', '10.0.0.1', '1.1.1.1', '10.0.0.1'],
    ['0', '10.0.0.1', '1.1.1.1', '10.0.0.1'],
    ['true', '10.0.0.1', '1.1.1.1', '1.1.1.1'],
    ['true', '10.0.0.1', '6.6.6.6, 1.1.1.1', '1.1.1.1'],
    ['2', '10.0.0.1', '6.6.6.6, 1.1.1.1, 10.0.0.2', '1.1.1.1'],
    ['2', '10.0.0.1', '1.1.1.1', '1.1.1.1'],
    ['10.0.0.0/8', '10.0.0.1', '6.6.6.6, 1.1.1.1, 10.0.0.2', '1.1.1.1'],
    ['10.0.0.0/8', '10.0.0.1', '6.6.6.6, 1.1.1.1', '1.1.1.1'],
    ['10.0.0.0/8', '192.168.0.1', '1.1.1.1', '192.168.0.1'],
    ['10.0.0.0/8', '10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.0/8', '10.0.0.1', '10.0.0.9', '10.0.0.9'],
    ['10.0.0.1', '10.0.0.1', '1.1.1.1', '1.1.1.1'],
    ['10.0.0.1', '10.0.0.2', '1.1.1.1', '10.0.0.2'],
    ['private', '::ffff:10.0.0.1', '2001:db8::1', '2001:db8::1'],
    ['loopback, fd00::/8', 'fd00::1', '1.1.1.1:5555', '1.1.1.1'],
    ['loopback', '::1', '[2001:db8::1]:443', '2001:db8::1'],
    ['true', '10.0.0.1', 'not an address', '10.0.0.1'],
    ['true', '10.0.0.1', '', '10.0.0.1'],
    ['true', '10.0.0.1', `1.1.1.1, ${'x'.repeat(5_000)}`, '10.0.0.1'],
    ['2', '10.0.0.1', '1.1.1.1, unknown', '10.0.0.1'],
  ])('with %s, from %s, saying %s, is %s', (setting, socket, header, address) => {
    expect(of(setting, socket, header)).toBe(address);
  });

  it('is read from several headers as from one', () => {
    expect(of('2', '10.0.0.1', ['6.6.6.6', '1.1.1.1, 10.0.0.2'])).toBe('1.1.1.1');
  });

  it('is an address, whatever a stranger writes, and never one that stands before the last entries', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6())), fc.integer({ min: 0, max: 3 }), (entries, hops) => {
        expect(isIP(of(String(hops), '10.0.0.1', entries.join(',')))).not.toBe(0);
        expect(of('1', '10.0.0.1', [...entries, '9.9.9.9'].join(','))).toBe('9.9.9.9');
      }),
    );
  });

  it.each(['maybe', '10', '10.0.0.0/33', '10.0.0/8', '1.2.3.4/', 'fd00::/129', '10.0.0.0/8;fd00::/8', 'private lan'])(
    'a setting such as %s is refused',
    (setting) => {
      expect(parseProxyTrust(setting)).toBeUndefined();
    },
  );
});

describe('what a limit counts by', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::7', '2001:db8:1:2::/64'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['2001:db8::2:3:4:5:6', '2001:db8:0:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::1.2.3.4', '64:ff9b:0:0::/64'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
