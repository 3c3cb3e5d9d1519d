import { describe, expect, it } from 'vitest';
import { LAST_RELEASE, missingRelease, newestInChangelog } from '../support/last-release.js';

describe('the last release', () => {
  it.each(['CHANGELOG.md', 'CHANGELOG.zh-CN.md'])('is the newest one of %s', (file) => {
    expect(newestInChangelog(file)).toBe(LAST_RELEASE.version);
  });

  it('that a checkout does not have is named, with what to type', () => {
    expect(missingRelease('0'.repeat(40))).toMatch(/^this checkout has no commit 0{40} .*git fetch --unshallow/);
  });
});
