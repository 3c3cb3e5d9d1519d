const RID = /\b[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}\b/i;
const CANDIDATE = /[\w@.=+/-]{20,}/g;
const MAX = 512;

/** The `rid: xxxxxxxx-xxxxxxxx-xxxxxxxx` at the end of an errmsg. */
export function findRid(errmsg: string): string | undefined {
  return /\brid:\s*([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})\b/i.exec(errmsg)?.[1];
}

/** Takes out of a text everything that is, or looks like, a token, code, ticket or secret, and shortens it to 512 characters. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length >= 6) {
      clean = clean.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
    }
  }
  return clean
    .replace(/\w+@@@[\w-]*/g, '***')
    .replace(CANDIDATE, (run) => (RID.test(run) || !/\d/.test(run) ? run : '***'))
    .slice(0, MAX);
}

/** In characters of JSON, roughly: six lists of 200 domains, as long as they come. */
const MAX_DETAILS = 65_536;
const MAX_DEPTH = 6;
const HOST = /^[a-z]*:?\/?\/?[\w.-]+\.[a-z]{2,}(:\d+)?$/i;
/** Members whose text is left out whatever it looks like. */
const HIDDEN = /token|secret|code$|ticket|_key$|password|pwd/i;

/**
 * What a refusal says besides its code, without secrets; what is too much is left out, and `truncated` says so.
 * @param ids members whose text is no secret although it looks like one
 */
export function detailsOf(
  answer: Readonly<Record<string, unknown>>,
  secrets: readonly string[] = [],
  ids: readonly string[] = [],
): Readonly<Record<string, unknown>> | undefined {
  const { errcode: _, errmsg: __, ...rest } = answer;
  if (Object.keys(rest).length === 0) return undefined;
  const room = { left: MAX_DETAILS };
  const clean = { ...(cleaned(rest, secrets, room, 0) as Readonly<Record<string, unknown>>), ...idsOf(rest, ids) };
  return room.left < 0 ? { ...clean, truncated: true } : clean;
}

function idsOf(answer: Readonly<Record<string, unknown>>, ids: readonly string[]): Record<string, unknown> {
  const kept = ids.map((name) => [name, answer[name]] as const);
  return Object.fromEntries(kept.filter(([, value]) => typeof value === 'string' && value.length <= MAX));
}

/** @param room what may still be kept; below 0 from the first part on that was left out */
function cleaned(node: unknown, secrets: readonly string[], room: { left: number }, depth: number): unknown {
  if (typeof node !== 'object' || node === null) {
    const clean = typeof node === 'string' ? cleanText(node, secrets) : node;
    room.left -= String(clean).length + 4;
    return clean;
  }
  if (depth === MAX_DEPTH) {
    room.left = -1;
    return null;
  }
  if (Array.isArray(node)) {
    const kept: unknown[] = [];
    for (const entry of node) {
      const clean = cleaned(entry, secrets, room, depth + 1);
      if (room.left < 0) break;
      kept.push(clean);
    }
    return kept;
  }
  const kept: [string, unknown][] = [];
  for (const [name, value] of Object.entries(node)) {
    if (room.left < 0) break;
    if (typeof value === 'string' && HIDDEN.test(name)) continue;
    room.left -= name.length + 4;
    kept.push([scrub(name, secrets), cleaned(value, secrets, room, depth + 1)]);
  }
  return Object.fromEntries(kept);
}

/** Names of hosts, and of fields, look like nothing secret, however long they are. */
function cleanText(text: string, secrets: readonly string[]): string {
  const known = secrets.some((secret) => secret.length >= 6 && text.includes(secret));
  return !known && text.length <= 255 && HOST.test(text) ? text : scrub(text, secrets);
}
