import { Injectable } from '@nestjs/common';
import { DomainError } from '#service';
import { type AuthorizerTokenAnswer, WechatApi, WechatApiError, type WechatFailure } from '#wechat';
import { Pauses } from '../tokens/pauses.js';
import { RefreshFailure } from '../tokens/refresh-failure.js';
import { componentToken, type TokenSubject } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import type { FreshToken, TokenSource } from '../tokens/token-source.js';
import { accepted, COMPONENT_WIDE, NOT_AUTHORIZED, withToken } from '../tokens/with-token.js';
import type { AuthorizerState } from './authorizer.domain.js';
import { AuthorizerRepository } from './authorizer.repository.js';
import { type Recovery, RefreshTokenRecovery } from './refresh-token.recovery.js';

const MINUTE_MS = 60_000;
/** How long no replica refreshes any authorizer of a component after a refusal that concerns all of them. */
const REST_MS = MINUTE_MS;
/** A refused refresh token was seen to heal by itself (authorization.md §7, 61023): some minutes pass before the merchant is needed. */
const REFUSED = 61023;

/** Refresh token → authorizer access token; and the way back when the refresh token is lost. */
@Injectable()
export class AuthorizerSource implements TokenSource {
  constructor(
    private readonly authorizers: AuthorizerRepository,
    private readonly recovery: RefreshTokenRecovery,
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly pauses: Pauses,
  ) {}

  async admit({ componentAppid, authorizerAppid }: TokenSubject): Promise<void> {
    if (await this.authorizers.find(componentAppid, authorizerAppid)) return;
    throw new DomainError('authorizer-unknown', `${authorizerAppid} has not authorized ${componentAppid}.`);
  }

  accepts({ componentAppid, authorizerAppid }: TokenSubject, token: string): Promise<boolean> {
    return accepted(() => this.wechat.diagnosis.getApiDomainIps(token, { componentAppid, authorizerAppid }));
  }

  async renew(subject: TokenSubject): Promise<FreshToken> {
    const { componentAppid, authorizerAppid } = subject;
    const known = await this.authorizers.credentials(componentAppid, authorizerAppid);
    if (!known) throw new RefreshFailure('authorizer-unknown', `${authorizerAppid} has not authorized ${componentAppid}.`);
    if (known.state === 'cancelled')
      throw new RefreshFailure('authorizer-cancelled', `${authorizerAppid} has cancelled its authorization.`, {
        capMs: MINUTE_MS,
      });

    const refreshToken =
      known.refreshToken ?? (await this.recover(subject, known.state, undefined, 'no refresh token is stored'));
    try {
      return this.fresh(subject, refreshToken, await this.ask(subject, refreshToken));
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      if (error.errcode === REFUSED) return this.withRecovered(subject, known.state, refreshToken, error);
      // That is not this authorizer's fault, and says nothing about it.
      if (COMPONENT_WIDE.has(error.errcode ?? 0))
        throw RefreshFailure.of(error, `WeChat gives no access tokens to ${componentAppid} now.`, {
          floorMs: REST_MS,
          capMs: 10 * MINUTE_MS,
        });
      if (NOT_AUTHORIZED.has(error.errcode ?? 0)) throw await this.notAuthorized(subject, error);
      await this.authorizers.setState(componentAppid, authorizerAppid, 'degraded', `refresh failed: ${describe(error)}`);
      throw RefreshFailure.of(error, `WeChat gave no access token for ${authorizerAppid}.`);
    }
  }

  private async ask({ componentAppid, authorizerAppid }: TokenSubject, refreshToken: string): Promise<AuthorizerTokenAnswer> {
    const rest = `authorizer-tokens:${componentAppid}`;
    const resting = await this.pauses.look<WechatFailure>(rest);
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
      if (error instanceof WechatApiError && COMPONENT_WIDE.has(error.errcode ?? 0)) {
        const { kind, api, errcode, errmsg, rid, httpStatus, maybeExecuted } = error;
        await this.pauses.begin(rest, { value: { kind, api, errcode, errmsg, rid, httpStatus, maybeExecuted }, ms: REST_MS });
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

  /** 61023: WeChat's own lists know the right one. */
  private async withRecovered(
    subject: TokenSubject,
    state: AuthorizerState,
    refused: string,
    error: WechatApiError,
  ): Promise<FreshToken> {
    const recovered = await this.recover(subject, state, refused, describe(error), error);
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

  /** @throws RefreshFailure when WeChat has no other refresh token either */
  private async recover(
    { componentAppid, authorizerAppid }: TokenSubject,
    state: AuthorizerState,
    refused: string | undefined,
    because: string,
    wechat?: WechatApiError,
  ): Promise<string> {
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
      throw new RefreshFailure('wechat-refused', `The refresh token of ${authorizerAppid} is not usable now.`, {
        ...pauses,
        floorMs: 5_000,
      });
    }
    if (found.outcome === 'none' && refused !== undefined && state === 'active') {
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

const describe = (error: WechatApiError) => `${error.api} ${error.errcode ?? error.kind}${error.rid ? `, rid ${error.rid}` : ''}`;
