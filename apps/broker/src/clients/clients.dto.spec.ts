import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { CreateClientRequest, RotateClientRequest, UpdateClientRequest } from './clients.dto.js';

/** The members that are refused. */
const refused = async (type: new () => object, body: object): Promise<string[]> =>
  (await validate(plainToInstance(type, body))).map(({ property }) => property);

describe('a request about a client', () => {
  it.each([
    [UpdateClientRequest, { name: null }, ['name']],
    [UpdateClientRequest, { scopes: null }, ['scopes']],
    [UpdateClientRequest, { scopes: [] }, ['scopes']],
    [UpdateClientRequest, { options: { rate_limit_per_s: null } }, ['options']],
    [UpdateClientRequest, { options: { return_hosts: ['a b'] } }, ['options']],
    [RotateClientRequest, { overlap: null }, ['overlap']],
    [RotateClientRequest, { overlap: -1 }, ['overlap']],
    [UpdateClientRequest, { authorizers: null, options: null, expires_at: null }, []],
    [UpdateClientRequest, { options: { return_hosts: ['shop.example.com:8443', '[::1]'], proxy_paths: ['/wxa/'] } }, []],
    [RotateClientRequest, {}, []],
    [CreateClientRequest, { name: 'shop', scopes: ['proxy'] }, []],
    [CreateClientRequest, { name: null, scopes: null }, ['name', 'scopes']],
  ])('%o %j: refused are %j', async (type, body, expected) => {
    expect(await refused(type, body)).toEqual(expected);
  });
});
