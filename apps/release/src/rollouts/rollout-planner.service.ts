import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { AuthorizerEntity, AuthorizerPermissionEntity, MiniProgramEntity } from '#persistence';
import { CLOCK, type Clock, DomainError } from '#service';
import { CODE_PERMISSION_SET, checkCommit, type SubmitAuditBody } from '#wechat';
import { extHash } from '../mini-programs/mini-program.repository.js';
import { doubtfulName, usesProfile } from '../mini-programs/profile-age.domain.js';
import { Profiles } from '../mini-programs/profiles.service.js';
import { NewerVersions, olderThan } from '../newer/newer.service.js';
import { OLDER_REMEDY } from '../newer/older-version.error.js';
import { ReadinessService } from '../readiness/readiness.service.js';
import type { ReleasePolicy } from '../releases/release-policy.domain.js';
import { foreignAppids, unknownMembers } from '../requests/ext-json.domain.js';
import { ExtSettingsService } from '../requests/ext-settings.service.js';
import { hide } from '../requests/secret-variables.domain.js';
import { BackPlanner } from './back-planner.service.js';
import { authorizationProblems, type PlannedTarget } from './planned-target.js';
import { DEFAULT_OPTIONS, type RolloutOptions } from './rollout.domain.js';
import type { RolloutSpec } from './rollout.dto.js';
import type { ResolvedSpec, Rollout } from './rollout.js';
import { Selections } from './selections.service.js';

const BATCH = 250;
/** Profiles that one plan has read anew, at most: a preview is to answer within seconds. */
const MOST_RENEWED = 200;

type TargetFilters = Omit<RolloutSpec['targets'], 'list' | 'all' | 'exclude' | 'selection'>;

