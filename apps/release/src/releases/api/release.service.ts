import { Injectable } from '@nestjs/common';
import type { ScreenshotEntity } from '#persistence';
import { type Client, Cursors, DomainError, formerlyBase64, mayActFor, mayUseComponent, requireAuthorizer } from '#service';
import type { Check } from '../../preflight/preflight.domain.js';
import { PreflightService } from '../../preflight/preflight.service.js';
import { hide } from '../../requests/secret-variables.domain.js';
import { ScreenshotService } from '../../screenshots/screenshot.service.js';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { movesBefore, type ReleaseMove } from '../older-system.domain.js';
import { stepAllowed, stepsFrom } from '../release.domain.js';
import type { Release } from '../release.js';
import { type Move, ReleaseRepository } from '../release.repository.js';
import { ReleaseApprovals } from '../release-approvals.service.js';
import { SpeedUp } from '../steps/speed-up.js';
import { StepRunner } from '../steps/step-runner.js';
import type { Waiting } from '../waiting.domain.js';
import type { GrayRelease, HealthSignal, ReleaseSearch, SubmitNow, TrialQrcodeQuery } from './release.dto.js';
import { ReleaseMaker } from './release-maker.service.js';

export const RELEASES = new Cursors('releases', formerlyBase64('r'));

const ABANDONED: Waiting = { code: 'abandoned', reason: 'An operator gave it up.' };

