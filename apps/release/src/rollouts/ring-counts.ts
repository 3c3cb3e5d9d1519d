import { REST, type RingRule, requireNoneEmpty } from './rings.domain.js';
import type { PreviewRing } from './rollout-views.dto.js';

/** Counts targets by their ring. */
export class RingCounts {
  private readonly targets = new Map<number, number>();
  private readonly ready = new Map<number, number>();

  constructor(private readonly rings: readonly RingRule[] | undefined) {}

  add(ring: number | undefined, isReady: boolean): void {
    if (ring === undefined) return;
    this.targets.set(ring, (this.targets.get(ring) ?? 0) + 1);
    if (isReady) this.ready.set(ring, (this.ready.get(ring) ?? 0) + 1);
  }

  /** @throws DomainError `invalid-request` */
  requireNoneEmpty(): void {
    if (this.rings) requireNoneEmpty(this.rings, this.targets);
  }

  /** Stage that a rollout begins in; `undefined`: it has no rings. */
  get first(): 'canary' | 'full' | undefined {
    if (!this.rings) return undefined;
    return this.targets.size > 1 ? 'canary' : 'full';
  }

  get all(): PreviewRing[] {
    const { rings } = this;
    if (!rings) return [];
    return [...rings, { name: REST }].flatMap(({ name, ...rule }, index) => {
      const targets = this.targets.get(index) ?? 0;
      return targets === 0 ? [] : [{ name, targets, ready: this.ready.get(index) ?? 0, rule: { ...rule } }];
    });
  }
}
