import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type Client,
  ClientStore,
  Cursors,
  DomainError,
  formerlyPlain,
  mayUseComponent,
  requireUnrestrictedClient,
} from '#service';
import { Deciders } from '../approvals/deciders.js';
import { namesOf, personsIn, whoIs } from '../approvals/who-is.js';
import { AuditQuota } from '../audit-quota/audit-quota.service.js';
import { PreflightService } from '../preflight/preflight.service.js';
import { ReleaseBatch } from '../releases/release-batch.repository.js';
import { hide } from '../requests/secret-variables.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { ProblemGroups, without } from './problem-groups.js';
import { RolloutForecast } from './quota-forecast.service.js';
import { beginning, CHANGED, OVERLAP_REMEDY } from './rollout.domain.js';
import type {
  PreviewQuery,
  RetryRollout,
  RolloutPreview,
  RolloutSearch,
  RolloutSpec,
  SetAside,
  StartRollout,
  TargetSearch,
} from './rollout.dto.js';
import type { Rollout } from './rollout.js';
import { RolloutRepository } from './rollout.repository.js';
import { notAsked, RolloutAgreements } from './rollout-agreement.js';
import { type NewTarget, RolloutClaims } from './rollout-claims.repository.js';
import type { Deed, Happening } from './rollout-history.repository.js';
import { RolloutInsight } from './rollout-insight.service.js';
import { PlanHash, type PlannedTarget, type PlanProblem, RolloutPlanner } from './rollout-planner.service.js';
import { type NamedTarget, RolloutTargetRepository, type TargetRow } from './rollout-target.repository.js';

export const ROLLOUTS = new Cursors('rollouts', formerlyPlain);
export const TARGETS = new Cursors('rollout-targets', formerlyPlain);

const SHOWN_PROBLEMS = 500;
const GOING = ['running', 'waiting'] as const;
const UNDER_WAY = [...GOING, 'paused'] as const;

export interface SetAsideResult {
  readonly rollout: Rollout;
  readonly setAside: number;
  /** They are where they were: reviewers have them, or they have ended. */
  readonly left: readonly NamedTarget[];
}

/** What operators do with rollouts. */
@Injectable()
export class RolloutService implements OnModuleInit {
  constructor(
    private readonly rollouts: RolloutRepository,
    private readonly rows: RolloutTargetRepository,
    private readonly claims: RolloutClaims,
    private readonly batch: ReleaseBatch,
    private readonly planner: RolloutPlanner,
    private readonly preflight: PreflightService,
    private readonly quota: AuditQuota,
    private readonly gateway: WechatGateway,
    private readonly agreements: RolloutAgreements,
    private readonly insight: RolloutInsight,
    private readonly forecast: RolloutForecast,
    private readonly deciders: Deciders,
    private readonly clients: ClientStore,
  ) {}

