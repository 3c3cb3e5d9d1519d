import { expect, it } from 'vitest';
import { changedClientOptions, newClientOptions } from './new-client.js';

it('a new key has a rate limit, its own or the usual one', () => {
  expect(newClientOptions(undefined)).toEqual({ rate_limit_per_s: 50 });
  expect(newClientOptions({ proxy_paths: ['/wxa/'] })).toEqual({ rate_limit_per_s: 50, proxy_paths: ['/wxa/'] });
  expect(newClientOptions({ rate_limit_per_s: 900 })).toEqual({ rate_limit_per_s: 900 });
});

it('a key loses its rate limit by no change that names none; one of an older version without a limit gets none by it', () => {
  expect(changedClientOptions({ rate_limit_per_s: 7 }, { proxy_paths: [] })).toEqual({ rate_limit_per_s: 7, proxy_paths: [] });
  expect(changedClientOptions({ rate_limit_per_s: 7, return_hosts: ['a'] }, null)).toEqual({ rate_limit_per_s: 7 });
  expect(changedClientOptions({ rate_limit_per_s: 7 }, { rate_limit_per_s: 8 })).toEqual({ rate_limit_per_s: 8 });
  expect(changedClientOptions(null, null)).toBe(null);
});
