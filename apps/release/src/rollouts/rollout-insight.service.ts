import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock, DomainError } from '#service';
import { AuditQuota } from '../audit-quota/audit-quota.service.js';
import { shown } from '../requests/secret-variables.domain.js';
import { type CauseGroup, Causes, causeOf, isCarriedOn } from './causes.domain.js';
import { type Pace, paceOf } from './pace.domain.js';
import { REST } from './rings.domain.js';
import type { RolloutCounts } from './rollout.domain.js';
import type { RetryRollout, RolloutSpec } from './rollout.dto.js';
import type { Rollout } from './rollout.js';
import { toTargetView } from './rollout.view.js';
import { type Retried, RolloutTargetRepository } from './rollout-target.repository.js';
import type { RetryPreview, RolloutRingView } from './rollout-views.dto.js';

const HOUR_MS = 3_600_000;

/** Where the mini programs of a rollout are. */
export interface Stages {
  readonly pending: number;
  readonly preparing: number;
  readonly in_review: number;
  readonly approved: number;
  readonly gray: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Standing {
  readonly stages: Stages;
  readonly rings: readonly RolloutRingView[];
  /** What those that are under way wait for, and how many. */
  readonly waits: ReadonlyMap<string, number>;
  readonly pace: Pace;
}

/** Answers where a rollout stands, why, and what a retry of it would take. Changes nothing. */
@Injectable()
export class RolloutInsight {
  constructor(
    private readonly dataSource: DataSource,
    private readonly targets: RolloutTargetRepository,
    private readonly quota: AuditQuota,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What keeps its mini programs from their goal, the most frequent first. */
  async causes(rolloutId: number): Promise<readonly CauseGroup[]> {
    const causes = new Causes();
    for (const state of ['failed', 'skipped', 'running'] as const)
      for await (const row of this.targets.every(rolloutId, state)) causes.add(toTargetView(row));
    return causes.all;
  }

  /**
   * Which mini programs a retry means.
   * @throws DomainError `conflict` when it means none; it names the causes there are
   */
  async retried(rolloutId: number, request: RetryRollout): Promise<Retried> {
    return everyRetried(request) ?? (await this.chosen(rolloutId, request)).retried;
  }

  /** What a retry would do, and what of the month's quota it would take. */
  async retryPreview(rollout: Rollout, request: RetryRollout): Promise<RetryPreview> {
    const { targets, carriedOn } = await this.chosen(rollout.rolloutId, request);
    const quota = await this.quota.recent(rollout.componentAppid).catch(() => null);
    return {
      targets,
      carried_on: carriedOn,
      new_releases: targets - carriedOn,
      submissions: rollout.spec.policy.submit === 'auto' ? targets - carriedOn : 0,
      quota: quota && { rest: quota.rest, limit: quota.limit },
    };
  }

  /** Reads through what did not succeed, once. */
  private async chosen(rolloutId: number, request: RetryRollout) {
    const { causes, authorizer_appids } = request;
    const all = everyRetried(request);
    const { states } = all ?? { states: ['failed', 'skipped'] as const };
    const named = authorizer_appids && new Set(authorizer_appids);
    const appids = new Set<string>();
    const known = new Set<string>();
    let carriedOn = 0;
    for (const state of states)
      for await (const row of this.targets.every(rolloutId, state)) {
        const view = toTargetView(row);
        const cause = causeOf(view);
        if (cause !== undefined) known.add(cause);
        if (causes && !causes.some((wanted) => wanted === cause)) continue;
        if (named && !named.has(row.authorizerAppid)) continue;
        appids.add(row.authorizerAppid);
        if (isCarriedOn(view)) carriedOn += 1;
      }
    const counted = { targets: appids.size, carriedOn };
    if (all) return { retried: all, ...counted };
    const others = causes?.filter((cause) => !known.has(cause)) ?? [];
    if (others.length > 0)
      throw new DomainError('conflict', `Nothing failed or was skipped for ${others.join(', ')}. ${listed(known)}`, {
        members: { causes: [...known] },
      });
    if (appids.size === 0)
      throw new DomainError('conflict', `None of these mini programs failed or was skipped in this rollout. ${listed(known)}`);
    return { retried: { states, appids } satisfies Retried, ...counted };
  }

  /** Where its mini programs are, what they wait for, and how long it will take. */
  async standing(rollout: Rollout): Promise<Standing> {
    const { rolloutId } = rollout;
    const rows = (await this.dataSource.query(
      `SELECT t.state, r.state AS at, r.waits_for AS waits, COUNT(*) AS n
         FROM f_wechat_rollouttarget t
         LEFT JOIN f_wechat_submitaudit r ON r.submitaudit_id = t.release_id AND t.state = 'running'
        WHERE t.rollout_id = ? GROUP BY t.state, r.state, r.waits_for`,
      [rolloutId],
    )) as { state: string; at: string | null; waits: string | null; n: string }[];
    const stages = { pending: 0, preparing: 0, in_review: 0, approved: 0, gray: 0, succeeded: 0, failed: 0, skipped: 0 };
    const waits = new Map<string, number>();
    for (const { state, at, waits: waitsFor, n } of rows) {
      stages[state === 'running' ? stageOf(at) : (state as keyof Stages)] += Number(n);
      if (waitsFor) waits.set(waitsFor, (waits.get(waitsFor) ?? 0) + Number(n));
    }
    const rings = await this.rings(rollout);
    return { stages, rings, waits, pace: paceOf(rollout, stages, waits, await this.ended(rollout)) };
  }

  /** How far its rings have come; the canary is one as well. */
  private async rings({ rolloutId, ring, stage, options }: Rollout): Promise<RolloutRingView[]> {
    const { rings } = options;
    if (!rings || ring === null) {
      if (options.canary_size === 0) return [];
      const { all, canary } = await this.targets.counts(rolloutId);
      const at = stage === 'canary' ? 0 : 1;
      const counted = (of: (name: keyof RolloutCounts) => number) =>
        Object.fromEntries(RING_STATES.map((state) => [state, of(state)])) as Record<(typeof RING_STATES)[number], number>;
      return [
        ringView(
          'canary',
          0,
          at,
          counted((name) => canary[name]),
        ),
        ringView(
          REST,
          1,
          at,
          counted((name) => all[name] - canary[name]),
        ),
      ];
    }
    const rows = await this.targets.ringCounts(rolloutId);
    return [...rings, { name: REST }].flatMap(({ name }, index) => {
      const own = rows.filter((row) => row.ring === index);
      if (own.length === 0) return [];
      const counts = Object.fromEntries(RING_STATES.map((state) => [state, own.find((row) => row.state === state)?.n ?? 0]));
      return [ringView(name, index, ring, counts as Record<(typeof RING_STATES)[number], number>)];
    });
  }

  /** What the rollout was started with, as it is: variables and profile resolved, the mini programs by name. */
  async spec(rollout: Rollout): Promise<RolloutSpec> {
    const { back } = rollout.spec;
    if (back) throw new DomainError('conflict', `It takes rollout ${back.of} back: see POST /v1/rollouts/${back.of}/roll-back.`);
    const { audit, policy, variables, secret_variables = [], template: _, ...rest } = rollout.spec;
    const { allow_older, ...ways } = policy;
    const list: string[] = [];
    for await (const { authorizerAppid } of this.targets.every(rollout.rolloutId)) list.push(authorizerAppid);
    return {
      name: rollout.name,
      targets: { list },
      ...rest,
      ...(variables ? { variables: shown({ variables, secret: [...secret_variables] }) } : {}),
      ...(secret_variables.length > 0 ? { secret_variables: [...secret_variables] } : {}),
      audit,
      policy: ways,
      options: { ...rollout.options },
      ...(allow_older ? { allow_older } : {}),
    } as RolloutSpec;
  }

  /** How many ended within the last hour, or since it began. */
  private async ended({ rolloutId, createdAt }: Rollout): Promise<{ n: number; withinS: number }> {
    const now = this.clock.now();
    const since = Math.max(now - HOUR_MS, createdAt.getTime());
    const [row] = (await this.dataSource.query(
      `SELECT COUNT(*) AS n FROM f_wechat_rollouttarget WHERE rollout_id = ? AND state IN ('succeeded', 'failed') AND updated_at >= ?`,
      [rolloutId, new Date(since)],
    )) as { n: string }[];
    return { n: Number(row?.n ?? 0), withinS: Math.max(1, Math.round((now - since) / 1_000)) };
  }
}

/** What a retry without names means; `undefined`: it names causes or mini programs. */
function everyRetried({ skipped, causes, authorizer_appids }: RetryRollout): Retried | undefined {
  if (causes !== undefined || authorizer_appids !== undefined) return undefined;
  return { states: skipped ? ['failed', 'skipped'] : ['failed'] };
}

const RING_STATES = ['pending', 'running', 'succeeded', 'failed', 'skipped'] as const;

function ringView(
  name: string,
  index: number,
  now: number,
  counts: Readonly<Record<(typeof RING_STATES)[number], number>>,
): RolloutRingView {
  const total = RING_STATES.reduce((sum, state) => sum + counts[state], 0);
  return { name, at: index < now ? 'done' : index === now ? 'now' : 'ahead', total, ...counts };
}

/** Where a mini program under way is, by the state of its release. */
function stageOf(state: string | null): keyof Stages {
  switch (state) {
    case 'auditing':
      return 'in_review';
    case 'approved':
    case 'released':
      return 'approved';
    case 'graying':
      return 'gray';
    default:
      return 'preparing';
  }
}

function listed(causes: ReadonlySet<string>): string {
  return causes.size === 0 ? 'Nothing failed or was skipped in it.' : `Its causes are ${[...causes].join(', ')}.`;
}
