import { DomainError } from '#service';
import type { RolloutCounts, RolloutDecision } from './rollout.domain.js';

/** One of several groups that go one after the other; the rest follows when the last of them has done well. */
export interface RingRule {
  readonly name: string;
  /** Those with this tag. */
  readonly tag?: string;
  /** Those with one of these tags. */
  readonly tags_any?: readonly string[];
  /** Of all targets, 0 to 1, in their order: of those that no ring names by tag. */
  readonly share?: number;
  /** So many of them, likewise. */
  readonly size?: number;
  /** Share of it that must succeed before the next one follows, 0 to 1; default 1. */
  readonly success_share?: number;
  /** It pauses as soon as so many of it have failed. */
  readonly max_failures?: number;
  /** So long after the last of it has ended, seconds, the next one follows. */
  readonly min_wait_s?: number;
  /** A person lets the next one follow. */
  readonly pause?: boolean;
}

/** Those that are in no ring. */
export const REST = 'rest';
/** Why a rollout was paused: too few of a ring succeeded. */
export const RING_FAILED = 'ring-failed';
/** Why a rollout was paused: a ring has done well, and a person is to let the next one follow. */
export const RING_DONE = 'ring-done';

/** @throws DomainError `invalid-request` when the rings contradict each other, or the canary */
export function requireRings({
  rings,
  canary_size,
}: {
  readonly rings?: readonly RingRule[];
  readonly canary_size: number;
}): void {
  if (!rings) return;
  if (canary_size > 0)
    throw wrong('options has rings and canary_size: make the canary the first ring, such as { "name": "canary", "size": 5 }.');
  const names = new Set<string>();
  for (const { name, tag, tags_any, share, size } of rings) {
    if (names.has(name) || name === REST)
      throw wrong(
        `options.rings: "${name}" ${name === REST ? 'is those that are in no ring' : 'is there twice'}; give it another name.`,
      );
    names.add(name);
    if ([tag, tags_any, share, size].filter((way) => way !== undefined).length !== 1)
      throw wrong(`options.rings: "${name}" must have one of tag, tags_any, share and size.`);
  }
  const shares = rings.reduce((sum, { share = 0 }) => sum + share, 0);
  if (shares > 1 + 1e-9)
    throw wrong(`options.rings: the shares are ${Math.round(shares * 1_000) / 10} % together, which is more than there is.`);
}

/**
 * In which ring each one is, by number; those in none: one more than the last.
 * @throws DomainError `invalid-request` when two rings name the same one, or a ring nobody
 */
export function assignRings(
  rings: readonly RingRule[],
  appids: readonly string[],
  tagsOf: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const ringOf = new Map<string, number>();
  for (const [index, { name, tag, tags_any }] of rings.entries()) {
    const wanted = tags_any ?? (tag === undefined ? [] : [tag]);
    const named = appids.filter((appid) => tagsOf.get(appid)?.some((one) => wanted.includes(one)));
    const twice = named.filter((appid) => ringOf.has(appid));
    if (twice.length > 0) {
      const other = rings[ringOf.get(twice[0] as string) as number]?.name;
      throw wrong(
        `options.rings: ${twice.length} mini programs, such as ${twice[0]}, are in "${other}" and in "${name}"; change their tags, or the rings.`,
      );
    }
    for (const appid of named) ringOf.set(appid, index);
  }
  const left = appids.filter((appid) => !ringOf.has(appid));
  for (const [index, { share, size }] of rings.entries()) {
    const count = size ?? (share === undefined ? 0 : Math.max(1, Math.round(share * appids.length)));
    for (const appid of left.splice(0, count)) ringOf.set(appid, index);
  }
  for (const appid of left) ringOf.set(appid, rings.length);
  return ringOf;
}

/** @param counts by number of the ring @throws DomainError `invalid-request` */
export function requireNoneEmpty(rings: readonly RingRule[], counts: ReadonlyMap<number, number>): void {
  const empty = rings.find((_, index) => !counts.get(index));
  if (empty) throw wrong(`options.rings: "${empty.name}" has no mini programs among these targets; leave it out, or correct it.`);
}

/** @param sinceEndedS since the last one of it has ended; `undefined`: it does not matter */
export function afterRing(rule: RingRule, counts: RolloutCounts, sinceEndedS: number | undefined): RolloutDecision {
  const ended = counts.succeeded + counts.failed - counts.untried;
  const standing = `${counts.succeeded} of ${ended} mini programs of "${rule.name}" succeeded (${counts.skipped} skipped).`;
  if (ended === 0 && counts.waiting + counts.held > 0) return { do: 'wait' };
  // One that had nothing to do has shown nothing, and need not.
  const idle = ended === 0 && counts.untried === 0;
  if (!idle && (ended === 0 || counts.succeeded / ended < (rule.success_share ?? 1)))
    return { do: 'pause', reason: { code: RING_FAILED, detail: standing } };
  if (rule.min_wait_s !== undefined && (sinceEndedS ?? 0) < rule.min_wait_s) return { do: 'wait' };
  if (rule.pause)
    return { do: 'pause', reason: { code: RING_DONE, detail: `${standing} Resume it: then the next ones follow.` } };
  return { do: 'widen' };
}

/** @param forgiven failures of all rings that an operator has seen */
export function tooManyOfRing(
  rule: RingRule,
  counts: RolloutCounts,
  all: RolloutCounts,
  forgiven: number,
): RolloutDecision | undefined {
  const failed = counts.failed - counts.untried;
  const anew = all.failed - all.untried - forgiven;
  if (rule.max_failures === undefined || Math.min(failed, anew) < rule.max_failures) return undefined;
  return { do: 'pause', reason: { code: RING_FAILED, detail: `${failed} mini programs of "${rule.name}" failed.` } };
}

/** Where a rollout is when the next ring follows; without rings, when everybody does. @param last number of its last ring */
export function nextRing(ring: number | null, last: number): { readonly stage: 'canary' | 'full'; readonly ring: number | null } {
  if (ring === null) return { stage: 'full', ring };
  return { stage: ring + 1 < last ? 'canary' : 'full', ring: Math.min(ring + 1, last) };
}

const wrong = (detail: string): DomainError => new DomainError('invalid-request', detail);
