import { describe, expect, it } from 'vitest';
import { type Asked, exclusiveSets } from './exclusive-sets.domain.js';

const asked: Asked = { authType: 3, kind: undefined, only: [], ofPlatform: [1, 4, 18, 19, 76, 999], granted: [] };
const ids = (more: Partial<Asked>) => exclusiveSets({ ...asked, ...more }).map(({ id }) => id);

describe('sets that a merchant may take from another provider', () => {
  it('are the exclusive ones of what is asked for, for the kinds of accounts that may be picked', () => {
    expect(ids({})).toEqual([4, 18, 76]);
    expect(ids({ authType: 1 })).toEqual([4]);
    expect(ids({ authType: 2 })).toEqual([18, 76]);
    expect(ids({ kind: 'official-account' })).toEqual([4]);
    expect(ids({ only: [19, 76] })).toEqual([76]);
  });

  it('are not those that we hold already', () => {
    expect(ids({ granted: [18, 4] })).toEqual([76]);
  });

  it('a platform that nobody has authorized is taken to ask for the set of code', () => {
    expect(ids({ ofPlatform: [] })).toEqual([18]);
  });
});
