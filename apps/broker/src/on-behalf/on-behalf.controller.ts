import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessLog, AuthorizerPath, type Client, CurrentClient, NeedsScope } from '#service';
import {
  Code2SessionRequest,
  Code2SessionResponse,
  JsapiTicketQuery,
  JsapiTicketResponse,
  OauthCodeRequest,
  OauthRefreshRequest,
  OauthTokenResponse,
  OauthUrlRequest,
  OauthUrlResponse,
  ReportJsapiTicketRequest,
  ReportJsapiTicketResponse,
} from './on-behalf.dto.js';
import { OnBehalfService } from './on-behalf.service.js';

@ApiTags('on behalf of an authorizer')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid')
export class OnBehalfController {
  constructor(
    private readonly onBehalf: OnBehalfService,
    private readonly accessLog: AccessLog,
  ) {}

  /** A mini program's login code → openid and session key. */
  @Post('code2session')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @NeedsScope('proxy', 'authorizer-token')
  async code2session(
    @Param() path: AuthorizerPath,
    @Body() body: Code2SessionRequest,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<Code2SessionResponse> {
    const answer = await this.onBehalf.code2session(path.component_appid, path.authorizer_appid, body.js_code);
    this.record('session.reveal', path, client, request);
    return answer;
  }

  /** The address that sends an official account's user to WeChat and back (网页授权). */
  @Post('oauth/url')
  @HttpCode(200)
  @NeedsScope('proxy', 'authorizer-token')
  oauthUrl(@Param() path: AuthorizerPath, @Body() body: OauthUrlRequest): OauthUrlResponse {
    return { url: this.onBehalf.oauthUrl(path.component_appid, path.authorizer_appid, body) };
  }

  /** The code that came back → the user. */
  @Post('oauth/token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @NeedsScope('proxy', 'authorizer-token')
  async oauthToken(
    @Param() path: AuthorizerPath,
    @Body() body: OauthCodeRequest,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<OauthTokenResponse> {
    const answer = await this.onBehalf.oauthCode(path.component_appid, path.authorizer_appid, body);
    this.record('user-token.reveal', path, client, request);
    return answer;
  }

  /** A new access token for the same user. */
  @Post('oauth/refresh')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @NeedsScope('proxy', 'authorizer-token')
  async oauthRefresh(
    @Param() path: AuthorizerPath,
    @Body() body: OauthRefreshRequest,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<OauthTokenResponse> {
    const answer = await this.onBehalf.oauthRefresh(path.component_appid, path.authorizer_appid, body.refresh_token);
    this.record('user-token.reveal', path, client, request);
    return answer;
  }

  /** The JS-SDK ticket; with `url` also the signature for `wx.config` on that page. */
  @Get('jsapi-ticket')
  @NeedsScope('authorizer-token')
  async jsapiTicket(
    @Param() path: AuthorizerPath,
    @Query() query: JsapiTicketQuery,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsapiTicketResponse> {
    const answer = await this.onBehalf.jsapiTicket(path.component_appid, path.authorizer_appid, query);
    this.record('ticket.reveal', path, client, request);
    void reply.header('cache-control', query.url ? 'no-store' : `private, max-age=${answer.cache_seconds}`);
    return answer;
  }

  /** "WeChat refused a signature made with this ticket." Answers the one to use now. */
  @Post('jsapi-ticket/report-invalid')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @NeedsScope('authorizer-token')
  async reportJsapiTicket(
    @Param() path: AuthorizerPath,
    @Body() body: ReportJsapiTicketRequest,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<ReportJsapiTicketResponse> {
    const answer = await this.onBehalf.reportJsapiTicket(path.component_appid, path.authorizer_appid, body);
    this.record('ticket.report-invalid', path, client, request);
    return answer;
  }

  private record(action: string, path: AuthorizerPath, client: Client, request: FastifyRequest): void {
    this.accessLog.recordRequest(client, request, {
      action,
      componentAppid: path.component_appid,
      authorizerAppid: path.authorizer_appid,
    });
  }
}
