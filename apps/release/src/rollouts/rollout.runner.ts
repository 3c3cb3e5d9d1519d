import { Inject, Injectable } from '@nestjs/common';
import { DomainError, LOGGER, type Logger, Periodic } from '#service';
import { AuditQuota } from '../audit-quota/audit-quota.service.js';
import { ReleaseConfig } from '../config/release.config.js';
import { ViolationRepository } from '../duties/violation.repository.js';
import { OLDER_REMEDY } from '../newer/older-version.error.js';
import { PreflightService } from '../preflight/preflight.service.js';
import { barring, type Obstacle, reasonOf } from '../readiness/readiness.domain.js';
import type { NewRelease } from '../releases/release.js';
import { ReleaseBatch } from '../releases/release-batch.repository.js';
import { storedFailure, verdictOf } from '../wechat/wechat-failure.domain.js';
import { APPROVAL, BackRunner } from './back.runner.js';
import { nextRing, REST } from './rings.domain.js';
import {
  CHANGED,
  decide,
  explained,
  goalStates,
  type RolloutOptions,
  refusalPauseS,
  SCHEDULED,
  violatesTooOften,
} from './rollout.domain.js';
import type { ResolvedSpec, Rollout } from './rollout.js';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutAgreements, releaseOf } from './rollout-agreement.js';
import { RolloutGate } from './rollout-gate.service.js';
import type { Deed } from './rollout-history.repository.js';
import { RolloutPlanner } from './rollout-planner.service.js';
import { RolloutTargetRepository } from './rollout-target.repository.js';

const LEASE_S = 20;
const WAITS_S = 300;
const UNREAD_S = 5;
/** How old the numbers of a rollout may be that begins nothing. */
const RESULTS_S = 5;

/**
 * Carries rollouts on: takes over results, begins the next targets, widens after the canary, waits for quota, pauses on failures.
 * Every replica looks; the claim of a rollout lets one of them act, and the target's own row lets each target be begun once.
 */
@Injectable()
export class RolloutRunner {
  constructor(
    private readonly rollouts: RolloutRepository,
    private readonly targets: RolloutTargetRepository,
    private readonly batch: ReleaseBatch,
    private readonly planner: RolloutPlanner,
    private readonly agreements: RolloutAgreements,
    private readonly gate: RolloutGate,
    private readonly backs: BackRunner,
    private readonly preflight: PreflightService,
    private readonly violations: ViolationRepository,
    private readonly quota: AuditQuota,
    private readonly config: ReleaseConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly periodic: Periodic,
  ) {
    periodic.every('rollout.sweep', config.RELEASE_SWEEP_MS, () => this.sweep(), 'later');
  }

  /** One look at everything that is due; also for tests. */
  async sweep(): Promise<void> {
    for (const rolloutId of await this.rollouts.due()) {
      const claimed = this.periodic.isStopping ? undefined : await this.rollouts.claim(rolloutId, LEASE_S);
      if (!claimed) continue;
      try {
        const againS = await this.carryOn(await this.rollouts.get(rolloutId));
        await this.rollouts.lookAgain(rolloutId, claimed, againS === undefined ? null : this.rollouts.in(againS));
      } catch (error) {
        // Its claim ends by itself; the others are not to wait for it.
        this.logger.warn({ event: 'rollout.failed', rollout_id: rolloutId, err: error }, 'A rollout could not be carried on');
      }
    }
  }

  /** @returns seconds until the next look; `undefined`: none is needed. */
  private async carryOn(rollout: Rollout): Promise<number | undefined> {
    const { spec } = rollout;
    await this.targets.sync(rollout.rolloutId, goalStates(spec.policy));
    const soonS = this.config.RELEASE_SWEEP_MS / 1_000;
    switch (rollout.state) {
      case 'running':
        return this.run(rollout, spec, soonS);
      case 'waiting':
        return this.wait(rollout, soonS);
      default: {
        if (rollout.state === 'aborted') await this.targets.skipHeld(rollout.rolloutId);
        // What may have been sent is found out; nothing more is.
        if (isRollback(spec)) await this.backs.carryOn(rollout);
        // Reviews of a paused or aborted rollout still end.
        const { all } = await this.targets.counts(rollout.rolloutId);
        return all.running > 0 ? Math.max(RESULTS_S, soonS) : undefined;
      }
    }
  }

