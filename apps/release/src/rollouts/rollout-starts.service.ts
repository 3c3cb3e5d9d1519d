import { Injectable } from '@nestjs/common';
import { type Client, DomainError, keepAnswer } from '#service';
import { namesOf, personsIn, whoIs } from '../approvals/who-is.js';
import { AuditQuota } from '../audit-quota/audit-quota.service.js';
import { PreflightService } from '../preflight/preflight.service.js';
import { barring } from '../readiness/readiness.domain.js';
import { hide } from '../requests/secret-variables.domain.js';
import { BackPlanner } from './back-planner.service.js';
import { refuseNotReady, warningsOf } from './not-ready.js';
import { PlanHash, type PlannedTarget, type PlanProblem } from './planned-target.js';
import { ProblemGroups, without } from './problem-groups.js';
import { RolloutForecast } from './quota-forecast.service.js';
import { RingCounts } from './ring-counts.js';
import { assignRings, requireRings } from './rings.domain.js';
import { beginning, OVERLAP_REMEDY, type RolloutOptions } from './rollout.domain.js';
import type { PreviewQuery } from './rollout.dto.js';
import type { ResolvedSpec, Rollout } from './rollout.js';
import { RolloutRepository } from './rollout.repository.js';
import { toRolloutView } from './rollout.view.js';
import { RolloutAgreements } from './rollout-agreement.js';
import { type NewTarget, RolloutClaims } from './rollout-claims.repository.js';
import { RolloutPlanner } from './rollout-planner.service.js';
import { RolloutTargetRepository } from './rollout-target.repository.js';
import type { PreviewRequest, RolloutPreview } from './rollout-views.dto.js';

const SHOWN_PROBLEMS = 500;

/** A rollout that somebody asks for, with nothing left open. */
export interface Asked {
  readonly componentAppid: string;
  readonly name: string;
  readonly spec: ResolvedSpec;
  readonly options: RolloutOptions;
  readonly appids: readonly string[];
  readonly leaveOut?: readonly string[] | undefined;
  readonly takeOver: boolean;
  /** Name of the stored audit profile that it uses. */
  readonly profile?: string | undefined;
}

/** Shows what a rollout of any kind would do, and begins it if that is still so. */
@Injectable()
export class RolloutStarts {
  constructor(
    private readonly rollouts: RolloutRepository,
    private readonly rows: RolloutTargetRepository,
    private readonly claims: RolloutClaims,
    private readonly planner: RolloutPlanner,
    private readonly backs: BackPlanner,
    private readonly preflight: PreflightService,
    private readonly quota: AuditQuota,
    private readonly agreements: RolloutAgreements,
    private readonly forecast: RolloutForecast,
  ) {}

  /** What would be sent, and what stands in the way. Sends nothing. */
  async preview(asked: Asked, query: PreviewQuery): Promise<RolloutPreview> {
    const { componentAppid, spec, options, appids } = asked;
    let leftOut = 0;
    const planned = this.planned(asked, undefined, () => {
      leftOut += 1;
    });
    beginning(options, this.rollouts.now());
    // No part of the hash: what other rollouts do goes on between the preview and the start, which looks again.
    const taken = asked.takeOver ? new Map<string, PlanProblem>() : await this.takenByOthers(componentAppid, appids);
    const hash = new PlanHash(spec, options);
    const shown: PlannedTarget[] = [];
    const groups = new ProblemGroups();
    const problems: PlanProblem[] = [];
    const warnings: PlanProblem[] = [];
    const notReady = new ProblemGroups();
    let held = 0;
    const rings = new RingCounts(options.rings);
    let targets = 0;
    let ready = 0;
    for await (const target of planned) {
      hash.add(target);
      if (targets < Math.max(query.limit, query.live)) shown.push(target);
      const bars = barring(target.obstacles, options.not_ready);
      for (const obstacle of target.obstacles) notReady.add({ ...obstacle, authorizerAppid: target.authorizerAppid });
      const refused = options.not_ready === 'refuse' ? bars : [];
      const found = [
        ...target.problems,
        ...refused.map((bar) => ({ ...bar, authorizerAppid: target.authorizerAppid })),
        ...(taken.has(target.authorizerAppid) ? [taken.get(target.authorizerAppid)!] : []),
      ];
      for (const problem of found) groups.add(problem);
      if (problems.length < SHOWN_PROBLEMS) problems.push(...found);
      if (warnings.length < SHOWN_PROBLEMS) warnings.push(...target.warnings, ...warningsOf(target, bars));
      targets += 1;
      rings.add(target.ring, found.length === 0 && !target.skip && bars.length === 0);
      if (found.length > 0 || target.skip) continue;
      if (bars.length > 0) held += 1;
      else ready += 1;
    }
    for (const target of shown.slice(0, query.live))
      for (const problem of await this.live(componentAppid, spec, target)) {
        groups.add(problem);
        problems.push(problem);
      }
    rings.requireNoneEmpty();
    const quota = await this.quota.recent(componentAppid).catch(() => null);
    return {
      hash: hash.digest(),
      targets,
      ready,
      left_out: leftOut,
      rings: rings.all,
      problem_groups: groups.all,
      not_ready: notReady.all,
      held,
      forecast: await this.forecast.of(componentAppid, spec, options, ready),
      requests: shown.slice(0, query.limit).map((target) => toPreviewRequest(spec, target)),
      problems: problems.slice(0, SHOWN_PROBLEMS).map(toPreviewProblem),
      warnings: warnings.slice(0, SHOWN_PROBLEMS).map(toPreviewProblem),
      quota: quota && { rest: quota.rest, limit: quota.limit },
    };
  }

