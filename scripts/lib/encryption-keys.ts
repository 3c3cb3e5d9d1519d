import { randomBytes } from 'node:crypto';
import type { AccountName } from './accounts.ts';

/** What each app has encryption keys for; test/unit/secret-domains.spec.ts compares with the apps. */
export const APP_DOMAINS = {
  ingestion: ['answers', 'inbox', 'subscriptions', 'tickets'],
  broker: ['answers', 'credentials', 'filings', 'inbox', 'registrations', 'returns', 'shared-tokens', 'tickets'],
  release: ['answers', 'approvals', 'inbox', 'release'],
} as const;

/** One key for each domain, as WXPLANE_ENCRYPTION_KEYS has them. */
export function newEncryptionKeys(name: string): string {
  const domains = [...new Set(Object.values(APP_DOMAINS).flat())].sort();
  return domains.map((domain) => `${name}-${domain}@${domain}:${randomBytes(32).toString('base64')}`).join(',');
}

/** Those of them that an app is given; a key that names no domain is everybody's, and the command line has all. */
export function keysFor(app: AccountName, keys: string): string {
  if (app === 'cli') return keys;
  if (app === 'console') return '';
  const own: readonly string[] = APP_DOMAINS[app];
  return keys
    .split(',')
    .filter((entry) => {
      const domains = /^[^:]*@([^:]*):/.exec(entry)?.[1]?.split('+');
      return domains === undefined || domains.some((domain) => own.includes(domain));
    })
    .join(',');
}

/** The keys themselves, which must be in no output. */
export const bytesOf = (keys: string): string[] => keys.split(',').map((entry) => entry.slice(entry.indexOf(':') + 1));
