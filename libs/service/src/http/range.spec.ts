import { describe, expect, it } from 'vitest';
import { FormerTimeRange, rangeOf } from './range.js';
import { RequestPipe } from './request.pipe.js';

const check = (query: object) =>
  new RequestPipe().transform(query, { type: 'query', metatype: FormerTimeRange }) as Promise<FormerTimeRange>;
const eight = new Date('2026-11-30T00:00:00Z');

describe('a range of time', () => {
  it.each(['2026-11-30T00:00:00Z', '2026-11-30T08:00:00+08:00', '2026-11-30T08:00:00 08:00', '2026-11-30'])(
    'takes %s',
    async (from) => {
      expect(rangeOf(await check({ from }))).toEqual({ from: eight, to: undefined });
    },
  );

  it.each(['2026-11-30T08:00:00', '2026-02-30T00:00:00Z', '2026-W48', '1790000000', 'yesterday'])(
    'refuses %s, and says what a time looks like',
    async (from) => {
      await expect(check({ from })).rejects.toMatchObject({
        response: { message: [expect.stringMatching(/^from must be a time in ISO 8601 with its zone, such as /)] },
      });
    },
  );

  it('that ends before it begins is refused', () => {
    expect(() => rangeOf({ from: '2026-12-01', to: '2026-11-30' })).toThrow('from must not be after to');
    expect(rangeOf({ from: '2026-11-30', to: '2026-11-30' })).toEqual({ from: eight, to: eight });
  });

  it('is also read by its names of the release before', async () => {
    expect(rangeOf(await check({ since: '2026-11-30', until: '2026-11-30' }))).toEqual({ from: eight, to: eight });
  });
});
