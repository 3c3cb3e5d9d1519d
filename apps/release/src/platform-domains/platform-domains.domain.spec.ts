import { describe, expect, it } from 'vitest';
import { testingOnlyOf, whereMissing } from './platform-domains.domain.js';

describe('where a domain is missing', () => {
  const platform = { published: ['shop.example'], testing: ['shop.example', 'new.example'] };
  const domains = ['https://api.shop.example:8443', 'wss://NEW.example', 'https://xshop.example'];

  it('with the platform, in its published list, or with the mini program', () => {
    expect(whereMissing(domains, platform)).toEqual({
      unregistered: ['https://xshop.example'],
      testing_only: ['wss://NEW.example'],
      not_set: ['https://api.shop.example:8443'],
    });
    expect(testingOnlyOf(platform)).toEqual(['new.example']);
  });

  it('a platform that was never published has its test version only', () => {
    const { testing } = platform;
    expect(whereMissing(['wss://new.example'], { testing })).toMatchObject({ not_set: ['wss://new.example'], testing_only: [] });
    expect(testingOnlyOf({ testing })).toEqual([]);
    expect(whereMissing(['wss://new.example'], {})).toMatchObject({ unregistered: ['wss://new.example'] });
  });
});
