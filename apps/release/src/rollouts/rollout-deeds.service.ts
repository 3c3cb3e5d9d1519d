import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Client, ClientStore, DomainError, requireUnrestrictedClient } from '#service';
import { Deciders } from '../approvals/deciders.js';
import { whoIs } from '../approvals/who-is.js';
import { ViolationRepository } from '../duties/violation.repository.js';
import { ReleaseBatch } from '../releases/release-batch.repository.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { nextRing, RING_DONE, RING_FAILED } from './rings.domain.js';
import { CHANGED } from './rollout.domain.js';
import type { RetryRollout, SetAside } from './rollout.dto.js';
import type { Rollout } from './rollout.js';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutService } from './rollout.service.js';
import { notAsked, RolloutAgreements } from './rollout-agreement.js';
import { RolloutClaims } from './rollout-claims.repository.js';
import type { Deed, Happening } from './rollout-history.repository.js';
import { RolloutInsight } from './rollout-insight.service.js';
import { type NamedTarget, RolloutTargetRepository } from './rollout-target.repository.js';

const GOING = ['running', 'waiting'] as const;
/** Why a rollout pauses itself while it is under way. */
const TOO_MANY: readonly string[] = ['too-many-failures', 'too-many-violations'];
const UNDER_WAY = [...GOING, 'paused'] as const;

export interface SetAsideResult {
  readonly rollout: Rollout;
  readonly setAside: number;
  /** They are where they were: reviewers have them, or they have ended. */
  readonly left: readonly NamedTarget[];
}

/** What operators do with rollouts that have begun. */
@Injectable()
export class RolloutDeeds implements OnModuleInit {
  constructor(
    private readonly found: RolloutService,
    private readonly rollouts: RolloutRepository,
    private readonly rows: RolloutTargetRepository,
    private readonly claims: RolloutClaims,
    private readonly batch: ReleaseBatch,
    private readonly gateway: WechatGateway,
    private readonly agreements: RolloutAgreements,
    private readonly insight: RolloutInsight,
    private readonly violations: ViolationRepository,
    private readonly deciders: Deciders,
    private readonly clients: ClientStore,
  ) {}

  onModuleInit(): void {
    this.deciders.register('o', { approve: (id, client, note, seen) => this.approve(id, client, note, seen) });
  }

  /** Nothing more is begun or sent; reviews that run go on. */
  async pause(rolloutId: number, client: Client, note?: string): Promise<Rollout> {
    await this.found.get(rolloutId, client);
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
    const rollout = await this.found.get(rolloutId, client);
    const code = rollout.reason?.code;
    const canaryFailed = rollout.stage === 'canary' && (code === 'canary-failed' || code === RING_FAILED);
    const follows = canaryFailed || (rollout.stage === 'canary' && code === RING_DONE);
    // Both let more of them fail than the limits allow.
    const afterFailures = canaryFailed || TOO_MANY.includes(code ?? '');
    if (afterFailures) await this.requireAnother(rollout, client, 'resume');
    const { failed: all, untried, succeeded } = (await this.rows.counts(rolloutId)).all;
    const failed = all - untried;
    const violated = await this.violated(rollout);
    // What has failed until now is known: only new failures stop it again. Whoever began it does not forgive them alone, by a pause before they
    // are too many.
    const forgives = afterFailures || !this.agreements.needed(rollout);
    const set = { ...this.going(), ...(forgives && { forgiven: { failed, succeeded, ...violated } }) };
    // Going on after a failed canary is the operator's decision to go on with everybody.
    const last = rollout.ring === null ? 0 : await this.rows.lastRing(rolloutId);
    const goesOn = follows ? { ...set, ...nextRing(rollout.ring, last) } : set;
    const anew = await this.askedAnew(rollout, client);
    const done = await this.rollouts.change(
      rolloutId,
      ['paused', 'waiting'],
      { ...goesOn, ...(anew && { isFrozen: 1 }) },
      async (db) => {
        await anew?.(db);
        await this.rows.lookNow(db, rolloutId);
        await this.batch.resumeHeld(db, rolloutId);
      },
      deedOf('resumed', client, note),
    );
    return this.changed(rolloutId, done, 'resumed');
  }

  /** Those with a violation, where the rollout looks at that. */
  private async violated(rollout: Rollout): Promise<{ violated?: number }> {
    if (rollout.options.max_violation_share === undefined) return {};
    const { template_id: templateId, user_version: version } = rollout.spec;
    const { miniPrograms } = await this.violations.causesOf(rollout, { templateId, version }, rollout.createdAt);
    return { violated: miniPrograms };
  }

  /** Ends it: what was not begun is skipped, what reviewers do not have yet is given up. Running reviews go on. */
  async abort(rolloutId: number, client: Client, note?: string): Promise<Rollout> {
    await this.found.get(rolloutId, client);
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

  /**
   * The second person agrees to all its releases at once.
   * @param seen digest of what they looked at; absent: whatever is there
   * @throws DomainError `forbidden` to whoever started it, `conflict`
   */
  async approve(rolloutId: number, client: Client, note?: string, seen?: string): Promise<Rollout> {
    const rollout = await this.found.get(rolloutId, client);
    if (await this.isMaker(rollout, client))
      throw new DomainError('forbidden', 'Somebody else than the one who started the rollout must approve it.');
    if (rollout.isFrozen !== 1 && this.agreements.isRequired(rollout)) throw notAsked();
    // What waits for that goes on.
    await this.rollouts.together(async (db) => {
      if (rollout.isFrozen === 1) await this.agreements.agree(db, rollout, client, { note, seen });
      await this.rollouts.approve(db, rollout, client.clientId, deedOf('approved', client, note));
      await this.batch.approveAll(db, rolloutId);
    });
    return this.rollouts.get(rolloutId);
  }

  /** Targets that did not succeed are tried again: with what reviewers have or have approved, otherwise with new releases. */
  async retry(rolloutId: number, request: RetryRollout, client: Client): Promise<Rollout> {
    const rollout = await this.found.get(rolloutId, client);
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
    await this.found.get(rolloutId, client);
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
    const byFailures = ['canary-failed', RING_FAILED, ...TOO_MANY, CHANGED].includes(after);
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
