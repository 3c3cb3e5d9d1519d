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

const MAX_DETAILS = 8_192;
const MAX_ENTRIES = 200;

/** What a refusal says besides its code, without secrets; `undefined` when that is nothing, or too much to be told. */
export function detailsOf(
  answer: Readonly<Record<string, unknown>>,
  secrets: readonly string[] = [],
): Readonly<Record<string, unknown>> | undefined {
  const { errcode: _, errmsg: __, ...rest } = answer;
  if (Object.keys(rest).length === 0) return undefined;
  const clean = cleaned(rest, secrets, 0) as Readonly<Record<string, unknown>>;
  return JSON.stringify(clean).length <= MAX_DETAILS ? clean : undefined;
}

/** Names of hosts look like nothing secret; what does is taken out. */
function cleaned(node: unknown, secrets: readonly string[], depth: number): unknown {
  if (typeof node === 'string')
    return /^[a-z]*:?\/?\/?[\w.-]+\.[a-z]{2,}(:\d+)?$/i.test(node) && node.length <= 255 ? node : scrub(node, secrets);
  if (typeof node !== 'object' || node === null) return node;
  if (depth > 4) return null;
  if (Array.isArray(node)) return node.slice(0, MAX_ENTRIES).map((entry) => cleaned(entry, secrets, depth + 1));
  return Object.fromEntries(
    Object.entries(node)
      .slice(0, MAX_ENTRIES)
      .filter(([key]) => !/token|secret|code$|ticket/i.test(key))
      .map(([key, value]) => [key, cleaned(value, secrets, depth + 1)]),
  );
}
