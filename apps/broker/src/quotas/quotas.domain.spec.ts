import { describe, expect, it } from 'vitest';
import { beijingMonth, exhaustedAt, urlWithoutSecrets, withoutSecrets } from './quotas.domain.js';

describe('quotas', () => {
  // Noon in Beijing.
  const noon = Date.parse('2026-11-30T04:00:00Z');

  it('are counted by the month of Beijing', () => {
    expect(beijingMonth(Date.parse('2026-11-30T15:59:59Z'))).toBe('2026-11');
    expect(beijingMonth(Date.parse('2026-11-30T16:00:00Z'))).toBe('2026-12');
  });

  it('are forecast: half a day has used two thirds, so that they end in the evening', () => {
    expect(exhaustedAt({ daily_limit: 90, used: 60 }, noon)).toBe('2026-11-30T10:00:00.000Z');
    expect(exhaustedAt({ daily_limit: 90, used: 40 }, noon)).toBeNull();
    expect(exhaustedAt({ daily_limit: 90, used: 90 }, noon)).toBe('2026-11-30T04:00:00.000Z');
  });

  it('a limit of 0 is none, or not known: nothing is divided by it', () => {
    expect(exhaustedAt({ daily_limit: 0, used: 0 }, noon)).toBeNull();
    expect(exhaustedAt({ daily_limit: 10, used: 0 }, noon)).toBeNull();
  });

  it('what a call was is shown without secrets', () => {
    const url = 'access_token=90_abc&path=pages%2Findex&component_access_token=x1';
    expect(urlWithoutSecrets(url)).toMatch(/^access_token=\*\*\*\w{8}&path=pages%2Findex&component_access_token=\*\*\*\w{8}$/);
    const body = withoutSecrets('{"authorization_info":{"authorizer_refresh_token":"refresh","expires_in":7200},"errcode":0}');
    expect(body).toMatch(/"authorizer_refresh_token":"\*\*\*\w{8}","expires_in":7200/);
    expect(withoutSecrets('secret=abc')).toBe('(10 characters that are not JSON)');
  });
});
