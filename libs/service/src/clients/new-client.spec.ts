import { expect, it } from 'vitest';
import { changedClientOptions, newClientOptions } from './new-client.js';

it('a new key has a rate limit, its own or the usual one', () => {
  expect(newClientOptions(undefined)).toMatchObject({ rate_limit_per_s: 50 });
  expect(newClientOptions({ proxy_paths: ['/wxa/'] })).toMatchObject({ rate_limit_per_s: 50, proxy_paths: ['/wxa/'] });
  expect(newClientOptions({ rate_limit_per_s: 900 })).toMatchObject({ rate_limit_per_s: 900 });
});

it('a new key returns merchants nowhere unless it names hosts; one that has a list loses it by no change that names none', () => {
  expect(newClientOptions(undefined).return_hosts).toEqual([]);
  expect(newClientOptions({ return_hosts: ['shop.example'] }).return_hosts).toEqual(['shop.example']);
  expect(changedClientOptions({ return_hosts: [] }, null)).toEqual({ return_hosts: [] });
  expect(changedClientOptions({ return_hosts: ['a'] }, { proxy_paths: [] })).toEqual({ return_hosts: ['a'], proxy_paths: [] });
  expect(changedClientOptions({ return_hosts: ['a'] }, { return_hosts: ['*'] })).toEqual({ return_hosts: ['*'] });
  expect(changedClientOptions({}, { proxy_paths: [] })).toEqual({ proxy_paths: [] });
});

it('a key loses its rate limit by no change that names none; one of an older version without a limit gets none by it', () => {
  expect(changedClientOptions({ rate_limit_per_s: 7 }, { proxy_paths: [] })).toEqual({ rate_limit_per_s: 7, proxy_paths: [] });
  expect(changedClientOptions({ rate_limit_per_s: 7, return_hosts: ['a'] }, null)).toEqual({
    rate_limit_per_s: 7,
    return_hosts: ['a'],
  });
  expect(changedClientOptions({ rate_limit_per_s: 7 }, { rate_limit_per_s: 8 })).toEqual({ rate_limit_per_s: 8 });
  expect(changedClientOptions(null, null)).toBe(null);
});
