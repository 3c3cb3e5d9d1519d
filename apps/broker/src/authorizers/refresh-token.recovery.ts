import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger, monotonicMs } from '#service';
import { WechatApi, WechatApiError } from '#wechat';
import { componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';

export interface Recovery {
  readonly refreshToken: string | undefined;
  /**
   * `found` · `none`: WeChat has the authorization, but no (other) refresh token · `not-authorized`: WeChat does not have the
   * authorization · `unknown`: WeChat could not be asked.
   */
  readonly outcome: 'found' | 'none' | 'not-authorized' | 'unknown';
}

const PAGE = 500;
/** 30,000 authorizers: beyond that the nightly sync finds it. */
const MOST_PAGES = 60;
/** The list is read at most once in this time per component, however many authorizers look for their tokens. */
const LIST_MEMORY_MS = 60_000;

/** A lost refresh token is still in WeChat's info and list (authorization.md §6.2). */
@Injectable()
export class RefreshTokenRecovery {
  private readonly lists = new Map<string, { readonly entries: Promise<Map<string, string>>; readonly until: number }>();

  constructor(
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @param refused the one that does not work: finding it again is no recovery */
  async find(componentAppid: string, authorizerAppid: string, refused: string | undefined): Promise<Recovery> {
    const subject = componentToken(componentAppid);
    const account = { component_appid: componentAppid, authorizer_appid: authorizerAppid };
    try {
      const info = await withToken(this.tokens, subject, (token) => this.wechat.component.apiGetAuthorizerInfo(token, account));
      const token = info.authorization_info?.authorizer_refresh_token;
      if (token && token !== refused) return this.found(authorizerAppid, 'info', token);
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      if (error.refusal?.notAuthorized !== undefined) return { refreshToken: undefined, outcome: 'not-authorized' };
      if (error.concerns === 'component') return { refreshToken: undefined, outcome: 'unknown' };
    }
    try {
      const entries = await this.list(componentAppid);
      const listed = entries.get(authorizerAppid);
      // Used once: if it does not work, finding it again would not help.
      entries.delete(authorizerAppid);
      if (listed && listed !== refused) return this.found(authorizerAppid, 'list', listed);
      return { refreshToken: undefined, outcome: 'none' };
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      return { refreshToken: undefined, outcome: 'unknown' };
    }
  }

  /** Refresh tokens by authorizer; a failure to read them is remembered as well. */
  private list(componentAppid: string): Promise<Map<string, string>> {
    const known = this.lists.get(componentAppid);
    if (known && known.until > monotonicMs()) return known.entries;
    const entries = this.readList(componentAppid);
    this.lists.set(componentAppid, { entries, until: monotonicMs() + LIST_MEMORY_MS });
    const forget = setTimeout(() => this.lists.delete(componentAppid), LIST_MEMORY_MS);
    forget.unref();
    return entries;
  }

  private async readList(componentAppid: string): Promise<Map<string, string>> {
    const entries = new Map<string, string>();
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { list, total_count } = await withToken(this.tokens, componentToken(componentAppid), (token) =>
        this.wechat.component.apiGetAuthorizerList(token, { component_appid: componentAppid, offset: page * PAGE, count: PAGE }),
      );
      for (const { authorizer_appid, refresh_token } of list) if (refresh_token) entries.set(authorizer_appid, refresh_token);
      if (list.length === 0 || (page + 1) * PAGE >= total_count) break;
    }
    return entries;
  }

  private found(authorizerAppid: string, source: 'info' | 'list', refreshToken: string): Recovery {
    this.logger.info(
      { event: 'refreshtoken.recovered', authorizer_appid: authorizerAppid, source },
      'Refresh token recovered from WeChat',
    );
    return { refreshToken, outcome: 'found' };
  }
}
