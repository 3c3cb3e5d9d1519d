import { Inject, Injectable } from '@nestjs/common';
import { DomainError, EffectGate, LOGGER, type Logger } from '#service';
import { ERRCODE } from '#wechat';
import { Approvals } from '../approvals/approvals.service.js';
import { Rollbacks, type TakenBack } from '../versions/rollback.service.js';
import { VersionsService } from '../versions/versions.service.js';
import { errcodeOf, storedFailure, verdictOf } from '../wechat/wechat-failure.domain.js';
import { type BackUnderWay, FORWARD_REMEDY, MOST_TRIES, TOMORROW_REMEDY } from './back.domain.js';
import { BackTargets } from './back-target.repository.js';
import { explained } from './rollout.domain.js';
import type { Rollout } from './rollout.js';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutAgreements } from './rollout-agreement.js';
import { RolloutGate } from './rollout-gate.service.js';
import { RolloutPlanner } from './rollout-planner.service.js';
import { RolloutTargetRepository } from './rollout-target.repository.js';

/** Why a rollout waits: enough others have to agree first. */
export const APPROVAL = 'approval';

/** Mini programs at a time; a rollback is a handful of calls. */
const AT_ONCE = 10;
/** A look ends before its claim does; what is left is taken up by the next one. */
const LOOK_MS = 12_000;
const LIMITS: ReadonlySet<number> = new Set([ERRCODE.QUOTA_EXHAUSTED]);

interface UnderWay {
  readonly authorizerAppid: string;
  readonly back: BackUnderWay;
}

/**
 * Rolls the mini programs of a rollout back. What is about to be sent is recorded in its target first; after a crash the next look finds out
 * what became of it, in whatever replica.
 */