  private async run(rollout: Rollout, spec: ResolvedSpec, soonS: number): Promise<number | undefined> {
    const { rolloutId } = rollout;
    const { options } = rollout;
    if (isRollback(spec)) await this.backs.carryOn(rollout);
    const { all, canary } = await this.targets.counts(rolloutId, undefined, rollout.ring);
    const sinceLaunchS = rollout.launchedAt ? (this.rollouts.now().getTime() - rollout.launchedAt.getTime()) / 1_000 : undefined;
    const forgiven = rollout.forgiven ?? undefined;
    if (all.pending + all.running > 0 && (await this.isPunished(rollout, all.succeeded))) return soonS;
    const ring = rollout.ring === null ? undefined : options.rings?.[rollout.ring];
    const sinceRingS = ring?.min_wait_s ? await this.targets.sinceRing(rolloutId, rollout.ring as number) : undefined;
    const decision = decide({ stage: rollout.stage, all, canary, ring, sinceRingS, forgiven, sinceLaunchS }, options);
    this.logger.debug({ event: 'rollout.decision', rollout_id: rolloutId, decision, all }, 'Rollout looked at');
    switch (decision.do) {
      case 'complete':
        await this.rollouts.change(rolloutId, ['running'], { state: 'completed', reason: null, finishedAt: this.rollouts.now() });
        this.logger.info({ event: 'rollout.completed', rollout_id: rolloutId, ...all }, 'Rollout completed');
        return undefined;
      case 'widen':
        await this.rollouts.change(rolloutId, ['running'], await this.next(rollout), undefined, widenedTo(rollout));
        return soonS;
      case 'replace-canary':
        await this.targets.moreCanaries(rolloutId, decision.count);
        return soonS;
      case 'pause':
        await this.rollouts.change(rolloutId, ['running'], { state: 'paused', reason: decision.reason });
        this.logger.warn({ event: 'rollout.paused', rollout_id: rolloutId, ...decision.reason }, 'A rollout paused itself');
        return soonS;
      case 'launch': {
        if (isRollback(spec)) {
          const count = Math.min(decision.count, options.concurrency - all.running);
          await this.backs.launch(rollout, decision.from === 'canary', count);
          return soonS;
        }
        if (await this.templateMissing(rollout, spec)) return soonS;
        const room = spec.policy.submit === 'auto' ? await this.quotaRoom(rollout, options, all.active) : decision.count;
        if (room === undefined) return soonS;
        await this.launch(rollout, spec, decision.from === 'canary', Math.min(decision.count, room));
        return soonS;
      }
      default:
        // Nothing to begin: only reviews are awaited, or the rate allows none yet.
        return all.active > 0 || all.pending > all.held ? soonS : Math.max(soonS, Math.min(10, soonS * 10));
    }
  }

  private async next({ rolloutId, ring }: Rollout): Promise<Pick<Rollout, 'stage' | 'ring'>> {
    return nextRing(ring, ring === null ? 0 : await this.targets.lastRing(rolloutId));
  }

  private async launch(rollout: Rollout, spec: ResolvedSpec, canaryOnly: boolean, count: number): Promise<void> {
    const { rolloutId, componentAppid } = rollout;
    const appids = await this.targets.pending(rollout, canaryOnly, count);
    const releases: NewRelease[] = [];
    const planned = this.planner.plan(componentAppid, spec, appids, 0, rollout);
    for await (const target of planned) {
      const { authorizerAppid, problems: found, obstacles, older, skip } = target;
      // What is not known is not refused: WeChat will say so itself.
      const problems = found.filter((problem) => problem.path !== 'profile');
      if (skip) await this.targets.settle(rolloutId, authorizerAppid, 'skipped', skip);
      else if (older)
        await this.targets.settle(rolloutId, authorizerAppid, 'skipped', { code: 'older', detail: older, remedy: OLDER_REMEDY });
      else if (problems.length > 0) {
        const ended = problems.find((problem) => problem.path === 'authorization');
        const detail = problems.map(({ path, message }) => `${path} ${message}`).join('; ');
        const code = ended ? 'unauthorized' : 'invalid';
        await this.targets.settle(rolloutId, authorizerAppid, ended ? 'skipped' : 'failed', {
          code,
          detail,
          remedy: ended?.remedy,
        });
      } else if (await this.isBarred(rollout, authorizerAppid, obstacles)) {
        // It is not begun.
      } else {
        releases.push(releaseOf(rollout, spec, target));
      }
    }
    if (await this.isOther(rollout, releases)) return;
    if ((await this.targets.launch(rolloutId, releases)) > 0)
      await this.rollouts.change(rolloutId, ['running'], { launchedAt: this.rollouts.now() });
  }

