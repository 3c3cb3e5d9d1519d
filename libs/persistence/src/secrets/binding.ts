/** What a configured key is split into: a key derived for one domain opens nothing of another, and a key may be for some of them only. */
export const SECRET_DOMAINS = [
  'answers',
  'approvals',
  'credentials',
  'filings',
  'inbox',
  'registrations',
  'release',
  'returns',
  'shared-tokens',
  'subscriptions',
  'tickets',
] as const;
export type SecretDomain = (typeof SECRET_DOMAINS)[number];

/** The one place where a sealed text opens; all of it is authenticated with the text, nothing of it is stored with it. */
export interface Binding {
  readonly domain: SecretDomain;
  /** The table, or what takes its place outside of MySQL. */
  readonly table: string;
  /** Columns among which SQL moves a value as it is (a current token becomes the previous one) are one class. */
  readonly columnClass: string;
  /** The row's natural key and not its number, so that a row can be sealed before it is inserted. */
  readonly key: readonly string[];
  /** What `enc:v1` authenticates instead of all the above; `null`: the last release wrote plain text there, and so does a writer of `v1`. */
  readonly purpose: string | null;
  /** An older system, or the last release, wrote plain text there; everywhere else plain text can only be forged. */
  readonly olderPlainText: boolean;
}

/**
 * What AES-GCM authenticates beside the text: version, domain, table, column class and natural key, each as a netstring
 * (`<bytes>:<text>,`), so that no two bindings give the same bytes.
 */
export function authenticatedData({ domain, table, columnClass, key }: Binding): Buffer {
  let text = netstring('wxplane/v2') + netstring(domain) + netstring(table) + netstring(columnClass);
  for (const part of key) text += netstring(part);
  return Buffer.from(text);
}

/** Whether anything else than `v2` was ever written there. */
export const hasOlderForm = ({ purpose, olderPlainText }: Binding): boolean => purpose !== null || olderPlainText;

const netstring = (text: string): string => `${Buffer.byteLength(text)}:${text},`;
