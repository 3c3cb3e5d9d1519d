import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AccessLog,
  Audited,
  AuthorizerPath,
  type Client,
  ComponentPath,
  ComponentRegistry,
  CurrentClient,
  Needs,
  requirePermission,
} from '#service';
import { recordFailure, recordReveal } from './reveal-log.js';
import { authorizerToken, cacheSeconds, componentToken, type LiveToken, type TokenSubject } from './token.domain.js';
import { TokenService } from './token.service.js';
import { ReportInvalidRequest, ReportInvalidView, TokenView } from './tokens.dto.js';

@ApiTags('tokens')
@Controller('v1/components/:component_appid')
export class TokensController {
  constructor(
    private readonly tokens: TokenService,
    private readonly components: ComponentRegistry,
    private readonly accessLog: AccessLog,
  ) {}

  /** The component access token (第三方平台接口调用凭证), alive. */
  @Get('token')
  @Needs('tokens.reveal-component')
  component(
    @Param() path: ComponentPath,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenView> {
    return this.reveal(componentToken(path.component_appid), client, request, reply);
  }

  /** "WeChat refused this component token." Answers the one to use now. */
  @Post('token/report-invalid')
  @HttpCode(200)
  @Needs('tokens.reveal-component')
  @Audited('token.report-invalid', { idempotent: false, entry: () => ({ subject: 'component' }) })
  reportComponent(
    @Param() path: ComponentPath,
    @Body() body: ReportInvalidRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReportInvalidView> {
    return this.report(componentToken(path.component_appid), body, reply);
  }

  /** Replaces the component token on every replica, though nobody refused it. The former one lives some minutes more. */
  @Post('token/refresh')
  @HttpCode(200)
  @Needs('tokens.refresh')
  @Audited('token.refresh', { idempotent: false, entry: () => ({ subject: 'component' }) })
  refreshComponent(
    @Param() path: ComponentPath,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenView> {
    // The answer is the token.
    requirePermission(client, 'tokens.reveal-component');
    return this.refresh(componentToken(path.component_appid), reply);
  }

  /** The authorizer access token (授权方接口调用凭证), alive: use it wherever WeChat's documents say `access_token`. */
  @Get('authorizers/:authorizer_appid/token')
  @Needs('tokens.reveal')
  authorizer(
    @Param() path: AuthorizerPath,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenView> {
    return this.reveal(authorizerToken(path.component_appid, path.authorizer_appid), client, request, reply);
  }

  /** "WeChat refused this authorizer token." Answers the one to use now. */
  @Post('authorizers/:authorizer_appid/token/report-invalid')
  @HttpCode(200)
  @Needs('tokens.reveal')
  @Audited('token.report-invalid', { idempotent: false, entry: () => ({ subject: 'authorizer' }) })
  reportAuthorizer(
    @Param() path: AuthorizerPath,
    @Body() body: ReportInvalidRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReportInvalidView> {
    return this.report(authorizerToken(path.component_appid, path.authorizer_appid), body, reply);
  }

  /** Replaces the authorizer token on every replica, though nobody refused it. The former one lives some minutes more. */
  @Post('authorizers/:authorizer_appid/token/refresh')
  @HttpCode(200)
  @Needs('tokens.refresh')
  @Audited('token.refresh', { idempotent: false, entry: () => ({ subject: 'authorizer' }) })
  refreshAuthorizer(
    @Param() path: AuthorizerPath,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenView> {
    // As above.
    requirePermission(client, 'tokens.reveal');
    return this.refresh(authorizerToken(path.component_appid, path.authorizer_appid), reply);
  }

  private async reveal(subject: TokenSubject, client: Client, request: FastifyRequest, reply: FastifyReply): Promise<TokenView> {
    this.components.require(subject.componentAppid);
    try {
      const answer = toView(await this.tokens.get(subject));
      await recordReveal(this.accessLog, this.tokens.keyOf(subject), client, request);
      void reply.header('cache-control', `private, max-age=${answer.cache_seconds}`);
      return answer;
    } catch (error) {
      recordFailure(this.accessLog, subject, client, request);
      throw error;
    }
  }

  private async report(subject: TokenSubject, { token }: ReportInvalidRequest, reply: FastifyReply): Promise<ReportInvalidView> {
    this.components.require(subject.componentAppid);
    const { live, refreshed } = await this.tokens.reportInvalid(subject, token);
    void reply.header('cache-control', 'no-store');
    return { ...toView(live), refreshed };
  }

  private async refresh(subject: TokenSubject, reply: FastifyReply): Promise<TokenView> {
    this.components.require(subject.componentAppid);
    const live = await this.tokens.renew(subject);
    void reply.header('cache-control', 'no-store');
    return toView(live);
  }
}

function toView(live: LiveToken): TokenView {
  return {
    access_token: live.token,
    expires_in: Math.floor(live.remainingMs / 1_000),
    cache_seconds: cacheSeconds(live.remainingMs),
    ...(live.stale ? { stale: true } : {}),
  };
}
