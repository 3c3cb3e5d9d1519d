import { describe, expect, it } from 'vitest';
import { compareVersions, isNewer } from './newer.domain.js';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);
const there = (version: string, templateId: number | null, seconds = 0) => ({ version, templateId, at: at(seconds) });

describe('what is newer', () => {
  const times = new Map([
    [7, 100],
    [8, 200],
    [9, 50],
  ]);

  it('is the template that was made later, whatever the versions are called', () => {
    expect(isNewer(there('hotfix', 8), { version: 'spring', templateId: 7 }, times)).toBe(true);
    expect(isNewer(there('1.0.0', 8), { version: '9.0.0', templateId: 7 }, times)).toBe(true);
    expect(isNewer(there('9.0.0', 7), { version: '1.0.0', templateId: 8 }, times)).toBe(false);
    expect(isNewer(there('1', 9), { version: '1', templateId: 7 }, times)).toBe(false);
  });

  it('is the template with the higher id when the library does not have both any more', () => {
    expect(isNewer(there('1', 3), { version: '1', templateId: 7 }, times)).toBe(false);
    expect(isNewer(there('1', 12), { version: '1', templateId: 7 }, times)).toBe(true);
  });

  it('is the higher version when the template is the same, or not known', () => {
    expect(isNewer(there('6.0.1', 7), { version: '6.0.0', templateId: 7 }, times)).toBe(true);
    expect(isNewer(there('6.0.10', null), { version: '6.0.9', templateId: 7 }, times)).toBe(true);
    expect(isNewer(there('5.9', null), { version: '6.0.0', templateId: 7 }, times)).toBe(false);
  });

  it('is what was put there after the other was asked for, when nothing else tells', () => {
    const wanted = { version: 'spring', templateId: 7, askedAt: at(10) };
    expect(isNewer(there('spring-hotfix', 7, 20), wanted, times)).toBe(true);
    expect(isNewer(there('winter', 7, 0), wanted, times)).toBe(false);
    expect(isNewer(there('spring', 7, 20), wanted, times)).toBe(true);
    expect(isNewer(there('whatever', null, 20), { version: 'spring', templateId: 7 }, times)).toBe(false);
  });

  it('compares versions by their numbers, and only those that are made of numbers', () => {
    expect(compareVersions('v1.2.0', '1.2')).toBe(0);
    expect(compareVersions('1.10', '1.9')).toBeGreaterThan(0);
    expect(compareVersions('1.0.0-beta', '1.0.0')).toBeUndefined();
    expect(compareVersions('春季版', '1.0.0')).toBeUndefined();
  });
});