  /** WeChat punishes what it puts online: it pauses itself. One cause often hits all of a template. */
  private async isPunished(rollout: Rollout, online: number): Promise<boolean> {
    const share = rollout.options.max_violation_share;
    if (share === undefined) return false;
    const { template_id: templateId, user_version: version } = rollout.spec;
    const found = await this.violations.causesOf(rollout, { templateId, version }, rollout.createdAt);
    const forgiven = rollout.forgiven?.violated ?? 0;
    if (!violatesTooOften({ miniPrograms: found.miniPrograms, online, forgiven }, share)) return false;
    const [first] = found.causes;
    const most = first
      ? `; most often ${[first.rule_name, first.reason].filter(Boolean).join(': ')} (${first.mini_programs})`
      : '';
    const detail = `${found.miniPrograms} of ${online} mini programs that run ${version} have come by a violation${most}.`;
    const reason = { code: 'too-many-violations', detail, causes: found.causes };
    await this.rollouts.change(rollout.rolloutId, ['running'], { state: 'paused', reason });
    this.logger.warn({ event: 'rollout.paused', rollout_id: rollout.rolloutId, ...reason }, 'A rollout paused itself');
    return true;
  }

  /** It cannot go online yet: the rollout's options say what becomes of it. */
  private async isBarred({ rolloutId, options }: Rollout, appid: string, obstacles: readonly Obstacle[]): Promise<boolean> {
    const [first, ...others] = barring(obstacles, options.not_ready);
    if (!first) return false;
    const reason = reasonOf([first, ...others]);
    if (options.not_ready !== 'wait')
      await this.targets.settle(rolloutId, appid, options.not_ready === 'skip' ? 'skipped' : 'failed', reason);
    else {
      const againS = Math.min(WAITS_S, this.config.RELEASE_QUOTA_POLL_S);
      await this.targets.hold(rolloutId, appid, reason, this.rollouts.in(againS));
    }
    return true;
  }

  /** What would be sent is not what others agreed to, or were asked about: nothing is begun, and a person has to look. */
  private async isOther(rollout: Rollout, releases: readonly NewRelease[]): Promise<boolean> {
    const changed = await this.agreements.changed(rollout, releases);
    if (!changed) return false;
    const { rolloutId } = rollout;
    await this.agreements.awaitAnew(rolloutId, changed);
    this.logger.warn(
      { event: 'rollout.changed', rollout_id: rolloutId, detail: changed.detail },
      'What a rollout would send has changed',
    );
    return true;
  }

  /** How many may still be submitted this month; `undefined`: none, and the rollout waits now. */
  private async quotaRoom(rollout: Rollout, options: RolloutOptions, active: number): Promise<number | undefined> {
    const left = await this.quotaLeft(rollout, options);
    if (left instanceof Error) {
      if (verdictOf(left) === 'quota') await this.gate.wait(rollout.rolloutId, storedFailure('quota', left, this.rollouts.now()));
      else await this.waitForQuota(rollout, `The quota cannot be read: ${left.message}`, false);
      return undefined;
    }
    const room = left.rest - active;
    if (room > 0) return room;
    // Those that are under way already have their share.
    if (active > 0) return 0;
    await this.waitForQuota(rollout, left.detail);
    return undefined;
  }

  /** What this rollout may take: neither the reserve nor what other rollouts are about to submit. */
  private async quotaLeft(rollout: Rollout, options: RolloutOptions): Promise<{ rest: number; detail: string } | Error> {
    try {
      const { rest, limit } = await this.quota.read(rollout.componentAppid);
      const others = await this.targets.activeElsewhere(rollout.componentAppid, rollout.rolloutId);
      const spoken = others > 0 ? `, and other rollouts are about to make ${others}` : '';
      const detail = `${rest} of ${limit} submissions are left this month; ${options.quota_reserve} are kept in reserve${spoken}.`;
      return { rest: rest - options.quota_reserve - others, detail };
    } catch (error) {
      // No authorization lives any more: nothing will be submitted, and each target says why.
      if (error instanceof DomainError && error.code === 'conflict')
        return { rest: Number.POSITIVE_INFINITY, detail: error.detail };
      verdictOf(error);
      return error as Error;
    }
  }

  private async waitForQuota(rollout: Rollout, detail: string, known = true): Promise<void> {
    const why = { code: 'quota', detail, since: this.rollouts.now().toISOString(), ...(known ? {} : { unread: true }) };
    const reason = explained(why, known);
    await this.rollouts.change(rollout.rolloutId, ['running'], {
      state: 'waiting',
      reason,
      refusals: null,
    });
  }

