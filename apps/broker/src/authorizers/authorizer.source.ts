import { Injectable } from '@nestjs/common';
import { DomainError } from '#service';
import { type AuthorizerTokenAnswer, describeErrcode, WechatApi, WechatApiError, type WechatFailure } from '#wechat';
import { Cooldowns } from '../tokens/cooldowns.js';
import { RefreshFailure } from '../tokens/refresh-failure.js';
import { componentToken, type TokenSubject } from '../tokens/token.domain.js';
import type { StoredFailure } from '../tokens/token.repository.js';
import { TokenService } from '../tokens/token.service.js';
import type { FreshToken, Renewal, TokenSource } from '../tokens/token-source.js';
import { accepted, withToken } from '../tokens/with-token.js';
import { AuthorizerRepository } from './authorizer.repository.js';
import { type Recovery, RefreshTokenRecovery } from './refresh-token.recovery.js';

const MINUTE_MS = 60_000;
/** How long no replica refreshes any authorizer of a component after a refusal that concerns all of them. */
const REST_MS = MINUTE_MS;
/** Refresh token → authorizer access token; and the way back when the refresh token is lost. */
@Injectable()
export class AuthorizerSource implements TokenSource {
  constructor(
    private readonly authorizers: AuthorizerRepository,
    private readonly recovery: RefreshTokenRecovery,
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly cooldowns: Cooldowns,
  ) {}

  async admit({ componentAppid, authorizerAppid }: TokenSubject): Promise<void> {
    if (await this.authorizers.find(componentAppid, authorizerAppid)) return;
    throw new DomainError('authorizer-unknown', `${authorizerAppid} has not authorized ${componentAppid}.`);
  }

  accepts({ componentAppid, authorizerAppid }: TokenSubject, token: string): Promise<boolean> {
    return accepted(() => this.wechat.diagnosis.getApiDomainIps(token, { componentAppid, authorizerAppid }));
  }

  async renew(subject: TokenSubject, { failed }: Renewal = {}): Promise<FreshToken> {
    const { componentAppid, authorizerAppid } = subject;
    const known = await this.authorizers.credentials(componentAppid, authorizerAppid);
    if (!known) throw new RefreshFailure('authorizer-unknown', `${authorizerAppid} has not authorized ${componentAppid}.`);
    if (known.state === 'cancelled')
      throw new RefreshFailure('authorizer-cancelled', `${authorizerAppid} has cancelled its authorization.`, {
        capMs: MINUTE_MS,
      });

    const refreshToken =
      known.refreshToken ?? (await this.recover(subject, { because: 'no refresh token is stored', last: true }));
    try {
      return this.fresh(subject, refreshToken, await this.ask(subject, refreshToken));
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      const missing = error.refusal?.notAuthorized;
      if (missing === 'refresh-token') return this.withRecovered(subject, refreshToken, error, wasRefused(failed));
      // That is not this authorizer's fault, and says nothing about it.
      if (error.concerns === 'component')
        throw RefreshFailure.of(error, `WeChat gives no access tokens to ${componentAppid} now.`, {
          floorMs: REST_MS,
          capMs: 10 * MINUTE_MS,
        });
      if (missing !== undefined) throw await this.notAuthorized(subject, error);
      await this.authorizers.setState(componentAppid, authorizerAppid, 'degraded', `refresh failed: ${describe(error)}`);
      throw RefreshFailure.of(error, `WeChat gave no access token for ${authorizerAppid}.`);
    }
  }

  private async ask({ componentAppid, authorizerAppid }: TokenSubject, refreshToken: string): Promise<AuthorizerTokenAnswer> {
    const rest = `authorizer-tokens:${componentAppid}`;
    const resting = await this.cooldowns.look<WechatFailure>(rest);
    if (resting?.active) throw new WechatApiError(resting.value);
    try {
      return await withToken(this.tokens, componentToken(componentAppid), (token) =>
        this.wechat.component.apiAuthorizerToken(token, {
          component_appid: componentAppid,
          authorizer_appid: authorizerAppid,
          authorizer_refresh_token: refreshToken,
        }),
      );
    } catch (error) {
      if (error instanceof WechatApiError && error.concerns === 'component') {
        const { kind, api, errcode, errmsg, rid, httpStatus, maybeExecuted } = error;
        await this.cooldowns.begin(rest, { value: { kind, api, errcode, errmsg, rid, httpStatus, maybeExecuted }, ms: REST_MS });
      }
      throw error;
    }
  }

