import { describe, expect, it } from 'vitest';
import { parseCsv } from './csv.domain.js';
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

describe('sortOut', () => {
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