  onModuleInit(): void {
    this.deciders.register('o', { approve: (id, client, note) => this.approve(id, client, note) });
  }

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
    let targets = 0;
    let ready = 0;
    for await (const target of planned) {
      hash.add(target);
      if (targets < Math.max(query.limit, query.live)) shown.push(target);
      const found = [...target.problems, ...(taken.has(target.authorizerAppid) ? [taken.get(target.authorizerAppid)!] : [])];
      for (const problem of found) groups.add(problem);
      if (problems.length < SHOWN_PROBLEMS) problems.push(...found);
      if (warnings.length < SHOWN_PROBLEMS) warnings.push(...target.warnings);
      targets += 1;
      if (found.length === 0 && !target.skip) ready += 1;
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
    for await (const target of planned) {
      planHash.add(target);
      const { authorizerAppid, isCanary } = target;
      const digest = needed ? { digest: this.agreements.digestOfTarget({ componentAppid, clientId }, asked, target) } : {};
      targets.push({ authorizerAppid, isCanary, ...digest });
    }
    const hash = planHash.digest();
    if (hash !== request.preview_hash)
      throw new DomainError('conflict', 'What would be sent is not what was previewed (any more). Look at a new preview.', {
        members: { hash },
      });
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
      needed ? (db, rollout) => this.agreements.ask(db, rollout, { makers, persons: personsIn(client) }) : undefined,
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

  /** Nothing more is begun or sent; reviews that run go on. */
  async pause(rolloutId: number, client: Client, note?: string): Promise<Rollout> {
    await this.get(rolloutId, client);
    return this.changed(rolloutId, await this.pauseOne(rolloutId, client, note), 'paused');
  }

  /** Pauses every rollout of a component that goes. @returns which these were */
  async pauseAll(componentAppid: string, client: Client, note?: string): Promise<number[]> {
    requireUnrestrictedClient(client);
    this.gateway.requireComponent(componentAppid);
    const paused: number[] = [];
    for (const rolloutId of await this.rollouts.going(componentAppid))
      if (await this.pauseOne(rolloutId, client, note)) paused.push(rolloutId);
    return paused;
  }

  private pauseOne(rolloutId: number, client: Client, note?: string): Promise<boolean> {
    const detail = byOperator('Paused', note);
    const reason = { code: 'operator', detail, client_id: client.clientId };
    return this.rollouts.change(rolloutId, GOING, { state: 'paused', reason }, undefined, deedOf('paused', client, note));
  }

  async resume(rolloutId: number, client: Client, note?: string): Promise<Rollout> {
    const rollout = await this.get(rolloutId, client);
    const canaryFailed = rollout.stage === 'canary' && rollout.reason?.code === 'canary-failed';
    // Both let more of them fail than the limits allow.
    const afterFailures = canaryFailed || rollout.reason?.code === 'too-many-failures';
    if (afterFailures) await this.requireAnother(rollout, client, 'resume');
    const { failed: all, untried, succeeded } = (await this.rows.counts(rolloutId)).all;
    const failed = all - untried;
    // What has failed until now is known: only new failures stop it again. Whoever began it does not forgive them alone, by a pause before they
    // are too many.
    const forgives = afterFailures || !this.agreements.needed(rollout);
    const set = { ...this.going(), ...(forgives && { forgiven: { failed, succeeded } }) };
    // Going on after a failed canary is the operator's decision to go on with everybody.
    const goesOn = canaryFailed ? { ...set, stage: 'full' as const } : set;
    const anew = await this.askedAnew(rollout, client);
    const done = await this.rollouts.change(
      rolloutId,
      ['paused', 'waiting'],
      { ...goesOn, ...(anew && { isFrozen: 1 }) },
      async (db) => {
        await anew?.(db);
        await this.batch.resumeHeld(db, rolloutId);
      },
      deedOf('resumed', client, note),
    );
    return this.changed(rolloutId, done, 'resumed');
  }

  /** Ends it: what was not begun is skipped, what reviewers do not have yet is given up. Running reviews go on. */
  async abort(rolloutId: number, client: Client, note?: string): Promise<Rollout> {
    await this.get(rolloutId, client);
    const detail = byOperator('Aborted', note);
    const reason = { code: 'operator', detail, client_id: client.clientId };
    const set = { state: 'aborted' as const, reason, nextCheckAt: this.rollouts.now(), finishedAt: this.rollouts.now() };
    const stop = { cause: 'rollout.abort', code: 'aborted', reason: 'The rollout was aborted.' } as const;
    const give = async (db: EntityManager) => {
      await this.rows.abort(db, rolloutId);
      await this.batch.stopUnsubmitted(db, rolloutId, stop);
    };
    const done = await this.rollouts.change(rolloutId, UNDER_WAY, set, give, deedOf('aborted', client, note));
    return this.changed(rolloutId, done, 'aborted');
  }

  /** The second person agrees to all its releases at once. @throws DomainError `forbidden` to whoever started it */
  async approve(rolloutId: number, client: Client, note?: string): Promise<Rollout> {
    const rollout = await this.get(rolloutId, client);
    if (await this.isMaker(rollout, client))
      throw new DomainError('forbidden', 'Somebody else than the one who started the rollout must approve it.');
    if (rollout.isFrozen !== 1 && this.agreements.isRequired(rollout)) throw notAsked();
    // What waits for that goes on.
    await this.rollouts.together(async (db) => {
      if (rollout.isFrozen === 1) await this.agreements.agree(db, rollout, client, note);
      await this.rollouts.approve(db, rollout, client.clientId, deedOf('approved', client, note));
      await this.batch.approveAll(db, rolloutId);
    });
    return this.rollouts.get(rolloutId);
  }

  /** Targets that did not succeed are tried again: with what reviewers have or have approved, otherwise with new releases. */
  async retry(rolloutId: number, request: RetryRollout, client: Client): Promise<Rollout> {
    const rollout = await this.get(rolloutId, client);
    await this.requireAnother(rollout, client, 'retry');
    const retried = await this.insight.retried(rolloutId, request);
    const { policy } = rollout.spec;
    const anew = this.agreements.needed(rollout) ? await this.agreements.anew(rollout, client, retried.states) : undefined;
    const set = { ...this.going(), forgiven: null, finishedAt: null, ...(anew && { isFrozen: 1 }) };
    const { causes, note } = request;
    const detail = { ...(causes && { causes }), ...(retried.appids && { mini_programs: retried.appids.size }) };
    // Together: a running rollout without anything to do is completed.
    const begin = async (db: EntityManager) => {
      await this.claims.requireNone(db, rollout, retried);
      await this.rows.retry(db, rolloutId, policy, retried);
      await anew?.(db);
      await this.batch.resumeHeld(db, rolloutId);
    };
    const from = ['running', 'paused', 'completed'] as const;
    const done = await this.rollouts.change(rolloutId, from, set, begin, deedOf('retried', client, note, detail));
    return this.changed(rolloutId, done, 'retried');
  }

  /**
   * These ones hold nobody up any more: what was not begun is skipped, what reviewers do not have yet is given up. A retry that names them
   * takes them back.
   * @returns the rollout, and those that were left where they are
   */
  async setAside(rolloutId: number, { authorizer_appids, note }: SetAside, client: Client): Promise<SetAsideResult> {
    await this.get(rolloutId, client);
    const before = await this.rows.named(rolloutId, authorizer_appids);
    const strangers = authorizer_appids.filter((appid) => !before.has(appid));
    if (strangers.length > 0)
      throw new DomainError(
        'invalid-request',
        `Not in this rollout: ${strangers.slice(0, 5).join(', ')}. Nothing was set aside.`,
      );
    const reason = byOperator('Set aside', note);
    const give = async (db: EntityManager) => {
      await this.rows.skipPending(db, rolloutId, authorizer_appids, { code: 'set-aside', detail: reason });
      const stop = { cause: 'rollout.set-aside', code: 'set-aside', reason } as const;
      await this.batch.stopUnsubmitted(db, rolloutId, stop, authorizer_appids);
    };
    const deed = deedOf('set-aside', client, note, { authorizer_appids });
    const done = await this.rollouts.change(rolloutId, UNDER_WAY, { nextCheckAt: this.rollouts.now() }, give, deed);
    const now = await this.changed(rolloutId, done, 'changed any more');
    const left = [...(await this.rows.named(rolloutId, authorizer_appids)).values()].filter((row) => !isAside(row));
    return { rollout: now, setAside: authorizer_appids.length - left.length, left };
  }

  /**
   * What goes on after failures, or is something else than others were asked about, is asked for anew, and whoever lets it go on has a part in
   * it. `undefined`: it was only held up, or needs nobody else.
   */
  private async askedAnew(rollout: Rollout, client: Client) {
    if (!this.agreements.needed(rollout)) return undefined;
    const after = rollout.reason?.code ?? '';
    const byFailures = ['canary-failed', 'too-many-failures', CHANGED].includes(after);
    return byFailures || rollout.isFrozen !== 1 ? this.agreements.anew(rollout, client, []) : undefined;
  }

  /** Stopping needs one person; going on after failures two. @throws DomainError `forbidden` */
  private async requireAnother(rollout: Rollout, client: Client, what: 'resume' | 'retry'): Promise<void> {
    if (this.agreements.needed(rollout) && (await this.isMaker(rollout, client)))
      throw new DomainError('forbidden', `Somebody else than the one who started the rollout must ${what} it after failures.`);
  }

  /** By whatever account. */
  private async isMaker({ clientId }: Rollout, client: Client): Promise<boolean> {
    return clientId !== null && (clientId === client.clientId || whoIs(client) === (await this.clients.personOf(clientId)));
  }

  /** A rollout that goes on at once, with nothing held against it. */
  private going() {
    return { state: 'running' as const, reason: null, refusals: null, nextCheckAt: this.rollouts.now(), launchedAt: null };
  }

  private async changed(rolloutId: number, done: boolean, what: string): Promise<Rollout> {
    const rollout = await this.rollouts.get(rolloutId);
    if (!done)
      throw new DomainError('conflict', `A rollout that is ${rollout.state} cannot be ${what}.`, {
        members: { state: rollout.state },
      });
    return rollout;
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

const byOperator = (done: string, note: string | undefined): string =>
  `${done} by an operator${note === undefined ? '.' : `: ${note}`}`;

/** What the history says of what a person does. */
function deedOf(what: Happening, client: Client, note: string | undefined, more: Record<string, unknown> = {}): Deed {
  const detail = { ...(note === undefined ? {} : { note }), ...more };
  return { what, actor: whoIs(client), ...(Object.keys(detail).length > 0 && { detail }) };
}

/** Its release is given up, or there was none. */
const isAside = ({ state, releaseState }: NamedTarget): boolean => state === 'skipped' || releaseState === 'stopped';

function toPreviewProblem({ authorizerAppid, path, message, remedy }: PlanProblem) {
  return { authorizer_appid: authorizerAppid, path, message, remedy: remedy ?? null };
}
