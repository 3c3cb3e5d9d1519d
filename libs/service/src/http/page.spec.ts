import { describe, expect, it } from 'vitest';
import { Cursors, formerlyBase64, formerlyPlain, PAGE_DEFAULT, PAGE_MAX, PageQuery } from './page.js';
import { RequestPipe } from './request.pipe.js';

const things = new Cursors('things', formerlyBase64('r'));
const check = (query: object) => new RequestPipe().transform(query, { type: 'query', metatype: PageQuery }) as Promise<PageQuery>;
const page = (rows: number[], limit: number) =>
  things.page(
    rows,
    { limit },
    (row) => row,
    (row) => ({ id: row }),
  );

describe('a page', () => {
  it('has as many entries as were asked for, and a cursor to go on with', () => {
    const first = page([1, 2, 3], 2);
    expect(first.items).toEqual([{ id: 1 }, { id: 2 }]);
    expect(things.after({ cursor: first.next_cursor! })).toBe('2');
  });

  it('that is the last one has no cursor, also when it is full or empty', () => {
    expect(page([1, 2], 2).next_cursor).toBeNull();
    expect(page([], 2)).toEqual({ items: [], next_cursor: null });
  });

  it('has one default and one most, which no list had higher before', async () => {
    expect((await check({})).limit).toBe(PAGE_DEFAULT);
    expect((await check({ limit: '1000' })).limit).toBe(PAGE_MAX);
    for (const limit of ['0', '1001', 'all', '1.5']) await expect(check({ limit })).rejects.toThrow();
  });
});

describe('a cursor', () => {
  it('is refused by another list, and when nobody has made it', () => {
    const others = new Cursors('others').encode(2);
    for (const cursor of [others, '', '2', 'r2', '%', Buffer.from('v1:things:two').toString('base64url'), '💥'])
      expect(() => things.after({ cursor }), cursor).toThrow('cursor must be next_cursor of the page before, of this list');
  });

  it('of the release before is read for one more release, in the form that its list had', () => {
    expect(things.after({ cursor: Buffer.from('r17').toString('base64url') })).toBe('17');
    expect(new Cursors('events', formerlyBase64()).after({ cursor: Buffer.from('17').toString('base64url') })).toBe('17');
    expect(new Cursors('calls', formerlyPlain).after({ cursor: '17' })).toBe('17');
  });
});
