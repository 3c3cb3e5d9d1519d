import { describe, expect, it } from 'vitest';
import { categoryPairs } from './categories.domain.js';

const node = (id: number, level: number, father: number, more: object = {}) => ({
  id,
  name: `c${id}`,
  level,
  father,
  children: [],
  ...more,
});

describe('categoryPairs', () => {
  it('makes pairs of the tree, with the certificates that each list asks for', () => {
    const qualify = { exter_list: [{ inner_list: [{ name: 'a' }, { name: 'b' }] }, { inner_list: [] }, {}], remark: 'r' };
    const tree = [node(0, 0, 0), node(8, 1, 0), node(37, 2, 8, { sensitive_type: 1, qualify }), node(38, 2, 8)];
    expect(categoryPairs(tree)).toEqual([
      {
        first: 8,
        first_name: 'c8',
        second: 37,
        second_name: 'c37',
        sensitive: true,
        certificates: [['a', 'b']],
        remark: 'r',
      },
      { first: 8, first_name: 'c8', second: 38, second_name: 'c38', sensitive: false, certificates: [], remark: null },
    ]);
  });

  it('leaves out what has no first class', () => {
    expect(categoryPairs([node(0, 0, 0), node(37, 2, 99), node(39, 2, 0), node(40, 3, 37)])).toEqual([]);
  });
});
