import type { CategoryNode } from '#wechat';

/** A pair of WeChat's category tree, as it is added. */
export interface CategoryPair {
  readonly first: number;
  readonly first_name: string;
  readonly second: number;
  readonly second_name: string;
  readonly sensitive: boolean;
  readonly certificates: string[][];
  readonly remark: string | null;
}

/** The tree as pairs of a first and a second class, in WeChat's order; what leads nowhere is left out. */
export function categoryPairs(nodes: readonly CategoryNode[]): CategoryPair[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return nodes.flatMap((second) => {
    const first = byId.get(second.father);
    if (second.level !== 2 || !first || first.level !== 1) return [];
    const lists = second.qualify?.exter_list ?? [];
    return [
      {
        first: first.id,
        first_name: first.name,
        second: second.id,
        second_name: second.name,
        sensitive: second.sensitive_type === 1,
        certificates: lists
          .map(({ inner_list }) => (inner_list ?? []).map(({ name }) => name))
          .filter((names) => names.length > 0),
        remark: second.qualify?.remark || null,
      },
    ];
  });
}

interface Pair {
  readonly first: number;
  readonly second: number;
}

/** Those of `asked` that are not held. */
export function missingPairs(asked: readonly Pair[], held: readonly Pair[]): Pair[] {
  return asked
    .filter(({ first, second }) => !held.some((pair) => pair.first === first && pair.second === second))
    .map(({ first, second }) => ({ first, second }));
}
