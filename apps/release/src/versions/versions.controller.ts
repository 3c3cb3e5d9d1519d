import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Audited, AuthorizerPath, DomainError, Needs } from '#service';
import type { VersionInfo } from '#wechat';
import { Brings } from '../approvals/brings.decorator.js';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { MediaView } from '../settings/identity.dto.js';
import {
  AuditMedia,
  AuditMediaQuery,
  HistoryView,
  Rollback,
  VersionsView,
  VisitStatus,
  WechatAnswer,
} from '../settings/settings.dto.js';
import { SettingsService, type Upload } from '../settings/settings.service.js';
import { VersionsService } from './versions.service.js';

/** What is online, and how to go back. */
@ApiTags('mini programs')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid')
export class VersionsController {
  constructor(
    private readonly service: VersionsService,
    private readonly operations: SettingsService,
    private readonly miniPrograms: MiniProgramRepository,
  ) {}

  /** Trial and online version, read from WeChat now. */
  @Get('versions')
  @Needs('mini-programs.read')
  async versions(@Param() path: AuthorizerPath): Promise<VersionsView> {
    return toVersions(path, await this.service.versions(path.component_appid, path.authorizer_appid));
  }

  /** Versions that can be returned to. Kept for ten minutes: WeChat allows some thirty looks a day. */
  @Get('versions/history')
  @Needs('mini-programs.read')
  async history(@Param() path: AuthorizerPath): Promise<HistoryView> {
    const list = await this.service.history(path.component_appid, path.authorizer_appid);
    return {
      items: list.map(({ app_version, user_version, user_desc, commit_time }) => ({
        app_version,
        user_version,
        user_desc,
        committed_at: new Date(commit_time * 1_000).toISOString(),
      })),
    };
  }

  /** Back to an earlier version. The version rolled back from is gone for good. */
  @Post('rollback')
  @HttpCode(200)
  @Needs('releases.roll-back')
  @Audited('mini-program.rollback')
  @Brings('rollback', async function (this: VersionsController, path: AuthorizerPath, body: Rollback) {
    return !(await this.service.wasAgreedTo(path.component_appid, path.authorizer_appid, body?.app_version));
  })
  async rollback(@Param() path: AuthorizerPath, @Body() body: Rollback): Promise<VersionsView> {
    return toVersions(path, await this.service.rollback(path.component_appid, path.authorizer_appid, body?.app_version));
  }

  /** The staged release that runs, if one does. */
  @Get('gray-release')
  @Needs('mini-programs.read')
  grayRelease(@Param() path: AuthorizerPath): Promise<WechatAnswer> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { gray_release_plan } = await api.code.getGrayReleasePlan(token, context);
      return { gray_release_plan: gray_release_plan ?? null };
    });
  }

  /** Whether it serves its users: 1, or 0 when suspended by the operator or for a violation. */
  @Get('visit-status')
  @Needs('mini-programs.read')
  visitStatus(@Param() path: AuthorizerPath): Promise<WechatAnswer> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { status } = await api.code.getVisitStatus(token, context);
      await this.miniPrograms.upsert(path.component_appid, path.authorizer_appid, { visitStatus: status });
      return { status };
    });
  }

  /** Takes it out of service, or puts it back. */
  @Post('visit-status')
  @HttpCode(200)
  @Needs('operations.suspend')
  @Audited('mini-program.visit-status')
  @Brings('visit-status', (_path: AuthorizerPath, { action }: VisitStatus) => action === 'open')
  async setVisitStatus(@Param() path: AuthorizerPath, @Body() body: VisitStatus): Promise<WechatAnswer> {
    await this.operations.write(path.component_appid, path.authorizer_appid, (api, { token, context }) =>
      api.code.changeVisitStatus(token, body.action, context),
    );
    const status = body.action === 'open' ? 1 : 0;
    await this.miniPrograms.upsert(path.component_appid, path.authorizer_appid, { visitStatus: status });
    return { status };
  }

  /** Pages of the trial version. */
  @Get('pages')
  @Needs('mini-programs.read')
  pages(@Param() path: AuthorizerPath): Promise<WechatAnswer> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { page_list } = await api.code.getPage(token, context);
      return { items: page_list };
    });
  }

  /** Uploads a picture or a film for the reviewer: the file itself as the body, streamed on. */
  @Post('audit-media')
  @ApiConsumes('image/png', 'image/jpeg', 'image/gif', 'video/mp4')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Needs('media.write')
  @Audited('mini-program.upload-media', { idempotent: false })
  async uploadMedia(
    @Param() path: AuthorizerPath,
    @Query() query: AuditMediaQuery,
    @Req() request: FastifyRequest,
  ): Promise<AuditMedia> {
    const { type, mediaid } = await this.operations.uploadMedia(
      path.component_appid,
      path.authorizer_appid,
      uploadOf(request, query.filename),
    );
    return { type, mediaid };
  }

  /** Uploads a picture for an avatar, a certificate or a name: the file itself as the body, streamed on. At most 2 MB. */
  @Post('media')
  @ApiConsumes('image/png', 'image/jpeg', 'image/gif')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Needs('media.write')
  @Audited('mini-program.upload-temporary-media', { idempotent: false })
  async uploadTemporary(
    @Param() path: AuthorizerPath,
    @Query() query: AuditMediaQuery,
    @Req() request: FastifyRequest,
  ): Promise<MediaView> {
    const { type, media_id } = await this.operations.uploadTemporary(
      path.component_appid,
      path.authorizer_appid,
      uploadOf(request, query.filename),
    );
    return { type, media_id };
  }

  /** Categories that a submission may name. */
  @Get('audit-categories')
  @Needs('mini-programs.read')
  auditCategories(@Param() path: AuthorizerPath): Promise<WechatAnswer> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { category_list } = await api.code.getCategory(token, context);
      return { items: category_list };
    });
  }
}

/** @throws DomainError `unsupported-media-type` when the body was taken for something else than a file. */
function uploadOf(request: FastifyRequest, filename: string | undefined): Upload {
  const contentType =
    String(request.headers['content-type'] ?? '')
      .split(';')[0]
      ?.trim() ?? '';
  const body = request.body;
  if (!(body instanceof Readable)) throw new DomainError('unsupported-media-type', 'Send the file itself as the body.');
  const size = Number(request.headers['content-length']);
  return { body, contentType, size, filename: filename ?? `material.${contentType.split('/')[1] ?? 'bin'}` };
}

function toVersions(path: AuthorizerPath, { exp_info: trial, release_info: online }: VersionInfo): VersionsView {
  const iso = (seconds: number) => new Date(seconds * 1_000).toISOString();
  return {
    authorizer_appid: path.authorizer_appid,
    trial: trial ? { version: trial.exp_version, description: trial.exp_desc, at: iso(trial.exp_time) } : null,
    online: online ? { version: online.release_version, description: online.release_desc, at: iso(online.release_time) } : null,
    read_at: new Date().toISOString(),
  };
}
