import { Controller, Get, HttpException, Query, Redirect } from '@nestjs/common';
import { hostFits } from '../consent/consent.domain.js';
import { World } from '../world/world.service.js';
import { AuthorizeQuery } from './oauth.dto.js';
import { UsersService } from './users.service.js';

/** The page where WeChat asks a follower; here the follower always agrees at once (authorization reference §5.9). */
@Controller('connect/oauth2')
export class OauthController {
  constructor(
    private readonly world: World,
    private readonly users: UsersService,
  ) {}

  @Get('authorize')
  @Redirect()
  authorize(@Query() query: AuthorizeQuery) {
    const component = this.world.components.get(query.component_appid);
    const authorization = component?.authorizations.get(query.appid);
    if (!component || !authorization) throw new HttpException('此公众号未授权 (not authorized)', 400);
    if (!authorization.sets.has(4)) throw new HttpException('没有网页授权权限 (permission set 4 is missing)', 400);
    const url = new URL(query.redirect_uri);
    const { oauth_domain: own, authorization_domain: other } = component.options;
    if (!hostFits(url.host, own ?? other)) throw new HttpException('redirect_uri 参数错误 10003', 400);
    const { code } = this.users.newCode({ appid: query.appid, kind: 'oauth', scope: query.scope });
    url.searchParams.set('code', code);
    if (query.state !== undefined) url.searchParams.set('state', query.state);
    url.searchParams.set('appid', query.appid);
    return { url: url.href, statusCode: 302 };
  }
}
