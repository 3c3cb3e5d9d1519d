import { SECRET_DOMAINS, type SecretDomain } from './binding.js';

/** What a process seals and what it opens. */
export interface DomainUse {
  readonly seals: readonly SecretDomain[];
  readonly opens: readonly SecretDomain[];
}

export const EVERY_DOMAIN: DomainUse = { seals: SECRET_DOMAINS, opens: SECRET_DOMAINS };

/** For what only opens, or seals, what it names. */
export const useOf = (...domains: SecretDomain[]): DomainUse => ({ seals: domains, opens: domains });

/**
 * What each app seals and opens, and no more: it starts with keys for these domains, and forgets all others. Whoever takes an app over has the
 * keys of its line. `test/unit/secret-domains.spec.ts` compares with the sources.
 */
export const APP_DOMAINS: Readonly<Record<'ingestion' | 'broker' | 'release', DomainUse>> = {
  ingestion: {
    seals: ['answers', 'inbox', 'subscriptions', 'tickets'],
    opens: ['answers', 'inbox', 'subscriptions'],
  },
  broker: {
    seals: ['answers', 'credentials', 'filings', 'inbox', 'registrations', 'returns', 'shared-tokens'],
    opens: ['answers', 'credentials', 'filings', 'inbox', 'registrations', 'returns', 'shared-tokens', 'tickets'],
  },
  release: {
    seals: ['answers', 'approvals', 'inbox', 'release'],
    opens: ['answers', 'approvals', 'inbox', 'release'],
  },
};

/** The domains that need a key. */
export function domainsOf({ seals, opens }: DomainUse): SecretDomain[] {
  return SECRET_DOMAINS.filter((domain) => seals.includes(domain) || opens.includes(domain));
}
