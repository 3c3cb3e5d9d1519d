import { Inject, Injectable } from '@nestjs/common';
import { type Client, DomainError, LOGGER, type Logger, requireAuthorizer } from '#service';
import { checkCommit, checkSubmitAudit, type SubmitAuditBody } from '#wechat';
import { namesOf, personsIn } from '../../approvals/who-is.js';
import { MiniProgramRepository } from '../../mini-programs/mini-program.repository.js';
import { NewerVersions } from '../../newer/newer.service.js';
import { foreignAppids } from '../../requests/ext-json.domain.js';
import { ExtSettingsService, type RenderedRequest, type RenderFor, refuse } from '../../requests/ext-settings.service.js';
import { hide } from '../../requests/secret-variables.domain.js';
import type { SubmitRelease } from '../../requests/submit-request.dto.js';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { asProblem } from '../../wechat/wechat-problem.interceptor.js';
import type { Release } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import { ReleaseApprovals } from '../release-approvals.service.js';
import { Commit } from '../steps/commit.js';
import type { CreateRelease } from './release.dto.js';

/** Makes releases: works out what WeChat is sent, refuses what it would refuse, records it, and sends the code. */
@Injectable()
export class ReleaseMaker {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly step: Commit,
    private readonly gateway: WechatGateway,
    private readonly miniPrograms: MiniProgramRepository,
    private readonly settings: ExtSettingsService,
    private readonly newer: NewerVersions,
    private readonly approvals: ReleaseApprovals,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Records the release and commits its code; the privacy scan and what the policy says go on by themselves. */
  async create(componentAppid: string, request: CreateRelease, client: Client, others: readonly string[] = []): Promise<Release> {
    this.gateway.requireComponent(componentAppid);
    requireAuthorizer(client, request.authorizer_appid);
    const { template_id, user_version, user_desc, profile, ext_json, variables, secret_variables: secretVariables } = request;
    const authorizer = await this.miniPrograms.authorizer(componentAppid, request.authorizer_appid);
    if (authorizer?.state === 'cancelled')
      throw new DomainError('authorizer-cancelled', `${request.authorizer_appid} has ended its authorization.`);
    const told = {
      ...(profile === undefined ? {} : await this.settings.profile(componentAppid, profile)),
      ...(request.audit ? toSubmitBody(request.audit) : {}),
    };
    const of = { userVersion: user_version, templateId: template_id, extJson: ext_json, variables, secretVariables };
    const asked = await this.render(componentAppid, request.authorizer_appid, of, told);
    const { extJson: rendered, audit, secretValues, problems } = asked;
    const extJson = JSON.stringify(rendered);
    const foreign = request.policy?.skip_checks?.includes('ext-appid') ? [] : foreignAppids(rendered, request.authorizer_appid);
    const wrong = foreign.map(({ path, message }) => hide({ path: `ext_json.${path}`, message }, secretValues));
    refuse([...checkCommit({ template_id, ext_json: extJson, user_version, user_desc }), ...problems, ...wrong]);
    const what = {
      componentAppid,
      authorizerAppid: request.authorizer_appid,
      templateId: template_id,
      userVersion: user_version,
    };
    const policy = { ...request.policy, ...(request.allow_older ? { allow_older: true } : {}) };
    if (!request.allow_older) await this.newer.requireNone({ ...what, rolloutId: null, releaseId: 0, createdAt: null });
    const makers = [
      ...namesOf(client),
      ...others,
      ...(await this.approvals.makersOf(componentAppid, [request.authorizer_appid], template_id, profile)),
    ];
    const values = {
      ...what,
      weappId: authorizer?.authorizerId ?? 0,
      userDesc: user_desc,
      extJson,
      submitRequest: audit,
      secretValues,
      policy,
      clientId: client.clientId,
      // If this process ends before the commit is sent, another one sends it.
      nextCheckAt: this.releases.in(30),
    };
    const row = await this.releases.insert(values, (db, made) => this.approvals.made(db, made, makers, personsIn(client)));
    this.logger.info({ event: 'release.created', release_id: row.releaseId, authorizer: row.authorizerAppid }, 'Release created');
    return this.commit(row);
  }

  /** Sends its code. What is unclear or passes is tried again by itself. @throws DomainError with the release's number: it is there in any case */
  async commit(row: Release): Promise<Release> {
    try {
      await this.step.run(row);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'conflict')
        await this.releases.patch(row, { nextCheckAt: this.releases.in(5) });
      else throw asProblem(error, { release_id: row.releaseId });
    }
    return this.releases.get(row.releaseId);
  }

  /** What reviewers are told: what the request says, or what was noted before. @throws DomainError `invalid-request` */
  async auditOf(row: Release, request: SubmitRelease): Promise<Pick<Release, 'submitRequest' | 'secretValues'>> {
    const given = toSubmitBody(request);
    const told = Object.keys(given).length > 0 ? await this.renderAudit(row, given) : row;
    const { submitRequest, secretValues } = told;
    refuse(checkSubmitAudit(submitRequest));
    return { submitRequest, secretValues };
  }

  private async renderAudit(row: Release, given: SubmitAuditBody): Promise<Pick<Release, 'submitRequest' | 'secretValues'>> {
    const of = { userVersion: row.userVersion, templateId: row.templateId, extJson: {} };
    const { audit, secretValues, problems } = await this.render(row.componentAppid, row.authorizerAppid, of, given);
    refuse(problems.map(({ path, message }) => ({ path: path.replace(/^audit\./, ''), message })));
    // Those of what was committed stay hidden.
    return { submitRequest: audit, secretValues: [...new Set([...row.secretValues, ...secretValues])] };
  }

  /** What WeChat would be sent for this mini program, and every problem with it. */
  private async render(component: string, appid: string, of: RenderFor, audit: SubmitAuditBody): Promise<RenderedRequest> {
    const [authorizer, layers] = await Promise.all([
      this.miniPrograms.authorizer(component, appid),
      this.settings.layersOf(component, [appid]),
    ]);
    const subject = authorizer ?? { authorizerAppid: appid, nickName: null, principalName: null, userName: null };
    return this.settings.renderFor(subject, layers, of, audit);
  }
}

/** Only what was sent: class instances carry undefined members that JSON drops anyway. */
function toSubmitBody(request: SubmitRelease): SubmitAuditBody {
  return JSON.parse(JSON.stringify(request)) as SubmitAuditBody;
}
