import { APP_DOMAINS, domainsOf, SECRET_DOMAINS, type SecretBox } from '#persistence';
import { type Finding, warn } from './finding.js';

/**
 * A key that seals for one app what another app has the key for as well. What the apps are given is not seen from here, but what one of them
 * seals or opens it must have the key of.
 */
export function judgeSharedKeys(box: SecretBox): Finding[] {
  const reached = Object.entries(APP_DOMAINS).flatMap(([app, use]) => {
    const own = domainsOf(use);
    const ids = new Set(own.map((domain) => box.currentKeyId(domain)));
    const more = SECRET_DOMAINS.filter((domain) => {
      const id = box.currentKeyId(domain);
      return id !== undefined && !own.includes(domain) && ids.has(id);
    });
    return more.length > 0 ? [`${app} also opens ${more.join(', ')}`] : [];
  });
  if (reached.length === 0) return [];
  return [
    warn(
      'keys',
      `apps share encryption keys: ${reached.join('; ')}`,
      'Give each app the keys of its own domains: wxplane keys split, docs/operations.md, "Encryption keys of each app".',
    ),
  ];
}
