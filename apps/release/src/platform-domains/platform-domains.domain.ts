/** What the platform has registered, by name without scheme. `published` is absent while the platform was never published. */
export interface PlatformLists {
  readonly published?: readonly string[] | undefined;
  readonly testing?: readonly string[] | undefined;
}

/** Where a domain of a mini program is missing (mini-program-release.md §6.1). */
export interface MissingDomains {
  /** Registered with the platform nowhere. */
  readonly unregistered: readonly string[];
  /** In the list of the platform's test version, which merchants do not get. */
  readonly testing_only: readonly string[];
  /** Registered and published: the mini program does not have it. */
  readonly not_set: readonly string[];
}

/** @param domains with scheme and perhaps a port */
export function whereMissing(domains: readonly string[], { published, testing = [] }: PlatformLists): MissingDomains {
  const unregistered: string[] = [];
  const testingOnly: string[] = [];
  const notSet: string[] = [];
  for (const domain of domains) {
    const host = hostOf(domain);
    if (isBelow(host, published ?? testing)) notSet.push(domain);
    else (isBelow(host, testing) ? testingOnly : unregistered).push(domain);
  }
  return { unregistered, testing_only: testingOnly, not_set: notSet };
}

/** Those of the test version that the published list lacks. */
export const testingOnlyOf = ({ published, testing = [] }: PlatformLists): string[] =>
  published ? testing.filter((domain) => !published.includes(domain)) : [];

const hostOf = (domain: string): string =>
  domain
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[/:].*$/, '')
    .toLowerCase();

/** What is below a registered domain is registered. */
const isBelow = (host: string, registered: readonly string[]): boolean =>
  registered.map(hostOf).some((parent) => host === parent || host.endsWith(`.${parent}`));
