import { describe, expect, it } from 'vitest';
import { parseCsv, readTime } from './csv.domain.js';
import { judge, type Known, type SourceRow, sortOut } from './source-row.domain.js';

const A = 'wx1111111111111111';
const B = 'wx2222222222222222';
const token = (name: string) => `refreshtoken@@@${name.padEnd(40, 'x')}`;

describe('parseCsv', () => {
  it('reads headings, quotes, byte order marks, CRLF, empty lines, and counts lines as an editor does', () => {
    const text = `\uFEFFappid,refresh_token\r\n${A},${token('a')}\r\n\r\n"${B}","${token('b')}",1790000000\r\n`;
    expect(parseCsv(text)).toEqual([
      { place: 'line 2', appid: A, refreshToken: token('a') },
      { place: 'line 4', appid: B, refreshToken: token('b'), grantedAt: new Date(1_790_000_000_000) },
    ]);
    expect(parseCsv(`${A},${token('a')}`)).toHaveLength(1);
    expect(parseCsv('')).toEqual([]);
  });

  it('goes on counting behind a quoted line end', () => {
    expect(parseCsv(`"a\n""b""",x\n${A},y`).map(({ place }) => place)).toEqual(['line 1', 'line 3']);
  });
});

describe('a file of merchants as people have it', () => {
  const row = { appid: A, refreshToken: token('a') };

  it.each([
    ['semicolons', `appid;refresh_token\n${A};${token('a')}`],
    ['tabs, as Excel saves Unicode text', `appid\trefresh_token\r\n${A}\t${token('a')}\r\n`],
    ['Excel’s line of the separator', `sep=;\r\nappid;refresh_token\r\n${A};${token('a')}\r\n`],
    [
      'the columns of the source design in another order',
      `refresh_id,authorizer_refresh_token,authorizer_appid\n7,${token('a')},${A}`,
    ],
    ['Chinese headings', `授权方appid,授权方的刷新令牌\n${A},${token('a')}`],
    ['quoted separators', `appid;refresh_token;name\n${A};${token('a')};"店; 一"`],
  ])('is read with %s', (_what, text) => {
    expect(parseCsv(text)).toMatchObject([row]);
  });

  it('whose heading lacks a column is refused, and the columns it has are named', () => {
    expect(() => parseCsv(`appid,token\n${A},x`)).toThrow(/no column "refresh_token"; it has: appid, token/);
  });

  it('whose times name no zone is refused until the zone is said, whatever the zone of the machine', () => {
    const text = `appid,refresh_token,create_time\n${A},${token('a')},2026-05-01 12:00:00`;
    expect(() => parseCsv(text)).toThrow(/line 2: the time "2026-05-01 12:00:00" names no zone.*--time-zone/);
    expect(parseCsv(text, '+08:00')[0]?.grantedAt?.toISOString()).toBe('2026-05-01T04:00:00.000Z');
    expect(parseCsv(text, '+00:00')[0]?.grantedAt?.toISOString()).toBe('2026-05-01T12:00:00.000Z');
  });

  it.each([
    ['2026/5/1 12:00', '2026-05-01T04:00:00.000Z'],
    ['2026-05-01', '2026-04-30T16:00:00.000Z'],
    ['2026-05-01T04:00:00Z', '2026-05-01T04:00:00.000Z'],
    ['2026-05-01T12:00:00+0900', '2026-05-01T03:00:00.000Z'],
    ['1777608000', '2026-05-01T04:00:00.000Z'],
    ['1777608000000', '2026-05-01T04:00:00.000Z'],
    ['0000-00-00 00:00:00', undefined],
    ['NULL', undefined],
  ])('%s is read as %s', (text, expected) => {
    const time = readTime(text, '+08:00');
    expect(time instanceof Date ? time.toISOString() : time).toBe(expected);
  });

  it('sets rows aside whose time can be read in two ways, or lies ahead as one of another zone does', () => {
    const text = `appid,refresh_token,granted_at\n${A},${token('a')},01/05/2026\n${B},${token('b')},2026-05-01 12:00:00`;
    const { rows, invalid } = sortOut(parseCsv(text, '+00:00'), new Date('2026-05-01T05:00:00Z'));
    expect(rows).toEqual([]);
    expect(invalid).toMatchObject([
      { place: 'line 2', problem: expect.stringContaining('cannot be read') },
      { place: 'line 3', problem: expect.stringContaining('lies ahead') },
    ]);
  });
});

describe('sortOut', () => {
  it('believes no time that lies ahead: a little ahead is now, further ahead is set aside', () => {
    const now = new Date('2026-05-01T12:00:00Z');
    const row = (appid: string, aheadS: number): SourceRow => ({
      place: appid,
      appid,
      refreshToken: token('a'),
      grantedAt: new Date(now.getTime() + aheadS * 1_000),
    });
    const { rows, invalid } = sortOut([row(A, 120), row(B, 3_600)], now);
    expect(rows.map(({ grantedAt }) => grantedAt)).toEqual([now]);
    expect(invalid).toMatchObject([{ place: B, problem: expect.stringContaining('lies ahead') }]);
  });

  it('sets aside what cannot be an authorization, with its place, and quotes no token', () => {
    const text = [
      `gh_1,${token('a')}`,
      `${A},`,
      `${A},short`,
      `${A},${token('a')}`,
      `${A},${token('b')}`,
      `${A},${token('a')}`,
    ].join('\n');
    const { rows, invalid } = sortOut(parseCsv(text));
    expect(rows.map(({ place }) => place)).toEqual(['line 4']);
    expect(invalid.map(({ place }) => place)).toEqual(['line 1', 'line 2', 'line 3', 'line 5']);
    expect(invalid[3]?.problem).toContain('line 4');
    expect(JSON.stringify(invalid)).not.toContain('refreshtoken@@@a');
  });
});

describe('judge', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 10, n));
  const row = (name: string, grantedAt?: Date): SourceRow => ({
    place: 'line 1',
    appid: A,
    refreshToken: token(name),
    grantedAt,
  });
  const known = (more: Partial<Known>): Known => ({
    refreshToken: token('a'),
    storedAt: day(10),
    cancelledAt: undefined,
    state: 'active',
    ...more,
  });

  it.each<[string, SourceRow, Known | undefined, string]>([
    ['nobody knows it', row('a'), undefined, 'new'],
    ['known without a token', row('a'), known({ refreshToken: undefined }), 'new'],
    ['the same token', row('a'), known({}), 'same'],
    ['another token, no date', row('b'), known({}), 'keep'],
    ['another token, granted before ours', row('b', day(9)), known({}), 'keep'],
    ['another token, granted at the same moment', row('b', day(10)), known({}), 'keep'],
    ['another token, granted after ours', row('b', day(11)), known({}), 'replace'],
    ['ours without a date', row('b', day(11)), known({ storedAt: undefined }), 'keep'],
    ['cancelled', row('a'), known({ state: 'cancelled', cancelledAt: day(12) }), 'cancelled'],
    ['granted before the cancellation', row('a', day(11)), known({ state: 'cancelled', cancelledAt: day(12) }), 'cancelled'],
    ['granted after the cancellation', row('b', day(13)), known({ state: 'cancelled', cancelledAt: day(12) }), 'new'],
  ])('%s', (_, given, have, verdict) => {
    expect(judge(given, have).verdict).toBe(verdict);
  });
});
