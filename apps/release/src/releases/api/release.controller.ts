import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  Audited,
  type AuditedCall,
  type Client,
  ComponentPath,
  CurrentClient,
  Needs,
  type RequestAccess,
  requireAuthorizer,
  wholePage,
} from '#service';
import { AuditQuota } from '../../audit-quota/audit-quota.service.js';
import {
  ApproveRelease,
  AuditQuotaQuery,
  AuditQuotaView,
  CreateRelease,
  GrayRelease,
  HealthSignal,
  PreflightView,
  PublishRelease,
  ReleaseMovePage,
  ReleasePage,
  ReleasePath,
  ReleaseSearch,
  ReleaseView,
  ScreenshotPage,
  ScreenshotPath,
  SubmitNow,
  TrialQrcodeQuery,
} from './release.dto.js';
import { RELEASES, ReleaseService } from './release.service.js';
import { toMoveView, toReleaseView, toScreenshotView } from './release.view.js';
import { ReleaseMaker } from './release-maker.service.js';

@ApiTags('releases')
@Controller('v1/components/:component_appid')
export class ComponentReleasesController {
  constructor(
    private readonly releases: ReleaseService,
    private readonly maker: ReleaseMaker,
    private readonly quota: AuditQuota,
  ) {}

  /** Commits a template to one mini program: the start of a release. */
  @Post('releases')
  @Needs('releases.make')
  @Audited('release.create')
  async create(
    @Param() { component_appid }: ComponentPath,
    @Body() body: CreateRelease,
    @CurrentClient() client: Client,
  ): Promise<ReleaseView> {
    return toReleaseView(await this.maker.create(component_appid, body, client));
  }

  /** Releases, newest first; those of an older system included. */
  @Get('releases')
  @Needs('releases.read')
  async search(
    @Param() { component_appid }: ComponentPath,
    @Query() query: ReleaseSearch,
    @CurrentClient() client: Client,
  ): Promise<ReleasePage> {
    const rows = await this.releases.search(component_appid, query, client);
    return RELEASES.page(rows, query, (row) => row.releaseId, toReleaseView);
  }

  /** What is left of the platform's monthly audits and speed-ups. */
  @Get('audit-quota')
  @Needs('releases.read')
  async auditQuota(
    @Param() { component_appid }: ComponentPath,
    @Query() query: AuditQuotaQuery,
    @CurrentClient() client: Client,
  ): Promise<AuditQuotaView> {
    // Asked with some account's token: with one that this client may act for.
    const appid = query.authorizer_appid ?? (client.authorizers ? ([...client.authorizers][0] ?? '') : undefined);
    if (appid !== undefined) requireAuthorizer(client, appid);
    const { rest, limit, speedup_rest, speedup_limit } = await this.quota.read(component_appid, appid);
    return { rest, limit, speedup_rest, speedup_limit };
  }
}

@ApiTags('releases')
@Controller('v1/releases/:release_id')
export class ReleaseController {
  constructor(private readonly releases: ReleaseService) {}

