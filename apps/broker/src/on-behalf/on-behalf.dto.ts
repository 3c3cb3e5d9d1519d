import { IsIn, IsOptional, IsString, IsUrl, Length, MaxLength } from 'class-validator';

export class Code2SessionRequest {
  /** From `wx.login` of the mini program. */
  @IsString() @Length(1, 512) readonly js_code!: string;
}

export class Code2SessionView {
  readonly openid!: string;
  readonly session_key!: string;
  readonly unionid?: string;
}

export class OauthUrlRequest {
  /** On the component's 公众号开发域名. */
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true })
  @MaxLength(2048)
  readonly redirect_uri!: string;
  @IsOptional() @IsIn(['snsapi_base', 'snsapi_userinfo']) readonly scope?: 'snsapi_base' | 'snsapi_userinfo';
  /** At most 128 bytes. Absent: the broker makes one, and answers it. */
  @IsOptional() @IsString() @MaxLength(128) readonly state?: string;
}

export class OauthUrlView {
  /** To be opened in WeChat; comes back to `redirect_uri` with `code`, `state` and `appid`. */
  readonly url!: string;
  /** Keep it in the user's session: a return with another one was begun by somebody else. */
  readonly state!: string;
}

export class OauthCodeRequest {
  @IsString() @Length(1, 512) readonly code!: string;
  /** Also ask for name and picture; needs `snsapi_userinfo`. Default false. */
  @IsOptional() @IsIn([true, false]) readonly user_info?: boolean;
}

export class OauthRefreshRequest {
  @IsString() @Length(1, 2048) readonly refresh_token!: string;
}

/** As WeChat refused it. */
export class OauthUserError {
  readonly errcode?: number;
  readonly errmsg!: string;
  readonly rid?: string;
}

export class OauthTokenView {
  readonly openid!: string;
  readonly unionid?: string;
  readonly scope?: string;
  /** Of this one user; unrelated to the authorizer's token. */
  readonly access_token!: string;
  /** Seconds. */
  readonly expires_in!: number;
  /** Good for 30 days. */
  readonly refresh_token!: string;
  /** A pseudo user of a snapshot page. */
  readonly is_snapshotuser?: boolean;
  /** As WeChat gave it, if asked for. */
  readonly user?: Record<string, unknown>;
  /** Why there is no `user` though it was asked for. The code is used up, so the tokens are answered all the same. */
  readonly user_error?: OauthUserError;
}

export class JsapiTicketQuery {
  /** The page that will call `wx.config`; then the answer has a ready-made signature. */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true })
  @MaxLength(2048)
  readonly url?: string;
  @IsOptional() @IsIn(['jsapi', 'wx_card']) readonly type?: 'jsapi' | 'wx_card';
}

/** The parameters of `wx.config` but `debug` and `jsApiList`. */
export class WxConfig {
  readonly appId!: string;
  /** Unix seconds. */
  readonly timestamp!: number;
  readonly nonceStr!: string;
  readonly signature!: string;
}

export class JsapiTicketView {
  readonly ticket!: string;
  /** Seconds until WeChat stops accepting it. */
  readonly expires_in!: number;
  /** Seconds the caller may keep it. */
  readonly cache_seconds!: number;
  readonly wx_config?: WxConfig;
}

export class ReportJsapiTicketRequest {
  /** The ticket whose signatures WeChat refuses. */
  @IsString() @Length(1, 2048) readonly ticket!: string;
  @IsOptional() @IsIn(['jsapi', 'wx_card']) readonly type?: 'jsapi' | 'wx_card';
}

export class ReportJsapiTicketView {
  readonly ticket!: string;
  /** Seconds until WeChat stops accepting it. */
  readonly expires_in!: number;
  /** Seconds the caller may keep it. */
  readonly cache_seconds!: number;
  /** True: the ticket was replaced because of this report (or of another one at the same moment). */
  readonly refreshed!: boolean;
}
