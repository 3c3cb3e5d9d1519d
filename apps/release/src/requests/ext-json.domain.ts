/** One thing that is wrong with an `ext_json`. */
export interface ExtJsonProblem {
  /** Such as `window.navigationBarTitleText`. */
  readonly path: string;
  readonly message: string;
}

export type Variables = Readonly<Record<string, unknown>>;
type Kind = 'object' | 'array' | 'boolean' | 'string' | 'any';

/** Members of `ext_json` (mini-program-release.md §2.1) and what each must be. */
const MEMBERS: Readonly<Record<string, Kind>> = {
  extAppid: 'string',
  extEnable: 'boolean',
  directCommit: 'boolean',
  ext: 'object',
  extPages: 'object',
  pages: 'array',
  subPackages: 'array',
  subpackages: 'array',
  window: 'object',
  networkTimeout: 'object',
  tabBar: 'object',
  plugins: 'object',
  // So WeChat's own sample writes it.
  plugin: 'object',
  functionPages: 'any',
  customOpen: 'any',
  navigateToMiniProgramAppIdList: 'array',
  requiredPrivateInfos: 'array',
  sitemap: 'any',
  debug: 'boolean',
};

const LOCATION_APIS = new Set([
  'getLocation',
  'chooseLocation',
  'choosePoi',
  'chooseAddress',
  'onLocationChange',
  'startLocationUpdate',
  'startLocationUpdateBackground',
  'getFuzzyLocation',
]);

/** What `getFuzzyLocation` may not stand beside. */
const PRECISE = new Set(['getLocation', 'onLocationChange', 'startLocationUpdate', 'startLocationUpdateBackground']);

/** Misspellings and moved members seen in the wild. */
const MEANT: Readonly<Record<string, string>> = {
  navigateToMiniProgaramAppIdList: 'navigateToMiniProgramAppIdList',
  tabbar: 'tabBar',
  appid: 'extAppid',
};

/** @returns every problem; empty when WeChat would accept its form. */
export function checkExtJson(value: unknown): ExtJsonProblem[] {
  if (kindOf(value) !== 'object') return [{ path: 'ext_json', message: 'must be an object' }];
  const problems: ExtJsonProblem[] = [];
  const document = value as Record<string, unknown>;
  for (const [member, content] of Object.entries(document)) {
    const wanted = Object.hasOwn(MEMBERS, member) ? MEMBERS[member] : undefined;
    if (wanted !== undefined && wanted !== 'any' && kindOf(content) !== wanted)
      problems.push({ path: member, message: `must be of type ${wanted}` });
  }
  const { pages, requiredPrivateInfos, tabBar } = document;
  if (Array.isArray(pages) && pages.length === 0) problems.push({ path: 'pages', message: 'must not be empty (85047)' });
  if (Array.isArray(pages) && pages.some((page) => typeof page !== 'string' || page.startsWith('/')))
    problems.push({ path: 'pages', message: 'must be page paths without leading slash' });
  if (Array.isArray(requiredPrivateInfos)) problems.push(...checkLocationApis(requiredPrivateInfos));
  const list = (tabBar as { list?: unknown } | undefined)?.list;
  if (
    list !== undefined &&
    (!Array.isArray(list) || list.some((tab) => typeof (tab as { pagePath?: unknown })?.pagePath !== 'string'))
  )
    problems.push({ path: 'tabBar.list', message: 'must be a list of objects with a pagePath (85046)' });
  return problems;
}

/** Members that WeChat's documents do not name: any member of app.json may stand there, so they are sent, and pointed out. */
export function unknownMembers(document: Readonly<Record<string, unknown>>): ExtJsonProblem[] {
  return Object.keys(document)
    .filter((member) => !Object.hasOwn(MEMBERS, member))
    .map((member) => {
      const meant = Object.hasOwn(MEANT, member) ? `did you mean ${MEANT[member]}?` : 'fields of your own belong into "ext"';
      return { path: member, message: `is not named in WeChat's documents; ${meant}` };
    });
}

/** Where appids of others belong: whom one may jump to, and whose plugins are used. */
const OF_OTHERS: ReadonlySet<string> = new Set([
  'navigateToMiniProgramAppIdList',
  'navigateToMiniProgaramAppIdList',
  'plugins',
  'plugin',
]);
const APPID = /^wx[0-9a-f]{16}$/;

/**
 * Appids left over from somebody's own `ext.json`: with such an `extAppid` the code would take itself for another mini program, and with
 * such a member of `ext` it would work with another merchant's data. An empty `extAppid`, as in WeChat's own sample, is none.
 */
