import { BadRequestException, Body, Controller, HttpCode, Post } from '@nestjs/common';
import { newRefreshToken } from '../world/random.js';
import { World } from '../world/world.service.js';
import { TokenService } from './token.service.js';
import { CheckToken, ExpireToken, SetRefreshMode } from './tokens.dto.js';

@Controller('_control/tokens')
export class TokensController {
  constructor(
    private readonly world: World,
    private readonly tokens: TokenService,
  ) {}

  @Post('expire')
  @HttpCode(200)
  expire(@Body() body: ExpireToken) {
    const authorization = body.authorizer_appid
      ? this.world.authorization(body.component_appid, body.authorizer_appid)
      : undefined;
    if (body.token === 'refresh') {
      if (!authorization) throw new BadRequestException('authorizer_appid is needed for a refresh token');
      authorization.refreshToken = newRefreshToken();
      return { ok: true };
    }
    const pair = (authorization ?? this.world.component(body.component_appid)).tokens;
    if (body.how === 'expire') this.tokens.expire(pair);
    else this.tokens.forget(pair, 'hand');
    return { ok: true };
  }

  @Post('refresh-mode')
  @HttpCode(200)
  refreshMode(@Body() body: SetRefreshMode) {
    const component = this.world.component(body.component_appid);
    const subjects = body.authorizer_appid
      ? [this.world.authorization(body.component_appid, body.authorizer_appid)]
      : component.authorizations.values();
    for (const authorization of subjects) authorization.refreshModes = { mode: body.mode, times: body.times };
    return { ok: true };
  }

  @Post('check')
  @HttpCode(200)
  check(@Body() body: CheckToken) {
    const token = this.world.tokens.get(body.token);
    return {
      state: this.tokens.state(body.token),
      kind: token?.kind ?? null,
      component_appid: token?.component.appid ?? null,
      authorizer_appid: token?.authorization?.merchant.appid ?? null,
      expires_in: token ? this.tokens.expiresIn(token) : null,
      life: this.tokens.life(body.token) ?? null,
    };
  }
}
