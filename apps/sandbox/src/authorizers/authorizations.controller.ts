import { setTimeout as sleep } from 'node:timers/promises';
import { Body, ConflictException, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { request } from 'undici';
import { pushView } from '../pushes/push-log.service.js';
import { World } from '../world/world.service.js';
import { AuthorizationService } from './authorization.service.js';
import { AuthorizationQuery, Authorize, CancelAuthorization } from './authorizations.dto.js';
import { redirectUrl } from './redirect.domain.js';

@Controller('_control')
export class AuthorizationsController {
  constructor(
    private readonly world: World,
    private readonly authorizations: AuthorizationService,
  ) {}

  @Post('authorizations')
  @HttpCode(200)
  async authorize(@Body() body: Authorize) {
    const component = this.world.component(body.component_appid);
    const merchant = this.world.merchant(body.merchant_appid);
    this.spendPreAuthCode(body.pre_auth_code);
    const granted = this.authorizations.grant(component, merchant, {
      sets: body.sets,
      push: body.push,
      pushDelayMs: body.push_delay_ms,
      alwaysPush: body.always_push,
      preAuthCode: body.pre_auth_code,
    });
    const expiresIn = Math.round((granted.code.expiresAt - this.world.now) / 1000);
    const url = body.redirect_uri ? redirectUrl(body.redirect_uri, granted.code.value, expiresIn) : null;
    const redirected = url && body.redirect === 'call' ? openAsBrowser(url, body.redirect_delay_ms) : Promise.resolve(null);
    const [status] = body.wait ? await Promise.all([redirected, granted.push?.done]) : [null];
    return {
      info_type: granted.infoType,
      auth_code: granted.code.value,
      push_auth_code: granted.pushCode.value,
      expires_in: expiresIn,
      push_code_expired_time: Math.floor(granted.pushCode.expiresAt / 1000),
      redirect_url: url,
      redirect_status: status,
      granted_sets: [...granted.authorization.sets],
      push: granted.push ? pushView(granted.push.record) : null,
    };
  }

  @Post('authorizations/cancel')
  @HttpCode(200)
  async cancel(@Body() body: CancelAuthorization) {
    const authorization = this.world.authorization(body.component_appid, body.merchant_appid);
    await this.authorizations.cancel(authorization, { push: body.push, pushDelayMs: body.push_delay_ms }).done;
    return { ok: true };
  }

  @Get('components/:component/authorizations')
  list(@Param('component') appid: string, @Query() query: AuthorizationQuery) {
    const all = [...this.world.component(appid).authorizations.values()];
    return {
      total: all.length,
      authorizations: all.slice(query.offset, query.offset + query.limit).map((authorization) => ({
        authorizer_appid: authorization.merchant.appid,
        sets: [...authorization.sets],
        auth_time: authorization.authTime,
        exchanged: authorization.exchangedGrant === authorization.grant,
      })),
    };
  }

  private spendPreAuthCode(value: string | undefined): void {
    if (value === undefined) return;
    const code = this.world.preAuthCodes.get(value);
    if (!code || code.used || code.expiresAt <= this.world.now)
      throw new ConflictException('pre_auth_code is unknown, used or expired');
    code.used = true;
  }
}

/** HTTP status of the callback, 0 when it could not be reached. */
async function openAsBrowser(url: string, delayMs: number): Promise<number> {
  if (delayMs > 0) await sleep(delayMs);
  try {
    const response = await request(url, { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(10_000) });
    await response.body.dump();
    return response.statusCode;
  } catch {
    return 0;
  }
}
