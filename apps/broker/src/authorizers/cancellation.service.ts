import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '#service';
import { WechatApi, WechatApiError } from '#wechat';
import { authorizerToken, componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { NOT_AUTHORIZED, withToken } from '../tokens/with-token.js';
import { endsAuthorization } from './authorizer.domain.js';
import { AuthorizerRepository } from './authorizer.repository.js';

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
  async accept(componentAppid: string, authorizerAppid: string, at: Date): Promise<boolean> {
    const known = await this.authorizers.find(componentAppid, authorizerAppid);
    if (!known) return false;
    if (endsAuthorization(at, known.grantedAt) === 'ask' && (await this.stands(componentAppid, authorizerAppid))) {
      this.logger.info(
        { event: 'authorization.cancel-outdated', component_appid: componentAppid, authorizer_appid: authorizerAppid },
        'An old cancellation was ignored: WeChat says the authorization stands',
      );
      return false;
    }
    await this.end(componentAppid, authorizerAppid, at, 'the merchant cancelled it');
    return true;
  }

  /** Reads end at once, on every replica. */
  async end(componentAppid: string, authorizerAppid: string, at: Date, reason: string): Promise<void> {
    const announcements = await this.authorizers.dataSource.transaction(async (manager) => {
      await this.authorizers.cancel(manager, componentAppid, authorizerAppid, at, reason);
      const kinds = ['authorizer', 'jsapi', 'wx_card'] as const;
      const replaced: (() => Promise<void>)[] = [];
      for (const kind of kinds)
        replaced.push(await this.tokens.replace(manager, authorizerToken(componentAppid, authorizerAppid, kind), undefined));
      return replaced;
    });
    for (const announce of announcements) await announce();
    this.logger.info(
      { event: 'authorization.ended', component_appid: componentAppid, authorizer_appid: authorizerAppid, reason },
      'An authorization ended',
    );
  }

  /** @throws WechatApiError when WeChat cannot be asked: the event is tried again later */
  private async stands(componentAppid: string, authorizerAppid: string): Promise<boolean> {
    try {
      await withToken(this.tokens, componentToken(componentAppid), (token) =>
        this.wechat.component.apiGetAuthorizerInfo(token, { component_appid: componentAppid, authorizer_appid: authorizerAppid }),
      );
      return true;
    } catch (error) {
      if (error instanceof WechatApiError && NOT_AUTHORIZED.has(error.errcode ?? 0)) return false;
      throw error;
    }
  }
}
