import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import type { Json } from '../protocol/route.js';
import { letters, newOpenid, urlSafe } from '../world/random.js';
import { keepBounded, World } from '../world/world.service.js';

const CODE_LIFE_MS = 300_000;
const TOKEN_LIFE_MS = 7_200_000;
const REFRESH_LIFE_MS = 30 * 86_400_000;
const KEPT = 20_000;
const KEPT_MESSAGES = 2000;

/** From wx.login, from the consent page of an official account, from the phone-number button. */
export type CodeKind = 'login' | 'oauth' | 'phone';

interface UserCode {
  readonly appid: string;
  readonly kind: CodeKind;
  readonly openid: string;
  readonly unionid: string | undefined;
  readonly scope: string;
  readonly expiresAt: number;
  used: boolean;
}

interface UserGrant {
  readonly appid: string;
  readonly openid: string;
  readonly unionid: string | undefined;
  readonly scope: string;
  readonly expiresAt: number;
}

export interface CustomMessage {
  readonly at_ms: number;
  readonly appid: string;
  readonly component_appid: string;
  readonly touser: string;
  readonly msgtype: string;
  readonly content: string | null;
  readonly body: Json;
}

/** The people behind the accounts: login and OAuth codes, their tokens, the messages they get. */
@Injectable()
export class UsersService {
  private readonly codes = new Map<string, UserCode>();
  private readonly accessTokens = new Map<string, UserGrant>();
  private readonly refreshTokens = new Map<string, UserGrant>();
  private messages: CustomMessage[] = [];

  constructor(private readonly world: World) {
    world.keepMaps('users', { codes: this.codes, accessTokens: this.accessTokens, refreshTokens: this.refreshTokens });
    world.keep(
      'messages',
      () => this.messages,
      (kept) => {
        this.messages = kept;
      },
    );
    world.onReset(() => {
      for (const map of [this.codes, this.accessTokens, this.refreshTokens]) map.clear();
      this.messages = [];
    });
  }

  newCode(order: { appid: string; kind: CodeKind; openid?: string; unionid?: string; scope: string }) {
    const code = urlSafe(32);
    const openid = order.openid ?? newOpenid();
    const { appid, kind, scope, unionid } = order;
    keepBounded(
      this.codes,
      code,
      { appid, kind, openid, unionid, scope, expiresAt: this.world.now + CODE_LIFE_MS, used: false },
      KEPT,
    );
    return { code, openid };
  }

  takeCode(value: string, appid: string, kind: CodeKind): UserCode {
    const code = this.codes.get(value);
    if (!code || code.appid !== appid || code.kind !== kind) throw new ApiError(40029);
    refuse(code.used, 40163);
    refuse(code.expiresAt <= this.world.now, kind === 'oauth' ? 42003 : 40029);
    code.used = true;
    return code;
  }

  session(code: UserCode): Json {
    return {
      openid: code.openid,
      session_key: randomBytes(16).toString('base64'),
      ...(code.unionid && { unionid: code.unionid }),
    };
  }

  /** OAuth tokens of one user; no relation to the account's tokens. */
  grant(user: Omit<UserGrant, 'expiresAt'>, refreshToken = urlSafe(110)): Json {
    const accessToken = `${letters(2)}_${urlSafe(108)}`;
    const { appid, openid, unionid, scope } = user;
    const kept = { appid, openid, unionid, scope };
    keepBounded(this.accessTokens, accessToken, { ...kept, expiresAt: this.world.now + TOKEN_LIFE_MS }, KEPT);
    keepBounded(this.refreshTokens, refreshToken, { ...kept, expiresAt: this.world.now + REFRESH_LIFE_MS }, KEPT);
    return {
      access_token: accessToken,
      expires_in: 7200,
      refresh_token: refreshToken,
      openid,
      scope,
      ...(unionid && { unionid }),
    };
  }

  refresh(value: string, appid: string): Json {
    const grant = this.refreshTokens.get(value);
    if (!grant || grant.appid !== appid || grant.expiresAt <= this.world.now) throw new ApiError(40030);
    return this.grant(grant, value);
  }

  profile(value: string, openid: string): Json {
    const grant = this.accessTokens.get(value);
    if (!grant || grant.openid !== openid) throw new ApiError(40001);
    refuse(grant.expiresAt <= this.world.now, 42001);
    refuse(grant.scope !== 'snsapi_userinfo', 48001);
    return { openid, nickname: '小红🍓', sex: 0, province: '', city: '', country: '', headimgurl: '', privilege: [] };
  }

  deliver(message: CustomMessage): void {
    this.messages.push(message);
    if (this.messages.length > KEPT_MESSAGES) this.messages = this.messages.slice(-KEPT_MESSAGES / 2);
  }

  messagesOf(appid?: string): CustomMessage[] {
    return this.messages.filter((message) => !appid || message.appid === appid).reverse();
  }
}
