/** Columns that a terminal needs for a text: Han and other wide characters take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text)
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  return columns;
}

// What others wrote (nicknames, reasons) must not move the cursor.
const clean = (cell: unknown) => String(cell ?? '').replace(/[\p{Cc}\p{Cf}]+/gu, ' ');

/** Rows under their headings, columns aligned; `empty` when there are none. */
export function table(headings: readonly string[], rows: readonly (readonly unknown[])[], empty = 'nothing to show'): string {
  if (rows.length === 0) return `${empty}\n`;
  const cells = [headings.map((heading) => heading.toUpperCase()), ...rows.map((row) => row.map(clean))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ''))));
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell))),
      )
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Names and values, one a line. */
export function facts(entries: readonly (readonly [string, unknown])[]): string {
  const longest = Math.max(...entries.map(([name]) => width(name)));
  return entries.map(([name, value]) => `${name}${' '.repeat(longest - width(name))}  ${clean(value ?? '–')}\n`).join('');
}

/** The result of a command: one JSON document, or text for a person. */
export function show(options: { readonly json?: boolean }, document: unknown, human: string | (() => string)): void {
  process.stdout.write(options.json ? `${JSON.stringify(document)}\n` : typeof human === 'string' ? human : human());
}

/**
 * A moment for a person: the local time with its offset. Documents (`--json`) keep ISO 8601 in UTC.
 * @param iso as the apps write it; anything else, such as nothing, stays as it is
 */
export function localTime(iso: string | null | undefined): string {
  const at = new Date(iso ?? '');
  if (!iso || Number.isNaN(at.getTime())) return iso ?? '';
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  const offset = -at.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} ${zone}`;
}

/** Such as `1 job waits` and `2 jobs wait`: whatever in a sentence changes with the number. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** What happens meanwhile: for a person only, so it never stands between a script and the document. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Such as `3 min ago`, from seconds. */
export function age(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return 'never';
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
