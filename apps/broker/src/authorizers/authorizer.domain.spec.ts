import { describe, expect, it } from 'vitest';
import { endsAuthorization, kindOf, permissionSets } from './authorizer.domain.js';

describe('kindOf', () => {
  it.each([
    [{ MiniProgramInfo: {} }, 'mini_program'],
    [{ channels_info: {} }, 'channels'],
    [{ store_info: {} }, 'store'],
    [{ talent_info: {} }, 'talent'],
    [{ supplier_info: {} }, 'supplier'],
    [{ service_type_info: { id: 2 } }, 'official_account'],
  ])('%j is %s', (info, kind) => expect(kindOf(info)).toBe(kind));
});

describe('permissionSets', () => {
  it('keeps more than 42 sets, each once, whatever else is in the list', () => {
    const many = Array.from({ length: 120 }, (_, i) => ({ funcscope_category: { id: 200 - i } }));
    const sets = permissionSets([...many, ...many, { funcscope_category: { id: Number.NaN } }, {} as never]);
    expect(sets).toHaveLength(120);
    expect(sets?.[0]).toBe(81);
  });
  it('tells "none" from "not told"', () => {
    expect(permissionSets([])).toEqual([]);
    expect(permissionSets(undefined)).toBeUndefined();
  });
});

describe('endsAuthorization', () => {
  const at = (s: number) => new Date(s * 1_000);
  it('a cancellation younger than the grant ends it; one as old or older is asked about', () => {
    expect(endsAuthorization(at(101), at(100))).toBe('yes');
    expect(endsAuthorization(at(100), at(100))).toBe('ask');
    expect(endsAuthorization(at(99), at(100))).toBe('ask');
    expect(endsAuthorization(at(1), null)).toBe('yes');
  });
});
