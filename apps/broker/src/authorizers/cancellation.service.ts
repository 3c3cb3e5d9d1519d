import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type AuthorizerEntity, inTransaction } from '#persistence';
import { LOGGER, type Logger } from '#service';
import { WechatApi, WechatApiError } from '#wechat';
import { authorizerToken, componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { endsAuthorization } from './authorizer.domain.js';
import { AuthorizerRepository } from './authorizer.repository.js';

const MOST_TRIES = 5;

export interface CancellationOptions {
  /** Its time cannot be believed: WeChat is asked in any case. */
  readonly doubtful?: boolean;
  /** Written in the transaction that ends the authorization, last. */
  readonly alongside?: (manager: EntityManager) => Promise<void>;
}

/** Rolls the transaction back. */
class RenewedMeanwhile extends Error {}

/** The end of an authorization. */
@Injectable()
export class CancellationService {
  constructor(
    private readonly authorizers: AuthorizerRepository,
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * An `unauthorized` event. Ends the authorization, unless the event is older than the newest grant and WeChat says that the
   * authorization stands.
   * @returns whether it ended
   */
  async accept(componentAppid: string, authorizerAppid: string, at: Date, options: CancellationOptions = {}): Promise<boolean> {
    // A grant may come between looking and ending: then it is looked at again.
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const known = await this.authorizers.find(componentAppid, authorizerAppid);
      if (!known) return false;
      const ask = options.doubtful || endsAuthorization(at, known.grantedAt) === 'ask';
      if (ask && (await this.stands(componentAppid, authorizerAppid))) {
        this.logger.info(
          { event: 'authorization.cancel-outdated', component_appid: componentAppid, authorizer_appid: authorizerAppid },
          'An old cancellation was ignored: WeChat says the authorization stands',
        );
        return false;
      }
      if (await this.end(known, at, 'the merchant cancelled it', options.alongside)) return true;
    }
    throw new Error('the authorization was renewed again and again while it was to be ended');
  }

  /**
   * Reads end at once, on every replica.
   * @returns false: the authorization was renewed after `known` was read, and nothing was changed
   */
  private async end(
    known: AuthorizerEntity,
    at: Date,
    reason: string,
    alongside?: CancellationOptions['alongside'],
  ): Promise<boolean> {
    const { componentAppid, authorizerAppid } = known;
    const subjects = (['authorizer', 'jsapi', 'wx_card'] as const).map((kind) =>
      authorizerToken(componentAppid, authorizerAppid, kind),
    );
    const announcements = await inTransaction(
      this.authorizers.dataSource,
      async (manager) => {
        const replaced: (() => Promise<void>)[] = [];
        for (const subject of subjects) replaced.push(await this.tokens.replace(manager, subject, undefined));
        if (!(await this.authorizers.cancel(manager, known, at, reason))) throw new RenewedMeanwhile();
        await alongside?.(manager);
        return replaced;
      },
      { idempotent: true },
    ).catch((error: unknown) => {
      if (error instanceof RenewedMeanwhile) return undefined;
      throw error;
    });
    if (!announcements) return false;
    for (const announce of announcements) await announce();
    this.logger.info(
      { event: 'authorization.ended', component_appid: componentAppid, authorizer_appid: authorizerAppid, reason },
      'An authorization ended',
    );
    return true;
  }

  /** @throws WechatApiError when WeChat cannot be asked: the event is tried again later */
  private async stands(componentAppid: string, authorizerAppid: string): Promise<boolean> {
    try {
      await withToken(this.tokens, componentToken(componentAppid), (token) =>
        this.wechat.component.apiGetAuthorizerInfo(token, { component_appid: componentAppid, authorizer_appid: authorizerAppid }),
      );
      return true;
    } catch (error) {
      if (error instanceof WechatApiError && error.refusal?.notAuthorized !== undefined) return false;
      throw error;
    }
  }
}
