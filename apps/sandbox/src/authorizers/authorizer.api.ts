import { Injectable } from '@nestjs/common';
import { checkComponentAppid } from '../components/component.api.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type ComponentCall, type EitherCall, type Json, OK, text } from '../protocol/route.js';
import { TokenService } from '../tokens/token.service.js';
import type { Authorization, Merchant } from '../world/model.js';
import { newRefreshToken } from '../world/random.js';
import { World } from '../world/world.service.js';

const MOST_LISTED = 500;
const OPTION_VALUES: Readonly<Record<string, readonly string[]>> = {
  location_report: ['0', '1', '2'],
  voice_recognize: ['0', '1'],
  customer_service: ['0', '1'],
};

/** Code → tokens, refresh, info, list, options (authorization reference §5.3–§5.7). */
@Injectable()
export class AuthorizerApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly tokens: TokenService,
  ) {
    const base = '/cgi-bin/component';
    registry.add(
      { method: 'POST', path: `${base}/api_query_auth`, token: 'component', handle: (call) => this.queryAuth(call) },
      { method: 'POST', path: `${base}/api_authorizer_token`, token: 'component', handle: (call) => this.refresh(call) },
      { method: 'POST', path: `${base}/api_get_authorizer_info`, token: 'component', handle: (call) => this.info(call) },
      { method: 'POST', path: `${base}/api_get_authorizer_list`, token: 'component', handle: (call) => this.list(call) },
    );
    for (const prefix of ['', 'api_']) {
      registry.add(
        {
          method: 'POST',
          path: `${base}/${prefix}get_authorizer_option`,
          token: 'either',
          handle: (call) => this.getOption(call),
        },
        {
          method: 'POST',
          path: `${base}/${prefix}set_authorizer_option`,
          token: 'either',
          handle: (call) => this.setOption(call),
        },
      );
    }
  }

  private queryAuth(call: ComponentCall): Json {
    checkComponentAppid(call);
    const code = this.world.authCodes.get(text(call.body['authorization_code']));
    if (!code || code.used || code.authorization.component.appid !== call.component?.appid) throw new ApiError(61009);
    const { authorization } = code;
    refuse(authorization.cancelled || code.grant < authorization.grant, 61009);
    refuse(code.expiresAt <= this.world.now, 61010);
    code.used = true;
    if (authorization.exchangedGrant !== code.grant) this.begin(authorization, code.grant);
    const token = this.tokens.issueAuthorizerToken(authorization);
    return {
      authorization_info: {
        authorizer_appid: authorization.merchant.appid,
        authorizer_access_token: token.value,
        expires_in: this.tokens.expiresIn(token),
        authorizer_refresh_token: authorization.refreshToken,
        func_info: funcInfo(authorization),
      },
    };
  }

  /** The first exchange after a (re-)authorization: what was there before is dead at once. */
  private begin(authorization: Authorization, grant: number): void {
    const again = authorization.exchangedGrant > 0;
    if (again && this.world.settings.rotate_on_reauthorize) authorization.refreshToken = newRefreshToken();
    this.tokens.forget(authorization.tokens, 'reauthorization');
    authorization.exchangedGrant = grant;
  }

  private refresh(call: ComponentCall): Json {
    checkComponentAppid(call);
    const authorization = this.authorizationOf(call);
    const given = text(call.body['authorizer_refresh_token']);
    refuse(!given || authorization.exchangedGrant === 0 || given !== authorization.refreshToken, 61023);
    const mode = this.refreshMode(authorization);
    if (mode === 'rotate') authorization.refreshToken = newRefreshToken();
    const token = this.tokens.issueAuthorizerToken(authorization);
    return {
      authorizer_access_token: token.value,
      expires_in: this.tokens.expiresIn(token),
      ...(mode !== 'absent' && { authorizer_refresh_token: mode === 'empty' ? '' : authorization.refreshToken }),
    };
  }

  private refreshMode(authorization: Authorization): string {
    const once = authorization.refreshModes;
    if (!once || once.times === 0) return authorization.component.options.refresh_mode;
    once.times--;
    return once.mode;
  }

  private info(call: ComponentCall): Json {
    checkComponentAppid(call);
    const authorization = this.authorizationOf(call);
    const shown = call.component.options.info_refresh_tokens && authorization.exchangedGrant > 0;
    return {
      authorizer_info: authorizerInfo(authorization.merchant),
      authorization_info: {
        authorizer_appid: authorization.merchant.appid,
        ...(shown && { authorizer_refresh_token: authorization.refreshToken }),
        func_info: funcInfo(authorization),
      },
    };
  }

  private list(call: ComponentCall): Json {
    checkComponentAppid(call);
    const { offset, count } = call.body;
    refuse(!isCount(offset) || !isCount(count), 40097);
    refuse((count as number) > MOST_LISTED, 40170);
    const all = [...call.component.authorizations.values()];
    const page = all.slice(offset as number, (offset as number) + (count as number));
    const { list_refresh_tokens: shown } = call.component.options;
    return {
      total_count: all.length,
      list: page.map((authorization) => ({
        authorizer_appid: authorization.merchant.appid,
        // Absent for an authorization whose code nobody ever exchanged.
        ...(shown && authorization.exchangedGrant > 0 && { refresh_token: authorization.refreshToken }),
        auth_time: authorization.authTime,
      })),
    };
  }

  private getOption(call: EitherCall): Json {
    const { merchant } = this.subject(call);
    const name = text(call.body['option_name']);
    refuse(!OPTION_VALUES[name], 61012);
    return { authorizer_appid: merchant.appid, option_name: name, option_value: merchant.options[name] ?? '0' };
  }

  private setOption(call: EitherCall): Json {
    const { merchant } = this.subject(call);
    const name = text(call.body['option_name']);
    const allowed = OPTION_VALUES[name];
    if (!allowed) throw new ApiError(61012);
    const value = String(call.body['option_value'] ?? '');
    refuse(!allowed.includes(value), 61013);
    merchant.options[name] = value;
    return OK;
  }

  /** The options APIs take the account's token, or the component's together with both appids. */
  private subject(call: EitherCall): Authorization {
    return call.authorization ?? this.authorizationOf(call);
  }

  private authorizationOf(call: ComponentCall): Authorization {
    const appid = text(call.body['authorizer_appid']);
    refuse(!appid, 40013);
    const authorization = call.component.authorizations.get(appid);
    if (!authorization) throw new ApiError(61003);
    return authorization;
  }
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

