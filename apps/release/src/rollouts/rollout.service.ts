import { Injectable } from '@nestjs/common';
import {
  type Client,
  Cursors,
  DomainError,
  formerlyPlain,
  keepAnswer,
  mayUseComponent,
  requireUnrestrictedClient,
} from '#service';
import { namesOf, personsIn, whoIs } from '../approvals/who-is.js';
import { AuditQuota } from '../audit-quota/audit-quota.service.js';
import { PreflightService } from '../preflight/preflight.service.js';
import { barring } from '../readiness/readiness.domain.js';
import { hide } from '../requests/secret-variables.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { refuseNotReady, warningsOf } from './not-ready.js';
import { ProblemGroups, without } from './problem-groups.js';
import { RolloutForecast } from './quota-forecast.service.js';
import { beginning, OVERLAP_REMEDY } from './rollout.domain.js';
import type { PreviewQuery, RolloutSearch, RolloutSpec, StartRollout, TargetSearch } from './rollout.dto.js';
import type { Rollout } from './rollout.js';
import { RolloutRepository } from './rollout.repository.js';
import { toRolloutView } from './rollout.view.js';
import { RolloutAgreements } from './rollout-agreement.js';
import { type NewTarget, RolloutClaims } from './rollout-claims.repository.js';
import { PlanHash, type PlannedTarget, type PlanProblem, RolloutPlanner } from './rollout-planner.service.js';
import { RolloutTargetRepository, type TargetRow } from './rollout-target.repository.js';
import type { RolloutPreview } from './rollout-views.dto.js';

export const ROLLOUTS = new Cursors('rollouts', formerlyPlain);
export const TARGETS = new Cursors('rollout-targets', formerlyPlain);

const SHOWN_PROBLEMS = 500;

/** Previews rollouts, starts and finds them. */
@Injectable()
export class RolloutService {
  constructor(
    private readonly rollouts: RolloutRepository,
    private readonly rows: RolloutTargetRepository,
    private readonly claims: RolloutClaims,
    private readonly planner: RolloutPlanner,
    private readonly preflight: PreflightService,
    private readonly quota: AuditQuota,
    private readonly gateway: WechatGateway,
    private readonly agreements: RolloutAgreements,
    private readonly forecast: RolloutForecast,
  ) {}