  private fresh({ componentAppid, authorizerAppid }: TokenSubject, used: string, answer: AuthorizerTokenAnswer): FreshToken {
    return {
      token: answer.authorizer_access_token,
      expiresInMs: answer.expires_in * 1_000,
      alongside: async (manager) => {
        const refreshToken = answer.authorizer_refresh_token || used;
        await this.authorizers.setState(componentAppid, authorizerAppid, 'active', null, manager);
        await this.authorizers.storeRefreshToken(manager, componentAppid, authorizerAppid, refreshToken);
      },
    };
  }

  /**
   * WeChat's own info and list know the right one. A refused refresh token was seen to heal by itself (authorization.md §7, 61023):
   * some minutes pass before the merchant is needed.
   */
  private async withRecovered(subject: TokenSubject, refused: string, error: WechatApiError, last: boolean): Promise<FreshToken> {
    const recovered = await this.recover(subject, { refused, because: describe(error), wechat: error, last });
    try {
      return this.fresh(subject, recovered, await this.ask(subject, recovered));
    } catch (second) {
      if (!(second instanceof WechatApiError)) throw second;
      const { componentAppid, authorizerAppid } = subject;
      await this.authorizers.setState(
        componentAppid,
        authorizerAppid,
        'degraded',
        `recovered refresh token failed: ${describe(second)}`,
      );
      throw RefreshFailure.of(second, `WeChat gave no access token for ${authorizerAppid}.`, {
        floorMs: MINUTE_MS,
        capMs: 10 * MINUTE_MS,
      });
    }
  }

  /**
   * @param lost what became of the refresh token; `last`: it is not to be tried once more before the merchant is sent for
   * @throws RefreshFailure when WeChat has no other refresh token either
   */
  private async recover(
    { componentAppid, authorizerAppid }: TokenSubject,
    lost: {
      readonly refused?: string;
      readonly because: string;
      readonly wechat?: WechatApiError;
      readonly last: boolean;
    },
  ): Promise<string> {
    const { refused, because, wechat, last } = lost;
    const found: Recovery = await this.recovery.find(componentAppid, authorizerAppid, refused);
    if (found.refreshToken !== undefined) return found.refreshToken;
    const pauses = { floorMs: 2 * MINUTE_MS, capMs: 10 * MINUTE_MS, wechat };
    if (found.outcome === 'unknown') {
      await this.authorizers.setState(
        componentAppid,
        authorizerAppid,
        'degraded',
        `${because}; WeChat could not be asked for it`,
      );
      throw new RefreshFailure('wechat-unreachable', `The refresh token of ${authorizerAppid} is not usable now.`, {
        ...pauses,
        floorMs: 5_000,
      });
    }
    if (found.outcome === 'none' && !last) {
      await this.authorizers.setState(componentAppid, authorizerAppid, 'degraded', `${because}; it will be tried again`);
      throw new RefreshFailure('wechat-refused', `WeChat refused the refresh token of ${authorizerAppid}.`, pauses);
    }
    const reason =
      found.outcome === 'not-authorized' ? `${because}; WeChat says it is not authorized` : `${because}; WeChat has no other one`;
    await this.authorizers.setState(componentAppid, authorizerAppid, 'needs_reauthorization', reason);
    throw new RefreshFailure('authorizer-needs-reauthorization', `${authorizerAppid}: ${reason}.`, pauses);
  }

  /** 61003 right after a grant, or while WeChat's own servers disagree, is no reason to send for the merchant: info decides. */
  private async notAuthorized({ componentAppid, authorizerAppid }: TokenSubject, error: WechatApiError): Promise<RefreshFailure> {
    const found = await this.recovery.find(componentAppid, authorizerAppid, undefined);
    const pauses = { wechat: error, floorMs: MINUTE_MS, capMs: 10 * MINUTE_MS };
    if (found.outcome === 'not-authorized') {
      await this.authorizers.setState(componentAppid, authorizerAppid, 'needs_reauthorization', describe(error));
      return new RefreshFailure(
        'authorizer-needs-reauthorization',
        `WeChat says that ${authorizerAppid} does not authorize this component.`,
        pauses,
      );
    }
    await this.authorizers.setState(componentAppid, authorizerAppid, 'degraded', describe(error));
    return new RefreshFailure(
      'wechat-refused',
      `WeChat gave no access token for ${authorizerAppid}, though it lists it.`,
      pauses,
    );
  }
}

/** Whether this refresh token was refused at the last try, too, and WeChat had no other one. */
function wasRefused(failed: StoredFailure | undefined): boolean {
  if (failed?.errcode === undefined || failed.code === 'wechat-unreachable') return false;
  return describeErrcode(failed.errcode).notAuthorized === 'refresh-token';
}

const describe = (error: WechatApiError) => `${error.api} ${error.errcode ?? error.kind}${error.rid ? `, rid ${error.rid}` : ''}`;
