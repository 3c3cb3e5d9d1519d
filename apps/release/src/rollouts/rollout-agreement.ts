import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Caller, ComponentRegistry, DomainError } from '#service';
import { type Approval, digestOf, idOfRollout, rootOf, sentOf } from '../approvals/approval.domain.js';
import { Approvals } from '../approvals/approvals.service.js';
import { namesOf, personsIn } from '../approvals/who-is.js';
import type { NewRelease } from '../releases/release.js';
import { ReleaseRepository } from '../releases/release.repository.js';
import { ReleaseApprovals } from '../releases/release-approvals.service.js';
import { ExtSettingsService } from '../requests/ext-settings.service.js';
import { TemplateService } from '../templates/template.service.js';
import { type PlannedTarget } from './planned-target.js';
import { CHANGED, explained } from './rollout.domain.js';
import type { ResolvedSpec, Rollout } from './rollout.js';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutPlanner } from './rollout-planner.service.js';
import { type RetriedState, RolloutTargetRepository } from './rollout-target.repository.js';

/** As many releases of a rollout as there can be. */
const ALL = 100_000;
/** Names in a sentence. */
const NAMED = 5;

/** What one target of a rollout is sent: what `sentOf` says of its release. */
export const releaseOf = (
  { componentAppid, clientId }: Pick<Rollout, 'componentAppid' | 'clientId'>,
  spec: ResolvedSpec,
  { authorizerAppid, weappId, request, back }: Pick<PlannedTarget, 'authorizerAppid' | 'weappId' | 'request' | 'back'>,
) =>
  ({
    componentAppid,
    authorizerAppid,
    weappId,
    templateId: back?.earlier?.templateId ?? spec.template_id,
    userVersion: back?.earlier?.version ?? spec.user_version,
    userDesc: back?.earlier?.desc ?? spec.user_desc,
    extJson: JSON.stringify(request.extJson),
    submitRequest: request.audit,
    secretValues: request.secretValues,
    policy: spec.policy,
    clientId,
  }) satisfies NewRelease;

/** What others agree to of a rollout. */
export function whatOfRollout(
  { rolloutId, name, spec, agreedOptions: options }: Pick<Rollout, 'rolloutId' | 'name' | 'spec' | 'agreedOptions'>,
  frozen: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const { template_id, user_version, user_desc, policy, back, template = null } = spec;
  const of = { rollout_id: rolloutId, name, template_id, template, user_version, user_desc, policy, options };
  return { ...of, ...(back && { back }), targets: frozen.size, root: rootOf(frozen) };
}

/** Keeps what each target of a rollout is sent as it was when others were asked, and asks them anew when it is something else. */
@Injectable()
export class RolloutAgreements {
  constructor(
    private readonly rollouts: RolloutRepository,
    private readonly targets: RolloutTargetRepository,
    private readonly planner: RolloutPlanner,
    private readonly releases: ReleaseRepository,
    private readonly releaseApprovals: ReleaseApprovals,
    private readonly approvals: Approvals,
    private readonly settings: ExtSettingsService,
    private readonly templates: TemplateService,
    private readonly components: ComponentRegistry,
  ) {}

  needed({ componentAppid, spec }: Pick<Rollout, 'componentAppid' | 'spec'>): boolean {
    if (spec.back?.way === 'rollback') return spec.policy.two_person === true || this.isRequired({ componentAppid, spec });
    return this.releaseApprovals.needed({ componentAppid, policy: spec.policy });
  }

  /** The template as it is now: what it was made of is part of what others agree to. */
  async templateOf(componentAppid: string, templateId: number): Promise<ResolvedSpec['template']> {
    const found = (await this.templates.templates(componentAppid)).find(({ template_id }) => template_id === templateId);
    return found && { user_version: found.user_version, user_desc: found.user_desc, created_at: found.create_time };
  }

  digestOfTarget(rollout: Pick<Rollout, 'componentAppid' | 'clientId'>, spec: ResolvedSpec, target: PlannedTarget): string {
    const { authorizerAppid, back } = target;
    if (spec.back?.way === 'rollback')
      return digestOf({ component_appid: rollout.componentAppid, authorizer_appid: authorizerAppid, back });
    return digestOf(sentOf(releaseOf(rollout, spec, target)));
  }

  /** All who have a part in what these mini programs are sent. */
  makersOf(
    componentAppid: string,
    appids: readonly string[],
    templateId: number,
    profile: string | undefined,
  ): Promise<string[]> {
    return this.releaseApprovals.makersOf(componentAppid, appids, templateId, profile);
  }

  /** Asks others to agree to all of it as it is frozen now. Part of the caller's transaction. @param goesOn see `Approvals.ask` */
  async ask(
    db: EntityManager,
    rollout: Rollout,
    by: Required<Pick<Approval, 'makers' | 'persons'>>,
    goesOn = false,
  ): Promise<void> {
    const { rolloutId, componentAppid } = rollout;
    const what = whatOfRollout(rollout, await this.rollouts.frozen(rolloutId, db));
    const about = { id: idOfRollout(rolloutId), effect: effectOf(rollout), componentAppid, authorizerAppid: '' } as const;
    const asked = await this.approvals.ask({ ...about, what, digest: digestOf(what), ...by, expiresAt: null }, db, goesOn);
    await this.approvals.announce('requested', asked, db);
  }

  /** Somebody agrees to it as it is. @throws DomainError `forbidden`, `conflict` */
  async agree(
    db: EntityManager,
    rollout: Rollout,
    client: Caller,
    said: { readonly note: string | undefined; readonly seen: string | undefined },
  ): Promise<void> {
    const what = whatOfRollout(rollout, await this.rollouts.frozen(rollout.rolloutId, db));
    const asked = await this.approvals.find(idOfRollout(rollout.rolloutId));
    if (!asked) throw notAsked();
    await this.approvals.agree(asked.id, { what, digest: digestOf(what) }, client, said, db);
  }