  /** What would be sent, and what stands in the way. Sends nothing. */
  async preview(componentAppid: string, request: RolloutSpec, query: PreviewQuery, client: Client): Promise<RolloutPreview> {
    let leftOut = 0;
    const countLeftOut = () => {
      leftOut += 1;
    };
    const { spec, options, planned, appids } = await this.plan(componentAppid, request, client, { countLeftOut });
    beginning(options, this.rollouts.now());
    // No part of the hash: what other rollouts do goes on between the preview and the start, which looks again.
    const taken = request.take_over ? new Map<string, PlanProblem>() : await this.takenByOthers(componentAppid, appids);
    const hash = new PlanHash(spec, options);
    const shown: PlannedTarget[] = [];
    const groups = new ProblemGroups();
    const problems: PlanProblem[] = [];
    const warnings: PlanProblem[] = [];
    const notReady = new ProblemGroups();
    let held = 0;
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
      if (found.length > 0 || target.skip) continue;
      if (bars.length > 0) held += 1;
      else ready += 1;
    }
    for (const target of shown.slice(0, query.live))
      for (const problem of hide(
        await this.preflight.live(componentAppid, target.authorizerAppid, target.request.audit),
        target.request.secretValues,
      )) {
        groups.add(problem);
        problems.push(problem);
      }
    const quota = await this.quota.recent(componentAppid).catch(() => null);
    return {
      hash: hash.digest(),
      targets,
      ready,
      left_out: leftOut,
      problem_groups: groups.all,
      not_ready: notReady.all,
      held,
      forecast: await this.forecast.of(componentAppid, spec, options, ready),
      requests: shown.slice(0, query.limit).map(({ authorizerAppid, isCanary, request: { extJson, audit, secretValues } }) => ({
        authorizer_appid: authorizerAppid,
        is_canary: isCanary,
        commit: {
          template_id: spec.template_id,
          user_version: spec.user_version,
          user_desc: spec.user_desc,
          ext_json: JSON.stringify(hide(extJson, secretValues)),
        },
        submit_audit: { ...hide(audit, secretValues) },
      })),
      problems: problems.slice(0, SHOWN_PROBLEMS).map(toPreviewProblem),
      warnings: warnings.slice(0, SHOWN_PROBLEMS).map(toPreviewProblem),
      quota: quota && { rest: quota.rest, limit: quota.limit },
    };
  }

  /** @throws DomainError `conflict` when what would be sent is not what was previewed. */
  async start(componentAppid: string, request: StartRollout, client: Client): Promise<Rollout> {
    const createdAt = this.rollouts.now();
    const { spec: asked, options, planned } = await this.plan(componentAppid, request, client, { at: createdAt });
    const begin = beginning(options, createdAt);
    const planHash = new PlanHash(asked, options);
    const { clientId } = client;
    const needed = this.agreements.needed({ componentAppid, spec: asked });
    const targets: NewTarget[] = [];
    const refused = new ProblemGroups();
    for await (const target of planned) {
      planHash.add(target);
      if (options.not_ready === 'refuse' && !target.skip)
        for (const bar of barring(target.obstacles, 'refuse')) refused.add({ ...bar, authorizerAppid: target.authorizerAppid });
      const { authorizerAppid, isCanary } = target;
      const digest = needed ? { digest: this.agreements.digestOfTarget({ componentAppid, clientId }, asked, target) } : {};
      targets.push({ authorizerAppid, isCanary, ...digest });
    }
    const hash = planHash.digest();
    if (hash !== request.preview_hash)
      throw new DomainError('conflict', 'What would be sent is not what was previewed (any more). Look at a new preview.', {
        members: { hash },
      });
    refuseNotReady(refused.all);
    if (targets.length === 0) throw new DomainError('invalid-request', 'No mini program fits these targets.');
    const template = needed ? await this.agreements.templateOf(componentAppid, asked.template_id) : undefined;
    const spec = template ? { ...asked, template } : asked;
    const appids = targets.map(({ authorizerAppid }) => authorizerAppid);
    const makers = needed
      ? [...namesOf(client), ...(await this.agreements.makersOf(componentAppid, appids, spec.template_id, request.profile))]
      : [];
    return this.claims.create(
      {
        componentAppid,
        name: request.name,
        spec,
        options,
        previewHash: hash,
        ...begin,
        stage: options.canary_size > 0 && targets.length > options.canary_size ? 'canary' : 'full',
        clientId,
        isFrozen: needed ? 1 : 0,
        createdAt,
      },
      targets,
      request.take_over === true,
      whoIs(client),
      async (db, rollout) => {
        if (needed) await this.agreements.ask(db, rollout, { makers, persons: personsIn(client) });
        await keepAnswer(db, toRolloutView(rollout, (await this.rows.counts(rollout.rolloutId, db)).all));
      },
    );
  }

  /** A rollout concerns many merchants: for a client with a list of them there is none. */
  async get(rolloutId: number, client: Client): Promise<Rollout> {
    if (client.authorizers !== undefined)
      throw new DomainError('not-found', `There is no rollout ${rolloutId} for a client with a list of accounts.`);
    const rollout = await this.rollouts.get(rolloutId);
    if (!mayUseComponent(client, rollout.componentAppid)) throw new DomainError('not-found', `There is no rollout ${rolloutId}.`);
    return rollout;
  }

  /** Newest first; one more than the page may have, if there are so many. */
  async search(componentAppid: string, query: RolloutSearch, client: Client): Promise<Rollout[]> {
    requireUnrestrictedClient(client);
    this.gateway.requireComponent(componentAppid);
    const before = ROLLOUTS.after(query);
    return this.rollouts.search(componentAppid, query.state, before === undefined ? undefined : Number(before), query.limit + 1);
  }

  /** In their order; one more than the page may have, if there are so many. */
  async targets(rolloutId: number, query: TargetSearch, client: Client): Promise<TargetRow[]> {
    await this.get(rolloutId, client);
    const after = TARGETS.after(query);
    return this.rows.list(rolloutId, query.state, after === undefined ? undefined : Number(after), query.limit + 1);
  }

  private async plan(
    componentAppid: string,
    request: RolloutSpec,
    client: Client,
    more: { at?: Date; countLeftOut?: () => void },
  ) {
    requireUnrestrictedClient(client);
    this.gateway.requireComponent(componentAppid);
    const { spec, options } = await this.planner.resolve(componentAppid, request);
    const appids = await this.planner.targets(componentAppid, request);
    const everybody = this.planner.plan(componentAppid, spec, appids, 0, undefined, more.at);
    return { spec, options, appids, planned: without(everybody, request.leave_out, options.canary_size, more.countLeftOut) };
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

function toPreviewProblem({ authorizerAppid, path, message, remedy }: PlanProblem) {
  return { authorizer_appid: authorizerAppid, path, message, remedy: remedy ?? null };
}