  /** @throws DomainError `conflict` when what would be sent is not what was previewed. */
  async start(asked: Asked, previewHash: string, client: Client): Promise<Rollout> {
    const { componentAppid, name, options, profile } = asked;
    const createdAt = this.rollouts.now();
    const begin = beginning(options, createdAt);
    const planHash = new PlanHash(asked.spec, options);
    const { clientId } = client;
    const needed = this.agreements.needed(asked);
    const rings = new RingCounts(options.rings);
    const targets: NewTarget[] = [];
    const refused = new ProblemGroups();
    for await (const target of this.planned(asked, createdAt)) {
      planHash.add(target);
      if (options.not_ready === 'refuse' && !target.skip)
        for (const bar of barring(target.obstacles, 'refuse')) refused.add({ ...bar, authorizerAppid: target.authorizerAppid });
      const { authorizerAppid, isCanary, ring } = target;
      rings.add(ring, true);
      const digest = needed ? { digest: this.agreements.digestOfTarget({ componentAppid, clientId }, asked.spec, target) } : {};
      targets.push({ authorizerAppid, isCanary, ...(ring === undefined ? {} : { ring }), ...digest });
    }
    const hash = planHash.digest();
    if (hash !== previewHash)
      throw new DomainError('conflict', 'What would be sent is not what was previewed (any more). Look at a new preview.', {
        members: { hash },
      });
    refuseNotReady(refused.all);
    if (targets.length === 0) throw new DomainError('invalid-request', 'No mini program fits these targets.');
    rings.requireNoneEmpty();
    const template = needed ? await this.agreements.templateOf(componentAppid, asked.spec.template_id) : undefined;
    const spec = template ? { ...asked.spec, template } : asked.spec;
    const appids = targets.map(({ authorizerAppid }) => authorizerAppid);
    const makers = needed
      ? [...namesOf(client), ...(await this.agreements.makersOf(componentAppid, appids, spec.template_id, profile))]
      : [];
    return this.claims.create(
      {
        componentAppid,
        name,
        spec,
        options,
        previewHash: hash,
        ...begin,
        stage: rings.first ?? (options.canary_size > 0 && targets.length > options.canary_size ? 'canary' : 'full'),
        ring: options.rings ? 0 : null,
        clientId,
        isFrozen: needed ? 1 : 0,
        createdAt,
      },
      targets,
      asked.takeOver,
      whoIs(client),
      async (db, rollout) => {
        if (needed) await this.agreements.ask(db, rollout, { makers, persons: personsIn(client) });
        await keepAnswer(db, toRolloutView(rollout, (await this.rows.counts(rollout.rolloutId, db)).all));
      },
    );
  }

  /** Rings are of those that were asked for, whoever is left out. */
  private async *planned({ componentAppid, spec, options, appids, leaveOut }: Asked, at?: Date, leftOut?: () => void) {
    requireRings(options);
    const { rings } = options;
    const ringOf = rings && assignRings(rings, appids, await this.planner.tagsOf(componentAppid, appids));
    const everybody = this.planner.plan(componentAppid, spec, appids, 0, undefined, at);
    for await (const target of without(everybody, leaveOut, options.canary_size, leftOut)) {
      const ring = ringOf?.get(target.authorizerAppid);
      yield ring === undefined ? target : { ...target, ring, isCanary: ring === 0 };
    }
  }

  /** What WeChat itself says of one of them, now. */
  private async live(componentAppid: string, spec: ResolvedSpec, target: PlannedTarget): Promise<readonly PlanProblem[]> {
    const { authorizerAppid, request } = target;
    if (spec.back?.way === 'rollback') return this.backs.live(componentAppid, target);
    return hide(await this.preflight.live(componentAppid, authorizerAppid, request.audit), request.secretValues);
  }

  private async takenByOthers(componentAppid: string, appids: readonly string[]): Promise<Map<string, PlanProblem>> {
    const taken = new Map<string, PlanProblem>();
    for (const { rolloutId, name, version, state, appids: theirs } of await this.claims.overlapping(componentAppid, appids))
      for (const authorizerAppid of theirs)
        taken.set(authorizerAppid, {
          authorizerAppid,
          path: 'rollout',
          message: `rollout ${rolloutId} (${name}, ${version}, ${state}) has not finished with it`,
          remedy: OVERLAP_REMEDY,
        });
    return taken;
  }
}

function toPreviewRequest(spec: ResolvedSpec, { authorizerAppid, isCanary, ring, request, back }: PlannedTarget): PreviewRequest {
  const { extJson, audit, secretValues } = request;
  const { templateId, version, desc } = back?.earlier ?? {};
  const backView = {
    ...(back && { back: { from: back.version, to: version ?? null } }),
    ...(ring !== undefined && { ring }),
  };
  // WeChat’s own rollback sends none of it.
  if (spec.back?.way === 'rollback')
    return { authorizer_appid: authorizerAppid, is_canary: isCanary, commit: {}, submit_audit: {}, ...backView };
  return {
    authorizer_appid: authorizerAppid,
    is_canary: isCanary,
    commit: {
      template_id: templateId ?? spec.template_id,
      user_version: version ?? spec.user_version,
      user_desc: desc ?? spec.user_desc,
      ext_json: JSON.stringify(hide(extJson, secretValues)),
    },
    submit_audit: { ...hide(audit, secretValues) },
    ...backView,
  };
}

function toPreviewProblem({ authorizerAppid, path, message, remedy }: PlanProblem) {
  return { authorizer_appid: authorizerAppid, path, message, remedy: remedy ?? null };
}
