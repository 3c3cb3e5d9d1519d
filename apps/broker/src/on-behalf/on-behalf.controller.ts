import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Audited, AuthorizerPath, Needs } from '#service';
import {
  Code2SessionRequest,
  Code2SessionView,
  JsapiTicketQuery,
  JsapiTicketView,
  OauthCodeRequest,
  OauthRefreshRequest,
  OauthTokenView,
  OauthUrlRequest,
  OauthUrlView,
  ReportJsapiTicketRequest,
  ReportJsapiTicketView,
} from './on-behalf.dto.js';
import { OnBehalfService } from './on-behalf.service.js';

@ApiTags('on behalf of an authorizer')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid')
export class OnBehalfController {
  constructor(private readonly onBehalf: OnBehalfService) {}

  /** A mini program's login code → openid and session key. */
  @Post('code2session')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('users.sign-in')
  @Audited('session.reveal', { idempotent: false })
  code2session(@Param() path: AuthorizerPath, @Body() body: Code2SessionRequest): Promise<Code2SessionView> {
    return this.onBehalf.code2session(path.component_appid, path.authorizer_appid, body.js_code);
  }

  /** The address that sends an official account's user to WeChat and back (网页授权). */
  @Post('oauth/url')
  @HttpCode(200)
  @Needs('users.sign-in')
  oauthUrl(@Param() path: AuthorizerPath, @Body() body: OauthUrlRequest): OauthUrlView {
    return this.onBehalf.oauthUrl(path.component_appid, path.authorizer_appid, body);
  }

  /** The code that came back → the user. */
  @Post('oauth/token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('users.sign-in')
  @Audited('user-token.reveal', { idempotent: false })
  oauthToken(@Param() path: AuthorizerPath, @Body() body: OauthCodeRequest): Promise<OauthTokenView> {
    return this.onBehalf.oauthCode(path.component_appid, path.authorizer_appid, body);
  }

  /** A new access token for the same user. */
  @Post('oauth/refresh')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('users.sign-in')
  @Audited('user-token.reveal', { idempotent: false })
  oauthRefresh(@Param() path: AuthorizerPath, @Body() body: OauthRefreshRequest): Promise<OauthTokenView> {
    return this.onBehalf.oauthRefresh(path.component_appid, path.authorizer_appid, body.refresh_token);
  }

  /** The JS-SDK ticket; with `url` also the signature for `wx.config` on that page. */
  @Get('jsapi-ticket')
  @Needs('tokens.reveal')
  @Audited('ticket.reveal', { idempotent: false })
  async jsapiTicket(
    @Param() path: AuthorizerPath,
    @Query() query: JsapiTicketQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsapiTicketView> {
    const answer = await this.onBehalf.jsapiTicket(path.component_appid, path.authorizer_appid, query);
    void reply.header('cache-control', query.url ? 'no-store' : `private, max-age=${answer.cache_seconds}`);
    return answer;
  }

  /** "WeChat refused a signature made with this ticket." Answers the one to use now. */
  @Post('jsapi-ticket/report-invalid')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('tokens.reveal')
  @Audited('ticket.report-invalid', { idempotent: false })
  reportJsapiTicket(@Param() path: AuthorizerPath, @Body() body: ReportJsapiTicketRequest): Promise<ReportJsapiTicketView> {
    return this.onBehalf.reportJsapiTicket(path.component_appid, path.authorizer_appid, body);
  }
}
