import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SecretBox } from '#persistence';
import { newDomainKeys } from '../keys/split.domain.js';
import { judgeSharedKeys } from './shared-keys.domain.js';

const key = (id: string, ...domains: ('credentials' | 'inbox' | 'release')[]) => ({
  id,
  key: randomBytes(32),
  ...(domains.length > 0 ? { domains } : {}),
});
const details = (box: SecretBox) => judgeSharedKeys(box).map(({ result, detail }) => `${result}: ${detail}`);

describe('encryption keys, as the doctor judges them', () => {
  it('are well when each domain has its own, also while a former one for everything is still there', () => {
    expect(details(new SecretBox(newDomainKeys('d1')))).toEqual([]);
    expect(details(new SecretBox([...newDomainKeys('d1'), key('k1')]))).toEqual([]);
  });

  it('are warned of when one is for everything, with what each app opens of the others', () => {
    const [found] = details(new SecretBox([key('k1')]));
    expect(found).toMatch(
      /^warn: apps share encryption keys: ingestion also opens approvals, credentials, filings, registrations, release, /,
    );
    expect(found).toMatch(/; release also opens credentials, filings, /);
    expect(judgeSharedKeys(new SecretBox([key('k1')]))[0]?.remedy).toContain('wxplane keys split');
  });

  it('are warned of when one is for domains of several apps', () => {
    expect(details(new SecretBox([key('both', 'inbox', 'credentials'), ...newDomainKeys('d1')]))).toEqual([
      'warn: apps share encryption keys: ingestion also opens credentials; release also opens credentials',
    ]);
  });

  it('of which some are not configured here are judged by those that are', () => {
    expect(details(new SecretBox([key('i', 'inbox'), key('r', 'release')]))).toEqual([]);
  });
});
