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
    session_key: 'x',
    test_pwd: 'x',
  };
  expect(detailsOf(body)).toEqual({
    invalid_requestdomain: body.invalid_requestdomain,
    no_icp_domain: body.no_icp_domain,
    note: '***',
  });
});

it('what a form lacks (86202) is kept field by field, numbers too', () => {
  const hints = [
    { errcode: 86308, err_field: 'icp_subject.principal_info.certificate_validity_date_end', errmsg: '证件有效期不满足要求' },
  ];
  expect(detailsOf({ errcode: 86202, errmsg: 'x', hints, procedure_id: '44eb56ed' })).toEqual({
    hints,
    procedure_id: '44eb56ed',
  });
});

it('a secret of the call is taken out even where it looks like the name of a host, or is a name', () => {
  const secret = 'secret-of-the-call.example.com';
  expect(detailsOf({ errcode: 1, list: [secret], [secret]: 1 }, [secret])).toEqual({ list: ['***'], '***': 1 });
});

it('is bounded, says what was left out, and is absent when there is nothing to tell', () => {
  expect(detailsOf({ errcode: 1, errmsg: 'x' })).toBeUndefined();
  const hosts = (count: number) => Array.from({ length: count }, (_, n) => `https://${'a'.repeat(60)}${n}.example.com`);
  expect(detailsOf({ errcode: 1, most: hosts(200) })).toEqual({ most: hosts(200) });
  const { much, truncated } = detailsOf({ errcode: 1, much: hosts(2_000), more: 1 }) as { much: string[]; truncated: boolean };
  expect(truncated).toBe(true);
  expect(much).toEqual(hosts(2_000).slice(0, much.length));
  expect(JSON.stringify(much).length).toBeLessThan(70_000);
  const deep = (depth: number): unknown => (depth === 0 ? 1 : { in: deep(depth - 1) });
  expect(detailsOf({ errcode: 1, deep: deep(100) })).toMatchObject({ truncated: true });
});