@Injectable()
export class BackRunner {
  constructor(
    private readonly rollouts: RolloutRepository,
    private readonly targets: RolloutTargetRepository,
    private readonly backs: BackTargets,
    private readonly planner: RolloutPlanner,
    private readonly agreements: RolloutAgreements,
    private readonly approvals: Approvals,
    private readonly rollbacks: Rollbacks,
    private readonly versions: VersionsService,
    private readonly rolloutGate: RolloutGate,
    private readonly effects: EffectGate,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Begins the next ones and rolls them back. @returns false when the rollout waits now */
  async launch(rollout: Rollout, canaryOnly: boolean, count: number): Promise<void> {
    if (count <= 0 || !(await this.mayBegin(rollout))) return;
    const { rolloutId, componentAppid, spec } = rollout;
    const appids = await this.targets.pending(rollout, canaryOnly, count);
    const digests = await this.targets.digests(rolloutId, appids);
    const begun = new Map<string, BackUnderWay>();
    const other: string[] = [];
    for await (const target of this.planner.plan(componentAppid, spec, appids, 0, rollout)) {
      const { authorizerAppid, back, skip } = target;
      const problems = target.problems.filter(({ path }) => path !== 'profile');
      const digest = digests.get(authorizerAppid);
      if (skip || !back) await this.targets.settle(rolloutId, authorizerAppid, 'skipped', skip ?? {});
      else if (problems.length > 0) {
        const ended = problems.find(({ path }) => path === 'authorization');
        const detail = problems.map(({ path, message }) => `${path} ${message}`).join('; ');
        const reason = { code: ended ? 'unauthorized' : 'invalid', detail, remedy: (ended ?? problems[0])?.remedy };
        await this.targets.settle(rolloutId, authorizerAppid, ended ? 'skipped' : 'failed', reason);
      } else if (rollout.isFrozen === 1 && digest !== this.agreements.digestOfTarget(rollout, spec, target))
        other.push(authorizerAppid);
      else begun.set(authorizerAppid, { releaseId: back.releaseId, version: back.version });
    }
    if (other.length > 0) return this.changed(rollout, other);
    if ((await this.backs.begin(rolloutId, begun)) > 0)
      await this.rollouts.change(rolloutId, ['running'], { launchedAt: this.rollouts.now() });
    await this.carryOn(rollout);
  }

  /** Finds out what became of those that are under way, and sends what may be sent. */
  async carryOn(rollout: Rollout): Promise<void> {
    const until = performance.now() + LOOK_MS;
    const open = await this.backs.underWay(rollout.rolloutId);
    const next = async (): Promise<void> => {
      for (let target = open.shift(); target && performance.now() < until; target = open.shift()) await this.one(rollout, target);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  /** Whether enough others have agreed by now; otherwise it waits for them. */
  async mayBegin(rollout: Rollout): Promise<boolean> {
    if (!this.agreements.needed(rollout) || (await this.agreed(rollout))) return true;
    const since = this.rollouts.now().toISOString();
    const detail = 'It rolls back when somebody else has agreed to it (rollout approve).';
    const reason = explained({ code: APPROVAL, detail, since });
    await this.rollouts.change(rollout.rolloutId, ['running'], { state: 'waiting', reason, refusals: null });
    return false;
  }

  private async agreed({ rolloutId }: Rollout): Promise<boolean> {
    const { approval, digest, frozen, needed } = await this.rolloutGate.agreement(rolloutId);
    return frozen !== undefined && approval !== undefined && this.approvals.enough(approval, digest, needed);
  }

  private async one(rollout: Rollout, { authorizerAppid, back }: UnderWay): Promise<void> {
    const { rolloutId, componentAppid } = rollout;
    const agreed = async () => {
      if (this.agreements.needed(rollout) && !(await this.agreed(rollout)))
        throw new DomainError('approval-needed', 'Not enough others agree to this rollback (any more).', {
          members: { effect: 'rollback' },
        });
    };
    try {
      const taken = await this.effects.require({ effect: 'rollback', componentAppid, authorizerAppid, agreed }, () =>
        this.rollbacks.takeBack(componentAppid, authorizerAppid, {
          releaseId: back.releaseId,
          version: back.version,
          before: back.before,
          maySend: async () => (await this.rollouts.standing(rolloutId))?.state === 'running',
          remember: (before) => this.backs.remember(rolloutId, authorizerAppid, { ...back, before }),
        }),
      );
      await this.ended(rollout, authorizerAppid, taken);
    } catch (error) {
      await this.failed(rollout, { authorizerAppid, back }, error);
    }
  }

  private async ended(rollout: Rollout, appid: string, taken: TakenBack): Promise<void> {
    const { rolloutId, componentAppid } = rollout;
    this.versions.forget(componentAppid, appid);
    if (taken === 'done') return this.backs.settle(rolloutId, appid, 'succeeded');
    if (taken === 'moved-on')
      return this.backs.settle(rolloutId, appid, 'skipped', { code: 'moved-on', detail: 'It runs another version by now.' });
    const aborted = (await this.rollouts.standing(rolloutId))?.state === 'aborted';
    if (!aborted) return this.backs.settle(rolloutId, appid, 'pending');
    return this.backs.settle(rolloutId, appid, 'skipped', { code: 'aborted', detail: 'The rollout was aborted.' });
  }

  private async failed(rollout: Rollout, { authorizerAppid, back }: UnderWay, error: unknown): Promise<void> {
    const { rolloutId } = rollout;
    if (error instanceof DomainError) {
      // The agreement was taken back: it waits for its turn again.
      if (error.code === 'approval-needed') return this.backs.settle(rolloutId, authorizerAppid, 'pending');
      // Its outcome is being read, or somebody else writes.
      if (error.code === 'conflict') return;
      throw error;
    }
    const verdict = verdictOf(error);
    if (verdict === 'unclear') return;
    const now = this.rollouts.now();
    const failure = storedFailure('rollback', error, now);
    this.logger.info(
      { event: 'rollback.failed', rollout_id: rolloutId, authorizer: authorizerAppid, err: error },
      'A rollback failed',
    );
    const limited = LIMITS.has(errcodeOf(error) ?? 0);
    if (verdict === 'quota' && !limited) {
      await this.backs.settle(rolloutId, authorizerAppid, 'pending');
      return this.rolloutGate.wait(rolloutId, failure);
    }
    if (verdict === 'unauthorized')
      return this.backs.settle(rolloutId, authorizerAppid, 'skipped', { code: 'unauthorized', detail: failure.errmsg });
    const tries = (back.tries ?? 0) + 1;
    if ((verdict === 'later' || verdict === 'wait') && tries < MOST_TRIES)
      return this.backs.remember(rolloutId, authorizerAppid, { releaseId: back.releaseId, version: back.version, tries });
    const remedy = limited ? TOMORROW_REMEDY : errcodeOf(error) === ERRCODE.CANNOT_ROLL_BACK ? FORWARD_REMEDY : failure.remedy;
    const reason = { code: 'rollback-failed', detail: failure.errmsg, ...failure, ...(remedy && { remedy }) };
    await this.backs.settle(rolloutId, authorizerAppid, 'failed', reason);
  }

  /** What would be taken back is not what others were asked about: nothing is begun, and a person has to look. */
  private async changed({ rolloutId }: Rollout, appids: readonly string[]): Promise<void> {
    const detail = `What would be taken back is not what others were asked to agree to (${appids.length}, such as ${appids[0]}). Resume: then it is asked for anew.`;
    await this.agreements.awaitAnew(rolloutId, { appids, detail });
  }
}
