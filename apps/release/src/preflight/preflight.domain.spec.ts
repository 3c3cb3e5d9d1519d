import { describe, expect, it } from 'vitest';
import { checkDomains } from './preflight.domain.js';

describe('domains before a submission', () => {
  const results = (mp: object, effective: object) => checkDomains({ mp_domain: mp, effective_domain: effective }).result;

  it('passes what WeChat says will hold: below a registered domain, with a port, or set directly', () => {
    const holds = ['https://api.example.com', 'https://example.com:8443', 'https://direct.example.org'];
    expect(results({}, { requestdomain: holds })).toBe('ok');
    expect(results({ requestdomain: ['HTTPS://API.example.com/'] }, { requestdomain: holds })).toBe('ok');
  });

  it.each([
    ['requestdomain', 'https://own.example'],
    ['wsrequestdomain', 'wss://own.example'],
    ['uploaddomain', 'https://own.example'],
    ['downloaddomain', 'https://own.example'],
  ])('refuses while a %s of the merchant would be dropped, and names it', (kind, domain) => {
    const answer = checkDomains({
      mp_domain: { [kind]: [domain] },
      effective_domain: { requestdomain: ['https://api.example.com'] },
    });
    expect(answer).toMatchObject({
      result: 'problem',
      detail: expect.stringContaining(domain),
      remedy: { en: expect.any(String) },
    });
  });

  it('says which domain is missing where: with the platform, in its published list, or with the mini program', () => {
    const own = ['https://own.example', 'https://new.example', 'https://api.shop.example'];
    const answer = { mp_domain: { requestdomain: own }, effective_domain: { requestdomain: ['https://stays.example'] } };
    const { detail, remedy } = checkDomains(answer, { published: ['shop.example'], testing: ['shop.example', 'new.example'] });
    expect(detail).toBe(
      'Dropped at the release. Not registered with the platform: https://own.example. ' +
        "Registered with the platform's test version only: https://new.example. " +
        'Registered with the platform, but not set for the mini program: https://api.shop.example.',
    );
    expect(remedy?.en).toContain('published_together: true');
    expect(remedy?.zh).toContain('测试版');
  });

  it('what the platform has given up since is dropped as well', () => {
    const gone = { third_domain: { requestdomain: ['https://gone.example'] }, effective_domain: { requestdomain: [] } };
    expect(checkDomains(gone, { published: [], testing: [] })).toMatchObject({ result: 'problem' });
  });

  it('warns when nothing would hold, and understands an answer without lists', () => {
    expect(results({}, { requestdomain: [] })).toBe('warning');
    expect(checkDomains({}).result).toBe('warning');
  });
});
