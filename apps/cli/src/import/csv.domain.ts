import type { SourceRow } from './source-row.domain.js';

/**
 * Reads `appid,refresh_token[,granted_at]`, with or without a heading, quotes, a byte order mark, CRLF and empty lines.
 * What is wrong with a row is for `sortOut` to say.
 */
export function parseCsv(text: string): SourceRow[] {
  const rows: SourceRow[] = [];
  for (const { line, cells } of records(text.replace(/^\uFEFF/, ''))) {
    const [appid = '', refreshToken = '', grantedAt = ''] = cells.map((cell) => cell.trim());
    if (rows.length === 0 && /^(authorizer_)?app_?id$/i.test(appid)) continue;
    const time = grantedAt ? new Date(/^\d{9,10}$/.test(grantedAt) ? Number(grantedAt) * 1_000 : grantedAt) : undefined;
    rows.push({
      place: `line ${line}`,
      appid,
      refreshToken,
      ...(time && !Number.isNaN(time.getTime()) ? { grantedAt: time } : {}),
    });
  }
  return rows;
}

/** RFC 4180: a quoted cell may hold commas, doubled quotes and line ends. */
function* records(text: string): Generator<{ line: number; cells: string[] }> {
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
    else if (character === ',') {
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
