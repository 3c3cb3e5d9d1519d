import { IsIn, IsOptional, IsString, IsUrl, Length, MaxLength } from 'class-validator';

export class Code2SessionRequest {
  /** From `wx.login` of the mini program. */
  @IsString() @Length(1, 512) js_code!: string;
}

export class Code2SessionResponse {
  openid!: string;
  session_key!: string;
  unionid?: string;
}

export class OauthUrlRequest {
  /** On the component's 公众号开发域名. */
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true }) @MaxLength(2048) redirect_uri!: string;
  @IsOptional() @IsIn(['snsapi_base', 'snsapi_userinfo']) scope?: 'snsapi_base' | 'snsapi_userinfo';
  /** At most 128 bytes. */
  @IsOptional() @IsString() @MaxLength(128) state?: string;
}

export class OauthUrlResponse {
  /** To be opened in WeChat; comes back to `redirect_uri` with `code`, `state` and `appid`. */
  url!: string;
}

export class OauthCodeRequest {
  @IsString() @Length(1, 512) code!: string;
  /** Also ask for name and picture; needs `snsapi_userinfo`. Default false. */
  @IsOptional() @IsIn([true, false]) user_info?: boolean;
}

export class OauthRefreshRequest {
  @IsString() @Length(1, 2048) refresh_token!: string;
}

/** As WeChat refused it. */
export class OauthUserError {
  errcode?: number;
  errmsg!: string;
  rid?: string;
}

export class OauthTokenResponse {
  openid!: string;
  unionid?: string;
  scope?: string;
  /** Of this one user; unrelated to the authorizer's token. */
  access_token!: string;
  /** Seconds. */
  expires_in!: number;
  /** Good for 30 days. */
  refresh_token!: string;
  /** A pseudo user of a snapshot page. */
  is_snapshotuser?: boolean;
  /** As WeChat gave it, if asked for. */
  user?: Record<string, unknown>;
  /** Why there is no `user` though it was asked for. The code is used up, so the tokens are answered all the same. */
  user_error?: OauthUserError;
}

export class JsapiTicketQuery {
  /** The page that will call `wx.config`; then the answer has a ready-made signature. */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true })
  @MaxLength(2048)
  url?: string;
  @IsOptional() @IsIn(['jsapi', 'wx_card']) type?: 'jsapi' | 'wx_card';
}

/** The parameters of `wx.config` but `debug` and `jsApiList`. */
export class WxConfig {
  appId!: string;
  /** Unix seconds. */
  timestamp!: number;
  nonceStr!: string;
  signature!: string;
}

export class JsapiTicketResponse {
  ticket!: string;
  /** Seconds until WeChat stops accepting it. */
  expires_in!: number;
  /** Seconds the caller may keep it. */
  cache_seconds!: number;
  wx_config?: WxConfig;
}

export class ReportJsapiTicketRequest {
  /** The ticket whose signatures WeChat refuses. */
  @IsString() @Length(1, 2048) ticket!: string;
  @IsOptional() @IsIn(['jsapi', 'wx_card']) type?: 'jsapi' | 'wx_card';
}

export class ReportJsapiTicketResponse {
  ticket!: string;
  /** Seconds until WeChat stops accepting it. */
  expires_in!: number;
  /** Seconds the caller may keep it. */
  cache_seconds!: number;
  /** True: the ticket was replaced because of this report (or of another one at the same moment). */
  refreshed!: boolean;
}
