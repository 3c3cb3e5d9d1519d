/** A column whose cells are JSON: numbers, lists, objects. All others are texts. */
const AS_JSON = ':json';
/** Names of members only: a file must not reach into what objects have by themselves. */
const PATH = /^[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63}){0,7}$/;

export interface CsvProblem {
  /** The first line is 1. */
  readonly line: number;
  readonly message: string;
}

export interface CsvOrders {
  readonly orders: Record<string, unknown>[];
  readonly problems: CsvProblem[];
}

/**
 * Orders of a CSV text (RFC 4180, UTF-8): a line each, columns named by their path, such as `registration.name`, `identity.nick_name` or
 * `filing.icp_applets.base_info.service_content_types:json`. An empty cell is a member that is not given.
 */
export function ordersOfCsv(text: string): CsvOrders {
  const [head, ...lines] = cellsOf(text.replace(/^\uFEFF/, ''));
  const problems: CsvProblem[] = [];
  const columns = (head?.cells ?? []).map((name) => {
    const json = name.endsWith(AS_JSON);
    const path = json ? name.slice(0, -AS_JSON.length) : name;
    if (!PATH.test(path)) problems.push({ line: 1, message: `"${name.slice(0, 80)}" is no column of an order` });
    return { path: path.split('.'), json };
  });
  if (problems.length > 0) return { orders: [], problems };
  const orders = lines.map(({ line, cells }) => {
    const order: Record<string, unknown> = {};
    if (cells.length !== columns.length)
      problems.push({ line, message: `has ${cells.length} cells, and the first line has ${columns.length}` });
    for (const [index, { path, json }] of columns.entries()) {
      const cell = cells[index] ?? '';
      if (cell === '') continue;
      try {
        put(order, path, json ? JSON.parse(cell) : cell);
      } catch {
        problems.push({ line, message: `${path.join('.')} is no JSON` });
      }
    }
    return order;
  });
  return { orders, problems };
}

function put(order: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let node = order;
  for (const name of path.slice(0, -1)) {
    const inner = node[name];
    node[name] = isObject(inner) ? inner : {};
    node = node[name] as Record<string, unknown>;
  }
  node[path.at(-1)!] = value;
}

/** Lines with their cells; quoted cells may have commas, quotes that are doubled, and line ends. Empty lines are nothing. */
function cellsOf(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let [cells, cell, quoted, line, begun] = [[] as string[], '', false, 1, 1];
  const endRow = () => {
    cells.push(cell);
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: begun, cells });
    [cells, cell, begun] = [[], '', line];
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '\n') line += 1;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === ',') {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') endRow();
    else if (char !== '\r') cell += char;
  }
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is common to all, and what each gives besides: objects are merged, everything else is replaced. */
export function withDefaults(defaults: unknown, given: unknown): unknown {
  if (!isObject(defaults) || !isObject(given)) return given === undefined ? defaults : given;
  const result: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(given)) result[name] = withDefaults(result[name], value);
  return result;
}