/** Works out, without asking WeChat, what every target would be sent and what stands in the way. */
@Injectable()
export class RolloutPlanner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: ExtSettingsService,
    private readonly newer: NewerVersions,
    private readonly profiles: Profiles,
    private readonly readiness: ReadinessService,
    private readonly backs: BackPlanner,
    private readonly selections: Selections,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async resolve(componentAppid: string, spec: RolloutSpec): Promise<{ spec: ResolvedSpec; options: RolloutOptions }> {
    const profile = spec.profile === undefined ? {} : await this.settings.profile(componentAppid, spec.profile);
    const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value ?? {})) as T;
    return {
      spec: {
        template_id: spec.template_id,
        user_version: spec.user_version,
        user_desc: spec.user_desc,
        ...(spec.ext_json ? { ext_json: spec.ext_json } : {}),
        ...(spec.variables ? { variables: spec.variables } : {}),
        ...(spec.secret_variables ? { secret_variables: spec.secret_variables } : {}),
        audit: { ...profile, ...(plain(spec.audit) as SubmitAuditBody) },
        policy: {
          ...(spec.policy ? (plain(spec.policy) as ReleasePolicy) : { submit: 'auto', publish: 'auto' }),
          ...(spec.allow_older ? { allow_older: true } : {}),
        },
      },
      options: { ...DEFAULT_OPTIONS, ...plain(spec.options) },
    };
  }

  /**
   * @param saved it is a selection that is kept
   * @throws DomainError `invalid-request` unless one way is given
   */
  async targets(
    componentAppid: string,
    { targets, user_version }: Pick<RolloutSpec, 'targets' | 'user_version'>,
    saved = false,
  ): Promise<string[]> {
    const { list, all, exclude = [], selection, ...filters } = targets;
    const narrowed = Object.values(filters).some((value) => value !== undefined && value !== false);
    const ways = [list !== undefined, all === true, narrowed || selection !== undefined].filter(Boolean).length;
    if (ways !== 1)
      throw new DomainError(
        'invalid-request',
        `${saved ? 'The selection’s targets' : 'targets'} must have list, or all, or one or more of selection, tag, tags_all, tags_any, tags_none, online_version, online_versions, template_ids and not_up_to_date.`,
      );
    const left = new Set(exclude);
    const chosen =
      list ?? (narrowed || selection === undefined ? await this.found(componentAppid, filters, user_version) : undefined);
    if (selection === undefined) return (chosen ?? []).filter((appid) => !left.has(appid));
    const kept = await this.targets(
      componentAppid,
      { targets: await this.selections.targetsOf(componentAppid, selection), user_version },
      true,
    );
    const both = chosen && new Set(chosen);
    return kept.filter((appid) => !left.has(appid) && (both?.has(appid) ?? true));
  }

  /** Mini programs that have authorized the component, in the order in which they did. */
  private async found(componentAppid: string, filters: TargetFilters, version: string): Promise<string[]> {
    const query = this.dataSource
      .getRepository(AuthorizerEntity)
      .createQueryBuilder('a')
      .select('a.authorizer_appid', 'appid')
      .leftJoin(MiniProgramEntity, 'm', 'm.component_appid = a.component_appid AND m.authorizer_appid = a.authorizer_appid')
      .where(`a.component_appid = :c AND a.state <> 'cancelled' AND (a.kind IS NULL OR a.kind = 'mini_program')`, {
        c: componentAppid,
      });
    const { tag, tags_all = [], tags_any, tags_none = [], online_version, online_versions, template_ids } = filters;
    const carries = (name: string) => `COALESCE(JSON_CONTAINS(m.tags, :${name}), 0)`;
    const named = (kind: string, tags: readonly string[]) => tags.map((text, index) => ({ name: `${kind}${index}`, text }));
    const json = (tags: readonly { name: string; text: string }[]) =>
      Object.fromEntries(tags.map(({ name, text }) => [name, JSON.stringify(text)]));
    for (const one of named('all', [...(tag === undefined ? [] : [tag]), ...tags_all]))
      query.andWhere(carries(one.name), json([one]));
    for (const one of named('none', tags_none)) query.andWhere(`NOT ${carries(one.name)}`, json([one]));
    if (tags_any) {
      const any = named('any', tags_any);
      query.andWhere(`(${any.map(({ name }) => carries(name)).join(' OR ')})`, json(any));
    }
    if (online_version !== undefined) query.andWhere('m.online_version = :v', { v: online_version });
    if (online_versions) query.andWhere('m.online_version IN (:...versions)', { versions: online_versions });
    if (template_ids)
      query.andWhere('m.released_version = m.online_version AND m.released_template_id IN (:...templates)', {
        templates: template_ids,
      });
    if (filters.not_up_to_date) query.andWhere('NOT (m.online_version <=> :version)', { version });
    const rows = await query.orderBy('a.authorizer_id', 'ASC').getRawMany<{ appid: string }>();
    return rows.map(({ appid }) => appid);
  }

  /**
   * In the order given; a part at a time, for there may be many.
   * @param at what `{{date}}` is; absent: now, or when a rollout began to which others agree
   */
  async *plan(
    componentAppid: string,
    spec: ResolvedSpec,
    appids: readonly string[],
    canarySize: number,
    running?: Pick<Rollout, 'rolloutId' | 'createdAt' | 'isFrozen'>,
    at = running?.isFrozen === 1 ? running.createdAt : undefined,
  ): AsyncGenerator<PlannedTarget> {
    if (spec.back) {
      yield* this.backs.plan(componentAppid, spec.back, appids);
      return;
    }
    const wanted = { version: spec.user_version, templateId: spec.template_id, askedAt: running?.createdAt };
    let mayRenew = MOST_RENEWED;
    for (let from = 0; from < appids.length; from += BATCH) {
      const batch = appids.slice(from, from + BATCH);
      const read = () => this.dataSource.getRepository(AuthorizerEntity).findBy({ componentAppid, authorizerAppid: In(batch) });
      const [found, permitted, online, layers, readiness, newer] = await Promise.all([
        read(),
        this.permitted(componentAppid, batch),
        this.online(componentAppid, batch),
        this.settings.layersOf(componentAppid, batch),
        this.readiness.known(componentAppid, batch),
        spec.policy.allow_older
          ? new Map<string, string>()
          : this.newer.find(componentAppid, batch, wanted, running && { rolloutId: running.rolloutId }),
      ]);
      const ownDocuments = spec.ext_json ? [] : [...layers.values()].map(({ extJson }) => extJson);
      const usesName = running === undefined && usesProfile(spec.ext_json, spec.audit, ownDocuments);
      const renewed = usesName ? await this.profiles.renew(found, mayRenew) : 0;
      mayRenew -= renewed;
      const authorizers = renewed > 0 ? await read() : found;
      const byAppid = new Map(authorizers.map((row) => [row.authorizerAppid, row]));
      for (const [index, appid] of batch.entries()) {
        const row = byAppid.get(appid);
        const subject = row ?? { authorizerAppid: appid, nickName: null, principalName: null, userName: null };
        const request = this.settings.renderFor(
          subject,
          layers,
          {
            ...{ userVersion: spec.user_version, templateId: spec.template_id, extJson: spec.ext_json },
            ...{ variables: spec.variables, secretVariables: spec.secret_variables },
          },
          spec.audit,
          at,
        );
        const commit = { ...spec, ext_json: JSON.stringify(request.extJson) };
        const runs = online.get(appid);
        const skip =
          runs?.onlineVersion === spec.user_version && !differs(runs, spec.template_id, JSON.stringify(request.extJson))
            ? { code: 'already-online', detail: `It already runs ${spec.user_version}.` }
            : undefined;
        const older = skip ? undefined : newer.get(appid);
        const doubtful = usesName && row ? doubtfulName(row.profileAt, this.clock.now()) : undefined;
        const foreign = foreignAppids(request.extJson, appid);
        const confirmed = spec.policy.skip_checks?.includes('ext-appid') === true;
        const named = (problem: { path: string; message: string }) => ({
          authorizerAppid: appid,
          path: hide(`ext_json.${problem.path}`, request.secretValues),
          message: hide(problem.message, request.secretValues),
        });
        yield {
          authorizerAppid: appid,
          isCanary: from + index < canarySize,
          weappId: row?.authorizerId ?? 0,
          request,
          problems: [
            ...authorizationProblems(appid, row, permitted.has(appid)),
            ...[...request.problems, ...checkCommit(commit)].map(({ path, message }) => ({
              authorizerAppid: appid,
              path,
              message,
            })),
            ...(confirmed ? [] : foreign.map(named)),
            ...(older
              ? [{ authorizerAppid: appid, path: 'user_version', message: olderThan(wanted, older), remedy: OLDER_REMEDY }]
              : []),
          ],
          warnings: [
            ...[...unknownMembers(request.extJson), ...(confirmed ? foreign : [])].map(named),
            ...(doubtful ? [{ authorizerAppid: appid, ...doubtful }] : []),
          ],
          obstacles: skip ? [] : (readiness.get(appid) ?? []),
          ...(older ? { older: olderThan(wanted, older) } : {}),
          ...(skip ? { skip } : {}),
        };
      }
    }
  }

  /** By appid. */
  async tagsOf(componentAppid: string, appids: readonly string[]): Promise<Map<string, readonly string[]>> {
    const tags = new Map<string, readonly string[]>();
    for (let from = 0; from < appids.length; from += 1_000) {
      const rows = await this.dataSource.getRepository(MiniProgramEntity).find({
        where: { componentAppid, authorizerAppid: In(appids.slice(from, from + 1_000)) },
        select: { componentAppid: true, authorizerAppid: true, tags: true },
      });
      for (const row of rows) if (row.tags) tags.set(row.authorizerAppid, row.tags);
    }
    return tags;
  }

  private async permitted(componentAppid: string, appids: readonly string[]): Promise<Set<string>> {
    const rows = await this.dataSource
      .getRepository(AuthorizerPermissionEntity)
      .findBy({ componentAppid, authorizerAppid: In(appids), funcscopeId: CODE_PERMISSION_SET });
    return new Set(rows.map((row) => row.authorizerAppid));
  }

  private async online(componentAppid: string, appids: readonly string[]): Promise<Map<string, MiniProgramEntity>> {
    const rows = await this.dataSource.getRepository(MiniProgramEntity).findBy({ componentAppid, authorizerAppid: In(appids) });
    return new Map(rows.map((row) => [row.authorizerAppid, row]));
  }
}

/** The same version, but of another template or with another `ext_json`. What was not put online from here is taken for the same. */
function differs(runs: MiniProgramEntity, templateId: number, extJson: string): boolean {
  if (runs.releasedVersion !== runs.onlineVersion) return false;
  return runs.releasedTemplateId !== templateId || runs.releasedExtHash !== extHash(extJson);
}
