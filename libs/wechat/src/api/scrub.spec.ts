import { expect, it } from 'vitest';
import { detailsOf } from './scrub.js';

it('the lists of a refusal (85301 to 85303) are kept, without what looks like a secret', () => {
  const body = {
    errcode: 85301,
    errmsg: 'invalid domain',
    invalid_requestdomain: ['https://bad.example.com', 'wss://host-with-a-very-long-name-0123456789.example.cn:8443'],
    no_icp_domain: ['https://no-icp.example.cn'],
    note: 'refreshtoken@@@abcdef0123456789',
    access_token: 'x',
  };
  expect(detailsOf(body)).toEqual({
    invalid_requestdomain: body.invalid_requestdomain,
    no_icp_domain: body.no_icp_domain,
    note: '***',
  });
});

it('is bounded, and absent when there is nothing to tell', () => {
  expect(detailsOf({ errcode: 1, errmsg: 'x' })).toBeUndefined();
  expect(
    detailsOf({ errcode: 1, much: Array.from({ length: 200 }, (_, n) => `https://${'a'.repeat(60)}${n}.example.com`) }),
  ).toBeUndefined();
});
