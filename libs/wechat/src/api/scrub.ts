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
