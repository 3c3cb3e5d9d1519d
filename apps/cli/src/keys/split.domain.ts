import { randomBytes } from 'node:crypto';
import { APP_DOMAINS, domainsOf, type EncryptionKey, SECRET_DOMAINS, type SecretDomain } from '#persistence';

/** Who has keys, and for which domains: the command line writes everything anew, so it has all. */
export const HOLDERS: Readonly<Record<'ingestion' | 'broker' | 'release' | 'cli', readonly SecretDomain[]>> = {
  ingestion: domainsOf(APP_DOMAINS.ingestion),
  broker: domainsOf(APP_DOMAINS.broker),
  release: domainsOf(APP_DOMAINS.release),
  cli: SECRET_DOMAINS,
};
export type Holder = keyof typeof HOLDERS;

/** In this order every text can be opened by whoever has to, whichever replicas are at which step. */
export const STEPS = [
  { name: '1-opens', does: 'opens under the new keys, and still seals under the former' },
  { name: '2-seals', does: 'seals under the new keys' },
  { name: '3-alone', does: 'has the new keys alone' },
] as const;
export type StepName = (typeof STEPS)[number]['name'];

/** One for each domain: `<name>-<domain>`. */
export function newDomainKeys(name: string): EncryptionKey[] {
  return SECRET_DOMAINS.map((domain) => ({ id: `${name}-${domain}`, key: randomBytes(32), domains: [domain] }));
}

/** What a holder is given at a step, newest first. */
export function keysAt(
  step: StepName,
  holder: Holder,
  former: readonly EncryptionKey[],
  fresh: readonly EncryptionKey[],
): EncryptionKey[] {
  const [own, before] = [ofHolder(fresh, holder), ofHolder(former, holder)];
  if (step === '3-alone') return own;
  return step === '1-opens' ? [...before, ...own] : [...own, ...before];
}

/** A key for everything stays one: until everything is written anew, each app needs it. */
function ofHolder(keys: readonly EncryptionKey[], holder: Holder): EncryptionKey[] {
  return keys.flatMap((key) => {
    if (key.domains === undefined) return [key];
    const domains = key.domains.filter((domain) => HOLDERS[holder].includes(domain));
    return domains.length === 0 ? [] : [{ ...key, domains }];
  });
}
