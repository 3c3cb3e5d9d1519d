import { describe, expect, it } from 'vitest';
import { APP_DOMAINS, BINDINGS, domainsOf, SEALED_COLUMNS, SECRET_DOMAINS, type SecretDomain } from '#persistence';
import { brokerDefinition } from '../../apps/broker/src/broker.definition.ts';
import { HOLDERS, keysAt, newDomainKeys, STEPS } from '../../apps/cli/src/keys/split.domain.ts';
import { ingestionDefinition } from '../../apps/ingestion/src/ingestion.definition.ts';
import { releaseDefinition } from '../../apps/release/src/release.definition.ts';
import { APP_DOMAINS as OF_SUITE } from '../../scripts/lib/encryption-keys.ts';
import { productSources } from '../support/table-use.ts';

const APPS = ['ingestion', 'broker', 'release'] as const;
const sources = productSources();

/** Any binding of each kind: its domain does not depend on what it is of. */
const DOMAIN_OF = Object.fromEntries(
  Object.entries(BINDINGS).map(([name, bindingOf]) => {
    const anything = name === 'ticket' ? ['wxc', new Date()] : ['a', 'b', 'c', 'd'];
    return [name, (bindingOf as unknown as (...args: unknown[]) => { domain: SecretDomain })(...anything).domain];
  }),
);

/** The classes of libraries that seal and open for whoever injects them; `@Audited` remembers answers. */
const OF_LIBRARIES: Readonly<Record<string, SecretDomain>> = {
  InboxConsumer: 'inbox',
  OwnEvents: 'inbox',
  IdempotencyInterceptor: 'answers',
  Audited: 'answers',
};

function domainsIn(source: string): SecretDomain[] {
  return [
    ...[...source.matchAll(/BINDINGS\.(\w+)/g)].flatMap(([, name]) => DOMAIN_OF[name!] ?? []),
    ...[...source.matchAll(/domain: '([a-z-]+)'/g)].map(([, domain]) => domain as SecretDomain),
    ...Object.entries(OF_LIBRARIES).flatMap(([name, domain]) => (new RegExp(`\\b${name}\\b`).test(source) ? [domain] : [])),
  ];
}

describe('the domains of the apps', () => {
  it('are those that their sources seal and open', () => {
    const used = Object.fromEntries(APPS.map((app) => [app, new Set<SecretDomain>()]));
    for (const { path, source } of sources) {
      const app = APPS.find((one) => path.startsWith(`apps/${one}/`));
      if (app) for (const domain of domainsIn(source)) used[app]!.add(domain);
    }
    expect(Object.fromEntries(APPS.map((app) => [app, [...used[app]!].sort()]))).toEqual(
      Object.fromEntries(APPS.map((app) => [app, domainsOf(APP_DOMAINS[app])])),
    );
  });

  it('leave none that nobody seals, or nobody opens', () => {
    for (const does of ['seals', 'opens'] as const)
      expect([...new Set(APPS.flatMap((app) => APP_DOMAINS[app][does]))].sort()).toEqual([...SECRET_DOMAINS]);
  });

  it('are what the apps start with, what `keys split` gives them, and what a local suite gives them', () => {
    for (const [app, definition] of Object.entries({
      ingestion: ingestionDefinition,
      broker: brokerDefinition,
      release: releaseDefinition,
    })) {
      const own = domainsOf(APP_DOMAINS[app as (typeof APPS)[number]]);
      expect(definition.secrets).toBe(APP_DOMAINS[app as (typeof APPS)[number]]);
      expect(HOLDERS[app as keyof typeof HOLDERS]).toEqual(own);
      expect(OF_SUITE[app as keyof typeof OF_SUITE]).toEqual(own);
    }
    expect(HOLDERS.cli).toEqual(SECRET_DOMAINS);
  });

  it('keep merchants’ credentials and what was written for releases to one app each', () => {
    const who = (domain: SecretDomain) => APPS.filter((app) => domainsOf(APP_DOMAINS[app]).includes(domain));
    for (const domain of ['credentials', 'filings', 'returns', 'shared-tokens'] as const) expect(who(domain)).toEqual(['broker']);
    for (const domain of ['release', 'approvals'] as const) expect(who(domain)).toEqual(['release']);
    expect(who('subscriptions')).toEqual(['ingestion']);
    expect(APPS.filter((app) => APP_DOMAINS[app].opens.includes('tickets'))).toEqual(['broker']);
  });

  it('are the same for a column and for what its rows are bound to', () => {
    for (const { table, column, domain, bindingOf } of SEALED_COLUMNS)
      expect(bindingOf({ pushed_at: null }).domain, `${table}.${column}`).toBe(domain);
  });
});

describe('the keys of a split', () => {
  const former = [
    { id: 'k2', key: Buffer.alloc(32, 2), domains: ['inbox', 'credentials'] as const },
    { id: 'k1', key: Buffer.alloc(32, 1) },
  ];
  const fresh = newDomainKeys('d1');
  const ids = (step: (typeof STEPS)[number]['name'], holder: keyof typeof HOLDERS) =>
    keysAt(step, holder, former, fresh).map(({ id, domains }) => (domains ? `${id}@${domains.join('+')}` : id));

  it('are of one domain each, and no two alike', () => {
    expect(fresh.map(({ domains }) => domains)).toEqual(SECRET_DOMAINS.map((domain) => [domain]));
    expect(new Set(fresh.map(({ key }) => key.toString('hex'))).size).toBe(SECRET_DOMAINS.length);
  });

  it('come behind the former ones, then in front, then alone, and each app gets those of its domains', () => {
    const own = ['d1-answers@answers', 'd1-inbox@inbox', 'd1-subscriptions@subscriptions', 'd1-tickets@tickets'];
    expect(ids('1-opens', 'ingestion')).toEqual(['k2@inbox', 'k1', ...own]);
    expect(ids('2-seals', 'ingestion')).toEqual([...own, 'k2@inbox', 'k1']);
    expect(ids('3-alone', 'ingestion')).toEqual(own);
    expect(ids('1-opens', 'release')[0]).toBe('k2@inbox');
    expect(ids('3-alone', 'cli')).toHaveLength(SECRET_DOMAINS.length);
  });
});
