import { Injectable } from '@nestjs/common';
import { type Caller, DomainError, mayUse } from '#service';
import { NO_TEMPLATE, type NoTarget, whyNoTarget } from './back.domain.js';
import type { RollBack, StartRollBack } from './back.dto.js';
import { BackTargets } from './back-target.repository.js';
import { DEFAULT_OPTIONS } from './rollout.domain.js';
import type { PreviewQuery } from './rollout.dto.js';
import type { ResolvedSpec, Rollout } from './rollout.js';
import { RolloutService } from './rollout.service.js';
import { type Asked, RolloutStarts } from './rollout-starts.service.js';
import type { NoTargetView, RollBackPreview } from './rollout-views.dto.js';

const NAMED = 20;
const NAME_LENGTH = 128;

/** Takes back what a rollout published, by a rollout of its own. */
@Injectable()
export class RollBacks {
  constructor(
    private readonly rollouts: RolloutService,
    private readonly starts: RolloutStarts,
    private readonly rows: BackTargets,
  ) {}

  /** Who can go back, to what, and who cannot and why. Sends nothing. */
  async preview(rolloutId: number, request: RollBack, query: PreviewQuery, client: Caller): Promise<RollBackPreview> {
    const { asked, noTargets, way } = await this.asked(rolloutId, request, client);
    return { ...(await this.starts.preview(asked, query)), of: rolloutId, way, no_targets: noTargets };
  }

  /** @throws DomainError `conflict` when it would do something else than what was previewed, `forbidden` */
  async start(rolloutId: number, request: StartRollBack, client: Caller): Promise<Rollout> {
    if (!mayUse(client, 'releases.roll-back'))
      throw new DomainError('forbidden', 'This also needs the permission releases.roll-back.');
    const { asked } = await this.asked(rolloutId, request, client);
    return this.starts.start(asked, request.preview_hash, client);
  }

  private async asked(rolloutId: number, request: RollBack, client: Caller) {
    const source = await this.rollouts.get(rolloutId, client);
    const way = request.way ?? 'rollback';
    const rows = await this.rows.published(rolloutId);
    const named = request.authorizer_appids && new Set(request.authorizer_appids);
    this.requireOf(
      rolloutId,
      rows.map(({ appid }) => appid),
      request.authorizer_appids,
    );
    const appids: string[] = [];
    const none = new Map<NoTarget, { count: number; authorizer_appids: string[] }>();
    for (const { appid, state, version, online } of rows) {
      if (named && !named.has(appid)) continue;
      const why = whyNoTarget(state, version, online);
      if (!why) {
        appids.push(appid);
        continue;
      }
      const group = none.get(why) ?? { count: 0, authorizer_appids: [] };
      none.set(why, group);
      group.count += 1;
      if (group.authorizer_appids.length < NAMED) group.authorizer_appids.push(appid);
    }
    const noTargets: NoTargetView[] = [...none].map(([why, group]) => ({ why, ...group }));
    if (appids.length === 0) {
      const counted = noTargets.map(({ why, count }) => `${count} ${why}`).join(', ');
      throw new DomainError(
        'conflict',
        `Nothing that rollout ${rolloutId} published is online any more (${counted || 'it has no mini programs'}): there is nothing to take back.`,
      );
    }
    const asked: Asked = {
      componentAppid: source.componentAppid,
      name: (request.name ?? `${way} of ${source.name}`).slice(0, NAME_LENGTH),
      spec: specOf(source, way),
      options: { ...DEFAULT_OPTIONS, ...(JSON.parse(JSON.stringify(request.options ?? {})) as object) },
      appids,
      leaveOut: request.leave_out,
      takeOver: request.take_over === true,
    };
    return { asked, noTargets, way };
  }

  private requireOf(rolloutId: number, its: readonly string[], named: readonly string[] | undefined): void {
    const known = new Set(its);
    const strangers = named?.filter((appid) => !known.has(appid)) ?? [];
    if (strangers.length > 0)
      throw new DomainError('invalid-request', `Not in rollout ${rolloutId}: ${strangers.slice(0, 5).join(', ')}.`);
  }
}

function specOf({ rolloutId, spec }: Rollout, way: 'rollback' | 'forward'): ResolvedSpec {
  const { two_person, skip_checks } = spec.policy;
  return {
    template_id: NO_TEMPLATE,
    user_version: spec.user_version,
    user_desc: `${way} of rollout ${rolloutId}`,
    audit: {},
    policy: {
      ...(two_person ? { two_person } : {}),
      // It is older, and somebody asks for that.
      ...(way === 'forward' ? { submit: 'auto', publish: 'auto', allow_older: true, ...(skip_checks && { skip_checks }) } : {}),
    },
    back: { way, of: rolloutId, template_id: spec.back?.template_id ?? spec.template_id },
  };
}
