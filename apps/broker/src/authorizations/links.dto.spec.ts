import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { CreateLinkRequest } from './links.dto.js';

const refused = async (body: object): Promise<string[]> =>
  (await validate(plainToInstance(CreateLinkRequest, body))).map(({ property }) => property);

describe('a request for an authorization link', () => {
  it.each([1, 2, 3, 4, 5, 6, 8])('may ask for accounts of type %i', async (auth_type) => {
    expect(await refused({ auth_type })).toEqual([]);
  });

  it.each([0, 7, 9, '2'])('may not ask for accounts of type %j', async (auth_type) => {
    expect(await refused({ auth_type })).toEqual(['auth_type']);
  });

  it('names no more permission sets than there is room for', async () => {
    const most = Array.from({ length: 50 }, () => 9_999);
    expect(await refused({ category_ids: most })).toEqual([]);
    expect(most.join('|').length).toBeLessThanOrEqual(255);
    expect(await refused({ category_ids: [10_000] })).toEqual(['category_ids']);
    expect(await refused({ category_ids: [...most, 1] })).toEqual(['category_ids']);
  });
});