const funcInfo = (authorization: Authorization): Json[] => [...authorization.sets].map((id) => ({ funcscope_category: { id } }));

function authorizerInfo(merchant: Merchant): Json {
  const mini = merchant.kind === 'miniprogram' && {
    MiniProgramInfo: {
      network: {
        RequestDomain: [],
        WsRequestDomain: [],
        UploadDomain: [],
        DownloadDomain: [],
        BizDomain: [],
        UDPDomain: [],
        TCPDomain: [],
      },
      categories: merchant.categories.map(({ first_class, second_class }) => ({ first: first_class, second: second_class })),
      visit_status: 0,
    },
    register_type: merchant.register_type ?? 0,
  };
  return {
    nick_name: merchant.nick_name,
    head_img: merchant.head_img,
    service_type_info: { id: merchant.service_type },
    verify_type_info: { id: merchant.verify_type },
    user_name: merchant.user_name,
    alias: merchant.alias,
    qrcode_url: `https://mmbiz.qpic.cn/mmbiz_jpg/${merchant.appid}/0`,
    business_info: { open_pay: 0, open_shake: 0, open_scan: 0, open_card: 0, open_store: 0 },
    idc: 1,
    principal_name: merchant.principal_name,
    signature: merchant.signature,
    ...mini,
    account_status: merchant.account_status,
    basic_config: { is_phone_configured: true, is_email_configured: true },
  };
}
