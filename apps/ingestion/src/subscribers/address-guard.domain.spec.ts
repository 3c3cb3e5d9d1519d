import { describe, expect, it } from 'vitest';
import { AddressGuard, urlProblem } from './address-guard.domain.js';

const guard = new AddressGuard();

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.169.254',
  '100.100.100.200',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:10.0.0.1',
  '::ffff:a9fe:a9fe',
  '::ffff:0:a00:1',
  '::ffff:0:808:808',
  '0:0:0:0:0:ffff:10.0.0.1',
  '0:0:0:0:0:ffff:a00:1',
  '::FFFF:7f00:1',
  '168.63.129.16',
  '::ffff:168.63.129.16',
  '64:ff9b::a00:1',
  'fd00:ec2::254',
  'fe80::1',
  'ff02::1',
  '2002:0a00:0001::',
  'not-an-address',
])('%s is refused', (address) => {
  expect(guard.permits(address)).toBe(false);
});

it.each(['1.1.1.1', '101.226.103.1', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])('%s is public', (address) => {
  expect(guard.permits(address)).toBe(true);
});

it('lets the operator make exceptions, and no more than those', () => {
  const some = new AddressGuard('10.1.0.0/16, fd00::/8');
  expect(['10.1.9.9', 'fd12::1', '::ffff:10.1.0.1'].map((address) => some.permits(address))).toEqual([true, true, true]);
  expect(['10.2.0.1', '127.0.0.1'].map((address) => some.permits(address))).toEqual([false, false]);
});

describe('urlProblem', () => {
  it.each([
    ['https://hooks.shop.cn/wechat?x=1', undefined],
    ['https://hooks.shop.cn/wx/$APPID$/callback', undefined],
    ['https://$APPID$.shop.cn/', 'must not have a $ in its host'],
    ['http://hooks.shop.cn/', 'must be https'],
    ['ftp://hooks.shop.cn/', 'must be https'],
    ['https://user:pw@hooks.shop.cn/', 'must not carry a user name or a password'],
    ['https://hooks.shop.cn@evil.example/x', 'must not carry a user name or a password'],
    ['https://169.254.169.254/latest/meta-data', 'leads to an address that is not public'],
    ['https://0x7f000001/', 'leads to an address that is not public'],
    ['https://127.1/', 'leads to an address that is not public'],
    ['https://[::1]/', 'leads to an address that is not public'],
    ['@evil.example/x', 'is not a URL'],
  ])('%s: %s', (url, problem) => {
    expect(urlProblem(url, guard, false)).toBe(problem);
  });
});
