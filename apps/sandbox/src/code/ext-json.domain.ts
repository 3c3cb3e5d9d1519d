import { ApiError, refuse } from '../protocol/errors.domain.js';
import { isObject, type Json, list, strings } from '../protocol/route.js';
import type { Template } from '../world/model.js';

/** What getFuzzyLocation excludes: only these four (release reference §2.1, requiredPrivateInfos). */
const PRECISE = ['getLocation', 'onLocationChange', 'startLocationUpdate', 'startLocationUpdateBackground'];
const FUZZY = 'getFuzzyLocation';
const LOCATION_APIS = new Set([...PRECISE, FUZZY, 'chooseLocation', 'choosePoi', 'chooseAddress']);
const STANDARD_KEYS = new Set(['extAppid', 'ext', 'window']);

export interface ExtConfig {
  pages: string[];
  requiredPrivateInfos: string[];
}

/**
 * Reads `ext_json` against its template (release reference §2.1).
 * @param rights privacy APIs the app may use, as `wx.name`
 * @throws ApiError 47001, 85013, 85045–85048, 80067, 85310–85312, 9402203
 */
export function readExtJson(value: unknown, template: Template, rights: readonly string[]): ExtConfig {
  refuse(typeof value !== 'string', 47001);
  const ext = parse(value as string);
  refuse(template.template_type === 1 && Object.keys(ext).some((key) => !STANDARD_KEYS.has(key)), 9402203);
  const pages = ext['pages'] === undefined ? template.pages : strings(ext['pages']);
  refuse(pages.length === 0, 85047);
  const known = new Set(template.pages);
  refuse(
    pages.some((page) => !known.has(page)),
    85045,
  );
  if (isObject(ext['extPages'])) {
    refuse(
      Object.keys(ext['extPages']).some((page) => !known.has(page)),
      85045,
    );
  }
  checkTabBar(ext['tabBar'], new Set(pages));
  checkPlugins(ext['plugins'], template);
  return { pages, requiredPrivateInfos: readPrivateInfos(ext['requiredPrivateInfos'], rights) };
}

function parse(value: string): Json {
  let ext: unknown;
  try {
    ext = JSON.parse(value);
  } catch {
    throw new ApiError(85048);
  }
  if (!isObject(ext)) throw new ApiError(85013);
  return ext;
}

function checkTabBar(tabBar: unknown, pages: ReadonlySet<string>): void {
  if (!isObject(tabBar) || tabBar['list'] === undefined) return;
  refuse(
    list(tabBar['list']).some((item) => !isObject(item) || !pages.has(String(item['pagePath']))),
    85046,
  );
}

function checkPlugins(plugins: unknown, template: Template): void {
  if (!isObject(plugins)) return;
  const known = new Set(template.plugins);
  refuse(
    Object.keys(plugins).some((name) => !known.has(name)),
    80067,
  );
}

function readPrivateInfos(value: unknown, rights: readonly string[]): string[] {
  if (value === undefined) return [];
  refuse(!Array.isArray(value) || value.some((name) => !LOCATION_APIS.has(name)), 85310);
  const names = value as string[];
  refuse(names.includes(FUZZY) && names.some((name) => PRECISE.includes(name)), 85311);
  refuse(
    names.some((name) => !rights.includes(`wx.${name}`)),
    85312,
  );
  return names;
}
