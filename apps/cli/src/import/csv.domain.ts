import type { SourceRow } from './source-row.domain.js';

/** The file is not what it must be; the message says what to do. */
export class WrongCsv extends Error {}

type Column = 'appid' | 'refreshToken' | 'grantedAt' | 'name';

/** Headings, without case, spaces and underscores. */
const HEADINGS: Readonly<Record<string, Column>> = {
  appid: 'appid',
  authorizerappid: 'appid',
  授权方appid: 'appid',
  小程序appid: 'appid',
  refreshtoken: 'refreshToken',
  authorizerrefreshtoken: 'refreshToken',
  授权方的刷新令牌: 'refreshToken',
  刷新令牌: 'refreshToken',
  grantedat: 'grantedAt',
  authtime: 'grantedAt',
  authorizedat: 'grantedAt',
  createtime: 'grantedAt',
  createdat: 'grantedAt',
  授权时间: 'grantedAt',
  创建日期: 'grantedAt',
  name: 'name',
  nickname: 'name',
  名称: 'name',
};

/** Without a heading. */
const STANDARD: Readonly<Partial<Record<Column, number>>> = { appid: 0, refreshToken: 1, grantedAt: 2 };

/**
 * Reads `appid,refresh_token[,granted_at]`, with or without a heading (in which any order and further columns may be), separated by
 * commas, semicolons or tabs, with quotes, CRLF and empty lines. What is wrong with a row is for `sortOut` to say.
 * @param zone offset of times that name none, such as `+08:00`
 * @throws WrongCsv
 */
export function parseCsv(text: string, zone?: string): SourceRow[] {
  const rows: SourceRow[] = [];
  let columns: Readonly<Partial<Record<Column, number>>> | undefined;
  for (const { line, cells: raw } of records(text.replace(/^\uFEFF/, ''), separatorOf(text))) {
    const cells = raw.map((cell) => cell.trim());
    // Excel's own line of the separator.
    if (!columns && /^sep=/i.test(cells[0] ?? '')) continue;
    if (!columns) {
      columns = headingOf(cells);
      if (columns) continue;
      columns = STANDARD;
    }
    const cell = (column: Column) => cells[columns?.[column] ?? -1] ?? '';
    const time = readTime(cell('grantedAt'), zone);
    if (time === 'no zone')
      throw new WrongCsv(
        `line ${line}: the time "${cell('grantedAt')}" names no zone; say which one the file's times are of, such as --time-zone +08:00 (Beijing)`,
      );
    const name = cell('name');
    rows.push({
      place: `line ${line}`,
      appid: cell('appid'),
      refreshToken: cell('refreshToken'),
      ...(name ? { name } : {}),
      ...(time instanceof Date ? { grantedAt: time } : {}),
      ...(time === 'unclear' ? { problem: 'its time cannot be read: write it as 2026-05-01 12:00:00' } : {}),
    });
  }
  return rows;
}

/** @returns where each column is; `undefined`: this is no heading. @throws WrongCsv */
function headingOf(cells: readonly string[]): Partial<Record<Column, number>> | undefined {
  const names = cells.map((cell) => HEADINGS[cell.toLowerCase().replace(/[\s_-]/g, '')]);
  if (!names.some(Boolean)) return undefined;
  const columns: Partial<Record<Column, number>> = {};
  for (const [index, name] of names.entries()) if (name) columns[name] ??= index;
  for (const [name, heading] of [
    ['appid', 'appid'],
    ['refreshToken', 'refresh_token'],
  ] as const)
    if (columns[name] === undefined)
      throw new WrongCsv(`the heading has no column "${heading}"; it has: ${cells.map((cell) => cell.slice(0, 40)).join(', ')}`);
  // A heading may be shorter than its rows.
  return columns.grantedAt === undefined && cells.length === 2 ? { ...columns, grantedAt: 2 } : columns;
}

/** Whichever the first line has most of. */
function separatorOf(text: string): string {
  const sep = /^\uFEFF?sep=(.)/i.exec(text)?.[1];
  if (sep) return sep;
  const [first = ''] = text.replace(/^\uFEFF?\s*/, '').split('\n', 1);
  const bare = first.replace(/"(?:[^"]|"")*"/g, '');
  const count = (separator: string) => bare.split(separator).length;
  return [',', ';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

/** A moment; `undefined`: none is given. Only what can be read in one way is read. */
export function readTime(text: string, zone: string | undefined): Date | 'no zone' | 'unclear' | undefined {
  if (text === '' || /^(null|0|0000-00-00.*)$/i.test(text)) return undefined;
  if (/^\d{9,10}$/.test(text)) return new Date(Number(text) * 1_000);
  if (/^\d{13}$/.test(text)) return new Date(Number(text));
  const parts =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(text);
  if (!parts) return 'unclear';
  const [, year, month, day, hour = '0', minute = '00', second = '00', own] = parts;
  const offset = own ?? zone;
  if (offset === undefined) return 'no zone';
  const two = (part = '') => part.padStart(2, '0');
  const at = offset.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2').toUpperCase();
  const time = new Date(`${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}${at}`);
  return Number.isNaN(time.getTime()) ? 'unclear' : time;
}

/** RFC 4180: a quoted cell may hold separators, doubled quotes and line ends. */
function* records(text: string, separator: string): Generator<{ line: number; cells: string[] }> {
  let [line, begun, quoted, cell] = [1, 1, false, ''];
  let cells: string[] = [];
  const finish = () => {
    const done = [...cells, cell];
    [cells, cell] = [[], ''];
    return done;
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (quoted) {
      if (character === '\n') line += 1;
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell.trim() === '') [quoted, cell] = [true, ''];
    else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') {
      const done = finish();
      if (done.some((each) => each.trim() !== '')) yield { line: begun, cells: done };
      line += 1;
      begun = line;
    } else if (character !== '\r') cell += character;
  }
  const done = finish();
  if (done.some((each) => each.trim() !== '')) yield { line: begun, cells: done };
}