  /**
   * What would be sent now is worked out, for those that have still to be begun.
   * @param states of which targets besides those that wait for their turn
   * @returns what has to be written together with the change that makes it necessary
   */
  async anew(rollout: Rollout, client: Caller, states: readonly RetriedState[]): Promise<(db: EntityManager) => Promise<void>> {
    const { rolloutId, componentAppid, spec } = rollout;
    const begun = new Map<string, string>();
    if (rollout.isFrozen !== 1) {
      // Begun by an older version, or before two persons were required: what they were sent is what there is to agree to.
      const running = new Set((await this.targets.inStates(rolloutId, ['running'])).map(({ releaseId }) => releaseId));
      for (const row of await this.releases.search({ componentAppid, rolloutId, limit: ALL }))
        if (running.has(row.releaseId)) begun.set(row.authorizerAppid, digestOf(sentOf(row)));
    }
    const appids = (await this.targets.inStates(rolloutId, ['pending', ...states])).map(({ authorizerAppid }) => authorizerAppid);
    const digests = new Map<string, string>();
    for await (const target of this.planner.plan(componentAppid, spec, appids, 0, { ...rollout, isFrozen: 1 }))
      digests.set(target.authorizerAppid, this.digestOfTarget(rollout, spec, target));
    const makers = [
      ...(rollout.clientId === null ? [] : [rollout.clientId]),
      ...namesOf(client),
      ...(await this.makersOf(componentAppid, appids, spec.template_id, undefined)),
    ];
    return async (db) => {
      const pending = new Set((await this.pendingNow(db, rolloutId)).map(({ appid }) => appid));
      const fresh = new Map([...begun, ...[...digests].filter(([appid]) => pending.has(appid))]);
      await this.targets.freeze(db, rolloutId, fresh);
      await this.ask(db, rollout, { makers, persons: personsIn(client) }, true);
    };
  }

  /**
   * What is about to be begun is not what others were asked about.
   * @returns why, in words; `undefined`: all of it is as it was
   */
  async changed(rollout: Rollout, releases: readonly NewRelease[]): Promise<{ appids: string[]; detail: string } | undefined> {
    if (rollout.isFrozen !== 1) return undefined;
    const { rolloutId, componentAppid, spec } = rollout;
    const digests = await this.targets.digests(
      rolloutId,
      releases.map(({ authorizerAppid }) => authorizerAppid),
    );
    const other = releases.filter(
      (release) => digests.get(release.authorizerAppid) !== digestOf(sentOf(release as Required<NewRelease>)),
    );
    const appids = other.map(({ authorizerAppid }) => authorizerAppid);
    const template = spec.template && (await this.templateOf(componentAppid, spec.template_id));
    const otherTemplate = template !== undefined && digestOf(template) !== digestOf(spec.template ?? {});
    if (appids.length === 0 && !otherTemplate) return undefined;
    const written = await this.settings.writtenSince(componentAppid, appids, rollout.createdAt);
    const why = [
      ...(otherTemplate ? [`template ${spec.template_id} is another one`] : []),
      ...written.slice(0, NAMED),
      ...(written.length === 0 && !otherTemplate ? ['values of the mini program itself, such as its name'] : []),
    ];
    const who = appids.length === 0 ? 'all of them' : `${appids.length}, such as ${appids[0]}`;
    return {
      appids: appids.length === 0 ? releases.map(({ authorizerAppid }) => authorizerAppid) : appids,
      detail: `What would be sent is not what others were asked to agree to (${who}). Changed since: ${why.join('; ')}. Their approval does not count any more. Put it back or resume: then it is worked out and asked for anew.`,
    };
  }

  /** Nobody's word counts any more. */
  async void(rolloutId: number): Promise<void> {
    if (await this.approvals.find(idOfRollout(rolloutId))) await this.approvals.withdraw(idOfRollout(rolloutId), () => true);
  }

  /** What would be sent to these is not what others were asked about: nothing more is begun until it is resumed, and asked for anew. */
  async awaitAnew(
    rolloutId: number,
    { appids, detail }: { readonly appids: readonly string[]; readonly detail: string },
  ): Promise<void> {
    const reason = { code: CHANGED, detail, since: this.rollouts.now().toISOString() };
    await this.targets.say(rolloutId, appids, reason);
    await this.void(rolloutId);
    await this.rollouts.change(rolloutId, ['running'], { state: 'waiting', reason: explained(reason), refusals: null });
  }

  /** Whether its component's owner wants two persons, so that nothing counts that is not frozen. */
  isRequired(rollout: Pick<Rollout, 'componentAppid' | 'spec'>): boolean {
    return this.components.twoPersonPolicy(rollout.componentAppid).effects.has(effectOf(rollout));
  }

  private pendingNow(db: EntityManager, rolloutId: number): Promise<{ appid: string }[]> {
    return db.query(`SELECT authorizer_appid AS appid FROM f_wechat_rollouttarget WHERE rollout_id = ? AND state = 'pending'`, [
      rolloutId,
    ]);
  }
}

/** What users notice of it. */
const effectOf = ({ spec }: Pick<Rollout, 'spec'>) => (spec.back?.way === 'rollback' ? 'rollback' : 'release');

export const notAsked = (): DomainError =>
  new DomainError(
    'conflict',
    'This rollout was begun before its component required two persons: pause and resume it, so that what it sends is kept as it is; then it can be approved.',
  );