  /** Nothing could be committed: everybody waits, nobody fails. */
  private async templateMissing(rollout: Rollout, spec: ResolvedSpec): Promise<boolean> {
    // What goes back has no template of its own: each mini program's was looked at.
    if (spec.back || spec.policy.skip_checks?.includes('template')) return false;
    const check = await this.preflight.template(rollout.componentAppid, spec.template_id);
    if (check.result !== 'problem') return false;
    if (rollout.state === 'running') await this.gate.waitForAll(rollout.rolloutId, check);
    return true;
  }

  /** Begins when its time has come. @returns seconds until the next look */
  private async begin({ rolloutId, options }: Rollout, soonS: number): Promise<number> {
    const leftS = options.start_at ? (Date.parse(options.start_at) - this.rollouts.now().getTime()) / 1_000 : 0;
    // Clocks are set, and times of day change: it is looked again long before.
    if (leftS > 0) return Math.max(soonS, Math.min(leftS, WAITS_S));
    await this.rollouts.change(rolloutId, ['waiting'], { state: 'running', reason: null, launchedAt: null });
    this.logger.info({ event: 'rollout.begun', rollout_id: rolloutId }, 'A scheduled rollout begins');
    return soonS;
  }

  /** What goes back takes no quota: it waits for others to agree, or for what WeChat refused a while ago. */
  private async waitBack(rollout: Rollout, soonS: number): Promise<number> {
    if (rollout.reason?.code === APPROVAL && !(await this.backs.mayBegin(rollout))) return Math.max(soonS, RESULTS_S);
    await this.rollouts.change(rollout.rolloutId, ['waiting'], { state: 'running', reason: null, launchedAt: null });
    return soonS;
  }

  /** Looks whether what it waits for has come. */
  private async wait(rollout: Rollout, soonS: number): Promise<number> {
    const { options, reason, spec } = rollout;
    const { since, code, unread } = reason ?? {};
    if (code === SCHEDULED) return this.begin(rollout, soonS);
    const { all } = await this.targets.counts(rollout.rolloutId);
    // While reviews run, their results are taken over sooner than WeChat is asked for the quota.
    const pollS = Math.min(all.running > 0 ? RESULTS_S : WAITS_S, this.config.RELEASE_QUOTA_POLL_S);
    const sinceS = since ? (this.rollouts.now().getTime() - new Date(since).getTime()) / 1_000 : undefined;
    // A quota that could not be read is most often there: it is asked for soon, then more and more rarely.
    const againS = Math.max(soonS, unread ? Math.min(pollS, Math.max(UNREAD_S, sinceS ?? 0)) : pollS);
    // Right after a refusal WeChat's number lags behind, and it may be wrong for longer: then it is believed more and more rarely.
    const refusals = rollout.refusals ?? undefined;
    // Where a person has to mend something, what was mended is not to wait for hours.
    const pauseS = code === 'platform' ? Math.min(refusalPauseS(refusals, againS), WAITS_S) : refusalPauseS(refusals, againS);
    if (code === APPROVAL) return this.waitBack(rollout, soonS);
    if (!unread && sinceS !== undefined && sinceS < pauseS) return againS;
    if (code === CHANGED) return againS;
    if (isRollback(spec)) return this.waitBack(rollout, soonS);
    if (code === 'template' && (await this.templateMissing(rollout, spec))) return againS;
    const left = await this.quotaLeft(rollout, options);
    if (left instanceof Error || left.rest <= 0) return againS;
    const goesOn = { state: 'running' as const, reason: null, launchedAt: null };
    await this.rollouts.change(rollout.rolloutId, ['waiting'], goesOn, (db) => this.batch.resumeHeld(db, rollout.rolloutId));
    this.logger.info(
      { event: 'rollout.resumed', rollout_id: rollout.rolloutId },
      'A rollout goes on: what it waited for is there',
    );
    return soonS;
  }
}

/** What the history says of the next ring. */
function widenedTo({ ring, options }: Pick<Rollout, 'ring' | 'options'>): Deed {
  if (ring === null) return { what: 'widened' };
  return { what: 'widened', detail: { after: options.rings?.[ring]?.name, to: options.rings?.[ring + 1]?.name ?? REST } };
}

const isRollback = ({ back }: ResolvedSpec): boolean => back?.way === 'rollback';
