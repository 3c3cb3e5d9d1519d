import { expect, it } from 'vitest';
import { changeOf } from './change.js';

it('tells the members that differ, and of secrets only that they do', () => {
  const before = {
    name: 'shop',
    secret: 'whsec_former',
    url: 'https://a.example/hook?token=abc',
    kinds: ['a'],
    client_secret: 'same',
  };
  const after = {
    kinds: ['a'],
    name: 'shop',
    secret: 'whsec_new',
    url: 'https://b.example/hook?token=abc',
    client_secret: 'same',
  };
  const { difference, beforeSha256, afterSha256 } = changeOf(before, after);
  expect(JSON.parse(difference)).toEqual({
    secret: ['***', '***'],
    url: ['https://a.example/hook?***', 'https://b.example/hook?***'],
  });
  expect(beforeSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(afterSha256).not.toBe(beforeSha256);
  expect(changeOf({ b: 1, a: { d: 1, c: 2 } }, { a: { c: 2, d: 1 }, b: 1 })).toMatchObject({ difference: '{}' });
});

it('tells what was made, and what is gone', () => {
  expect(changeOf(undefined, { name: 'shop' })).toMatchObject({ beforeSha256: undefined, difference: '{"name":[null,"shop"]}' });
  expect(changeOf({ name: 'shop' }, undefined)).toMatchObject({ afterSha256: undefined, difference: '{"name":["shop",null]}' });
});

it('tells of what is sealed its names, and no value', () => {
  const { difference } = changeOf(
    { variables: { phone: '13800000000', shop: 'A' }, ext_json: { ext: { key: 'k1' } } },
    { variables: { phone: '13900000000' }, ext_json: { ext: { key: 'k1' } } },
    ['variables', 'ext_json'],
  );
  expect(JSON.parse(difference)).toEqual({ variables: [{ phone: '***', shop: '***' }, { phone: '***' }] });
});

it('tells what is long by its digest', () => {
  const { difference } = changeOf({ ext: 'x y '.repeat(5_000) }, { ext: 'z y '.repeat(5_000) });
  expect(difference).toMatch(/^\{"ext":\["sha256:[0-9a-f]{64}","sha256:[0-9a-f]{64}"\]\}$/);
});