  /** One release. */
  @Get()
  @Needs('releases.read')
  async get(@Param() path: ReleasePath, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.get(path.release_id, client));
  }

  /** How it came to be what it is: every move, oldest first. */
  @Get('history')
  @Needs('releases.read')
  async history(@Param() path: ReleasePath, @CurrentClient() client: Client): Promise<ReleaseMovePage> {
    return wholePage((await this.releases.history(path.release_id, client)).map(toMoveView));
  }

  /** Everything that is looked at before a submission, each with what to do. Asks WeChat. */
  @Get('preflight')
  @Needs('releases.read')
  async preflight(@Param() path: ReleasePath, @CurrentClient() client: Client): Promise<PreflightView> {
    const checks = await this.releases.checks(path.release_id, client);
    return { may_submit: checks.every((check) => check.result !== 'problem'), checks };
  }

  /** Submits it to audit. Without a body: with what was given at its creation. */
  @Post('submit')
  @HttpCode(200)
  @Needs('releases.submit')
  @Audited('release.submit', { also: skippedChecks })
  async submit(@Param() path: ReleasePath, @Body() body: SubmitNow, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.submit(path.release_id, body ?? {}, client));
  }

  /** Takes it back from audit: five times a day and ten times a month per mini program. */
  @Post('withdraw')
  @HttpCode(200)
  @Needs('releases.stop')
  @Audited('release.withdraw')
  async withdraw(@Param() path: ReleasePath, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.withdraw(path.release_id, client));
  }

  /** Puts the approved version online for everybody. */
  @Post('publish')
  @HttpCode(200)
  @Needs('releases.publish')
  @Audited('release.publish')
  async publish(@Param() path: ReleasePath, @Body() body: PublishRelease, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.publish(path.release_id, body?.allow_older === true, client));
  }

  /** Puts it online for a part of the users, or for a larger part than before. */
  @Post('gray')
  @HttpCode(200)
  @Needs('releases.publish')
  @Audited('release.gray')
  async gray(@Param() path: ReleasePath, @Body() body: GrayRelease, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.gray(path.release_id, body, client));
  }

  /** Takes a gray release back. */
  @Post('revert-gray')
  @HttpCode(200)
  @Needs('releases.stop')
  @Audited('release.revert-gray')
  async revertGray(@Param() path: ReleasePath, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.revertGray(path.release_id, 'An operator took it back.', client));
  }

  /** Tells what a watcher has seen; a gray release that is not healthy is taken back. */
  @Post('health')
  @HttpCode(200)
  @Needs('releases.make')
  @Audited('release.health')
  async health(@Param() path: ReleasePath, @Body() body: HealthSignal, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.health(path.release_id, body, client));
  }

  /** The second person agrees that it may go online. */
  @Post('approve')
  @HttpCode(200)
  @Needs('releases.approve')
  @Audited('release.approve')
  async approve(@Param() path: ReleasePath, @Body() body: ApproveRelease, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.approve(path.release_id, body?.note, client));
  }

  /** The reviewer's screenshots of a rejection. */
  @Get('screenshots')
  @Needs('releases.read')
  async screenshots(@Param() path: ReleasePath, @CurrentClient() client: Client): Promise<ScreenshotPage> {
    const rows = await this.releases.screenshotsOf(path.release_id, client);
    return wholePage(rows.map(toScreenshotView));
  }

  /** One of them, as an image. */
  @Get('screenshots/:media_id')
  @ApiProduces('image/png', 'image/jpeg', 'image/gif')
  @Needs('releases.read')
  async screenshot(@Param() path: ScreenshotPath, @CurrentClient() client: Client, @Res() reply: FastifyReply): Promise<void> {
    const { contentType, data } = await this.releases.screenshot(path.release_id, path.media_id, client);
    await reply
      .type(contentType)
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'private, max-age=86400')
      .send(data);
  }

  /** Asks for a faster review; has a monthly quota of its own. */
  @Post('speed-up')
  @HttpCode(200)
  @Needs('releases.submit')
  @Audited('release.speed-up')
  async speedUp(@Param() path: ReleasePath, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.speedUp(path.release_id, client));
  }

  /** Commits its code once more: the privacy scan begins anew, and what a decided ticket has used up can be submitted again. */
  @Post('recommit')
  @HttpCode(200)
  @Needs('releases.make')
  @Audited('release.recommit')
  async recommit(@Param() path: ReleasePath, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.recommit(path.release_id, client));
  }

  /** Gives it up: nothing further happens to it by itself. */
  @Post('abandon')
  @HttpCode(200)
  @Needs('releases.stop')
  @Audited('release.abandon')
  async abandon(@Param() path: ReleasePath, @CurrentClient() client: Client): Promise<ReleaseView> {
    return toReleaseView(await this.releases.abandon(path.release_id, client));
  }

  /** QR code of the trial version, as the image WeChat makes (a JPEG); only admins and bound testers can open it. */
  @Get('trial-qrcode')
  @ApiProduces('image/jpeg', 'image/png')
  @Needs('releases.read')
  async trialQrcode(
    @Param() path: ReleasePath,
    @Query() query: TrialQrcodeQuery,
    @CurrentClient() client: Client,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { contentType, data } = await this.releases.trialQrcode(path.release_id, query, client);
    await reply.type(contentType).header('cache-control', 'private, max-age=60').send(data);
  }
}

/** A submission by hand that was let past a check is found by that. */
function skippedChecks({ params, body }: AuditedCall): RequestAccess | undefined {
  const skipped = body['skip_checks'];
  if (!Array.isArray(skipped) || skipped.length === 0) return undefined;
  return { action: 'release.skip-checks', subject: `${params['release_id']} ${skipped.join(',')}` };
}
