import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#service';
import { AuditQuota } from '../audit-quota/audit-quota.service.js';
import { unlessWithheld } from '../sealed/withheld.js';
import { nextMonth, type RolloutOptions } from './rollout.domain.js';
import type { ResolvedSpec } from './rollout.js';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutTargetRepository } from './rollout-target.repository.js';
import type { QuotaForecast } from './rollout-views.dto.js';

/** Says how far this month's submissions reach, before a rollout begins. */
@Injectable()
export class RolloutForecast {
  constructor(
    private readonly rollouts: RolloutRepository,
    private readonly targets: RolloutTargetRepository,
    private readonly quota: AuditQuota,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param needed submissions that it would make. @returns `null` when WeChat does not say how much is left, or none are made by themselves */
  async of(
    componentAppid: string,
    { policy }: Pick<ResolvedSpec, 'policy'>,
    options: RolloutOptions,
    needed: number,
  ): Promise<QuotaForecast | null> {
    if (policy.submit !== 'auto') return null;
    const quota = await this.quota.recent(componentAppid).catch(() => undefined);
    if (!quota) return null;
    const others = await this.spokenFor(componentAppid);
    const available = Math.max(0, quota.rest - options.quota_reserve - others);
    const fit = Math.min(needed, available);
    const renewed_at = nextMonth(new Date(this.clock.now())).toISOString();
    return { needed, available, fit, later: needed - fit, others, renewed_at };
  }

  /** What rollouts that go have still to submit. */
  private async spokenFor(componentAppid: string): Promise<number> {
    let submissions = 0;
    for (const rolloutId of await this.rollouts.going(componentAppid)) {
      const rollout = await this.rollouts.get(rolloutId);
      if (unlessWithheld(() => rollout.spec)?.policy.submit !== 'auto') continue;
      const { all } = await this.targets.counts(rolloutId);
      submissions += all.pending + all.active;
    }
    return submissions;
  }
}