/** What a caller may ask of releases. */
@Injectable()
export class ReleaseService {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly maker: ReleaseMaker,
    private readonly steps: StepRunner,
    private readonly speedUpStep: SpeedUp,
    private readonly gateway: WechatGateway,
    private readonly preflight: PreflightService,
    private readonly approvals: ReleaseApprovals,
    private readonly screenshots: ScreenshotService,
  ) {}

  /** Sends the code once more: the privacy scan begins anew, and what a ticket has used up can be submitted again. */
  async recommit(releaseId: number, client: Client): Promise<Release> {
    const row = await this.get(releaseId, client);
    const patch = { attempts: 0, unclearCount: 0, lastError: null, nextCheckAt: this.releases.in(30) };
    await this.approvals.joined(row, client);
    await this.leave(row, 'recommit', { to: 'created', cause: 'recommit', clientId: client.clientId, patch });
    return this.maker.commit(await this.releases.get(releaseId));
  }

  /** Newest first; one more than the page may have, if there are so many. */
  search(componentAppid: string, query: ReleaseSearch, client: Client): Promise<Release[]> {
    this.gateway.requireComponent(componentAppid);
    if (query.authorizer_appid) requireAuthorizer(client, query.authorizer_appid);
    const before = RELEASES.after(query);
    return this.releases.search({
      componentAppid,
      authorizerAppid: query.authorizer_appid,
      authorizers: client.authorizers,
      states: query.state,
      userVersion: query.user_version,
      templateId: query.template_id,
      rolloutId: query.rollout_id,
      before: before === undefined ? undefined : Number(before),
      limit: query.limit + 1,
    });
  }

  /** @throws DomainError `not-found`, also when the client may not see the mini program or use its component. */
  async get(releaseId: number, client: Client): Promise<Release> {
    const row = await this.releases.get(releaseId);
    if (!mayActFor(client, row.authorizerAppid) || !mayUseComponent(client, row.componentAppid ?? ''))
      throw new DomainError('not-found', `There is no release ${releaseId}.`);
    if (row.componentAppid) this.gateway.requireComponent(row.componentAppid);
    return row;
  }

  async history(releaseId: number, client: Client): Promise<ReleaseMove[]> {
    const row = await this.get(releaseId, client);
    const known = await this.releases.history(releaseId);
    return [...movesBefore(row, known[0]?.at), ...known];
  }

  async submit(releaseId: number, { skip_checks, ...request }: SubmitNow, client: Client): Promise<Release> {
    const row = await this.get(releaseId, client);
    const told = await this.maker.auditOf(row, request);
    await this.approvals.joined(row, client);
    await this.steps.run('submit', row, { told, skipChecks: skip_checks }, client.clientId);
    return this.releases.get(releaseId);
  }

  /** Everything that is looked at before a submission. */
  async checks(releaseId: number, client: Client): Promise<Check[]> {
    const row = await this.get(releaseId, client);
    return hide(await this.preflight.all(row), row.secretValues);
  }

  async withdraw(releaseId: number, client: Client): Promise<Release> {
    const row = await this.get(releaseId, client);
    await this.steps.run('withdraw', row, {}, client.clientId);
    return this.releases.get(releaseId);
  }

  async publish(releaseId: number, allowOlder: boolean, client: Client): Promise<Release> {
    const row = await this.get(releaseId, client);
    await this.approvals.require(row, allowOlder);
    await this.steps.run('publish', row, { allowOlder }, client.clientId);
    return this.releases.get(releaseId);
  }

  /** Publishes to a part of the users. */
  async gray(releaseId: number, request: GrayRelease, client: Client): Promise<Release> {
    const row = await this.get(releaseId, client);
    await this.approvals.require(row, request.allow_older);
    const { percentage, debuggers_first, testers_first, allow_older } = request;
    if (percentage === 0 && !debuggers_first && !testers_first)
      throw new DomainError('invalid-request', 'percentage 0 needs debuggers_first or testers_first.');
    const body = {
      gray_percentage: percentage,
      ...(debuggers_first === undefined ? {} : { support_debuger_first: debuggers_first }),
      ...(testers_first === undefined ? {} : { support_experiencer_first: testers_first }),
    };
    await this.steps.run('gray', row, { body, allowOlder: allow_older }, client.clientId);
    return this.releases.get(releaseId);
  }

  async revertGray(releaseId: number, reason: string, client: Client): Promise<Release> {
    const row = await this.get(releaseId, client);
    await this.steps.run('revert-gray', row, { reason }, client.clientId);
    return this.releases.get(releaseId);
  }

  /** What a watcher has seen: a gray release that is not healthy is taken back at once. */
  async health(releaseId: number, signal: HealthSignal, client: Client): Promise<Release> {
    const row = await this.get(releaseId, client);
    if (signal.healthy || row.state !== 'graying') return row;
    return this.revertGray(releaseId, signal.reason ?? 'A health signal said so.', client);
  }

  async approve(releaseId: number, note: string | undefined, client: Client): Promise<Release> {
    await this.approvals.approve(await this.get(releaseId, client), client, note);
    return this.releases.get(releaseId);
  }

  async screenshotsOf(releaseId: number, client: Client): Promise<ScreenshotEntity[]> {
    await this.get(releaseId, client);
    return this.screenshots.list(releaseId);
  }

  async screenshot(releaseId: number, mediaId: string, client: Client): Promise<{ contentType: string; data: Buffer }> {
    await this.get(releaseId, client);
    return this.screenshots.read(releaseId, mediaId);
  }

  async speedUp(releaseId: number, client: Client): Promise<Release> {
    const row = await this.get(releaseId, client);
    await this.speedUpStep.run(row);
    return this.releases.get(releaseId);
  }

  /** Gives a release up: nothing further happens to it by itself. What WeChat already has stays there. */
  async abandon(releaseId: number, client: Client): Promise<Release> {
    const row = await this.get(releaseId, client);
    await this.leave(row, 'abandon', {
      to: 'stopped',
      cause: 'abandon',
      clientId: client.clientId,
      patch: { nextCheckAt: null, waiting: ABANDONED },
    });
    return this.releases.get(releaseId);
  }

  /** A step that is ours alone: WeChat is not asked. @throws DomainError `conflict` */
  private async leave(row: Release, step: 'abandon' | 'recommit', move: Move): Promise<void> {
    const state = row.state;
    if (row.intent === null && stepAllowed(step, state) && (await this.releases.move(row, move))) return;
    throw new DomainError('conflict', `A release that is ${state} cannot be asked to ${step} now.`, {
      members: { state, next_steps: row.intent === null ? stepsFrom(state) : [], pending_step: row.intent },
    });
  }

  /** The image WeChat makes; it shows whatever the trial version is now. */
  async trialQrcode(releaseId: number, query: TrialQrcodeQuery, client: Client): Promise<{ contentType: string; data: Buffer }> {
    const row = await this.get(releaseId, client);
    return this.gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
      api.code.getQrcode(token, query.path, context),
    );
  }
}