export function foreignAppids(document: Readonly<Record<string, unknown>>, appid: string): ExtJsonProblem[] {
  const confirm = 'or say skip_checks: ["ext-appid"] in the policy';
  const found: ExtJsonProblem[] = [];
  const look = (node: unknown, path: string): void => {
    if (typeof node === 'string' && APPID.test(node) && node !== appid)
      found.push({ path, message: `is ${node}, not the mini program's own appid: write {{appid}} if that is meant, ${confirm}` });
    else if (Array.isArray(node)) for (const [index, item] of node.entries()) look(item, `${path}[${index}]`);
    else if (node !== null && typeof node === 'object')
      for (const [name, item] of Object.entries(node)) look(item, `${path}.${name}`);
  };
  const { extAppid, ...rest } = document;
  if (extAppid !== undefined && extAppid !== '' && extAppid !== appid) {
    const message = `is ${JSON.stringify(extAppid)}, not the mini program's own: write {{appid}}, ${confirm}`;
    found.push({ path: 'extAppid', message });
  }
  for (const [member, content] of Object.entries(rest)) if (!OF_OTHERS.has(member)) look(content, member);
  return found;
}

function checkLocationApis(names: readonly unknown[]): ExtJsonProblem[] {
  const path = 'requiredPrivateInfos';
  const unknown = names.filter((name) => typeof name !== 'string' || !LOCATION_APIS.has(name));
  if (unknown.length > 0) return [{ path, message: `names no location API: ${unknown.map(String).join(', ')} (85310)` }];
  return names.includes('getFuzzyLocation') && names.some((name) => PRECISE.has(name as string))
    ? [{ path, message: 'getFuzzyLocation excludes the precise ones (85311)' }]
    : [];
}

function kindOf(value: unknown): Kind {
  if (Array.isArray(value)) return 'array';
  if (value !== null && typeof value === 'object') return 'object';
  return typeof value === 'boolean' ? 'boolean' : typeof value === 'string' ? 'string' : 'any';
}

/** Whatever stands between the braces is a name: what looks like a variable is not sent as text by mistake. */
const PLACEHOLDER = /(\\*)\{\{(.*?)\}\}/gs;

/** Backslashes before the braces: of two one stays; one that is left over makes the braces and what is in them text. */
const escaped = (backslashes: string) => ({
  kept: backslashes.slice(0, backslashes.length / 2),
  isText: backslashes.length % 2 === 1,
});

export interface Rendered<T> {
  readonly value: T;
  /** Names without a value: an error, never text that is sent. */
  readonly missing: readonly string[];
}

/**
 * Fills `{{name}}` in every text of a document, the names of members included. A text that is nothing but one variable takes the variable's own type;
 * inside a longer text only texts, numbers and booleans can stand. `\{{name}}` is sent as `{{name}}`, and `\\{{name}}` is a backslash and the variable.
 */
export function render<T>(document: T, variables: Variables): Rendered<T> {
  const missing = new Set<string>();
  const value = fill(document, variables, missing);
  return { value: value as T, missing: [...missing].sort() };
}

function fill(node: unknown, variables: Variables, missing: Set<string>): unknown {
  if (typeof node === 'string') return fillText(node, variables, missing);
  if (Array.isArray(node)) return node.map((item) => fill(item, variables, missing));
  if (node !== null && typeof node === 'object')
    return Object.fromEntries(
      Object.entries(node).map(([key, content]) => [fillIn(key, variables, missing), fill(content, variables, missing)]),
    );
  return node;
}

function fillText(text: string, variables: Variables, missing: Set<string>): unknown {
  const [first] = text.matchAll(PLACEHOLDER);
  const whole = first?.[0] === text && first[1] === '' ? first[2]?.trim() : undefined;
  return whole !== undefined && has(variables, whole) ? variables[whole] : fillIn(text, variables, missing);
}

function fillIn(text: string, variables: Variables, missing: Set<string>): string {
  return text.replace(PLACEHOLDER, (placeholder: string, backslashes: string, inner: string) => {
    const { kept, isText } = escaped(backslashes);
    if (isText) return kept + placeholder.slice(backslashes.length);
    const name = inner.trim();
    const value = has(variables, name) ? variables[name] : undefined;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return kept + String(value);
    missing.add(name);
    return placeholder;
  });
}

function has(variables: Variables, name: string): boolean {
  return Object.hasOwn(variables, name) && variables[name] !== undefined && variables[name] !== null;
}

/** Later layers win: platform defaults, per mini program, per rollout, built-ins. */
export function layers(...list: readonly Variables[]): Variables {
  return Object.assign(Object.create(null) as object, ...list) as Variables;
}

export interface BuiltIns {
  readonly appid: string;
  readonly nickname: string | null;
  readonly principal_name: string | null;
  readonly original_id: string | null;
  readonly user_version: string;
  readonly template_id: number;
}

/** Names that every `ext_json` may use; the date is WeChat's, UTC+8. */
export function builtIns(of: BuiltIns, now: Date): Variables {
  const beijing = new Date(now.getTime() + 8 * 3_600_000).toISOString();
  return Object.fromEntries(
    Object.entries({ ...of, date: beijing.slice(0, 10), year: beijing.slice(0, 4) }).filter(([, value]) => value !== null),
  );
}
