import { ERRCODE } from '../errors/codes.js';
import { WechatApiError } from '../errors/wechat-api.error.js';
import { type Done, TokenCaller } from './caller.js';
import type { CallContext } from './transport.js';

/** One half-screen mini program, or one that may open this one. */
export interface EmbeddedEntry {
  readonly appid: string;
  readonly nickname?: string;
  readonly headimg?: string;
  readonly create_time?: number | string;
  readonly reason?: string;
  /** Its values are in no source that could be read; a text in one, a number in another. */
  readonly status?: number | string;
}

export interface EmbeddedList {
  readonly wxa_embedded_list?: readonly EmbeddedEntry[];
  readonly embedded_flag?: number;
}

/** 0 the administrator decides, 1 all are accepted, 2 all are refused. */
export type EmbeddedFlag = 0 | 1 | 2;

/** What one account has to do with others: half-screen mini programs, the open-platform account, the official account to follow. */
export class RelationsApi extends TokenCaller {
  /** @param body `apply_reason` at most 30 characters */
  addEmbedded(token: string, body: { appid: string; apply_reason?: string }, context?: CallContext): Promise<Done> {
    return this.post('/wxaapi/wxaembedded/add_embedded', token, body, context);
  }

  deleteEmbedded(token: string, appid: string, context?: CallContext): Promise<Done> {
    return this.post('/wxaapi/wxaembedded/del_embedded', token, { appid }, context);
  }

  /** Those that it may open. Sources disagree on the names of a page's members: both are sent. */
  getEmbedded(token: string, start: number, num: number, context?: CallContext): Promise<EmbeddedList> {
    return this.get('/wxaapi/wxaembedded/get_list', token, context, { query: { start, num, offset: start, limit: num } });
  }

  /** Those that may open it, or have asked to. */
  getEmbedders(token: string, start: number, num: number, context?: CallContext): Promise<EmbeddedList> {
    return this.get('/wxaapi/wxaembedded/get_own_list', token, context, { query: { start, num, offset: start, limit: num } });
  }

  /** Takes the permission back. */
  deleteEmbedder(token: string, appid: string, context?: CallContext): Promise<Done> {
    return this.post('/wxaapi/wxaembedded/del_authorize', token, { appid }, context);
  }

  setEmbeddedFlag(token: string, flag: EmbeddedFlag, context?: CallContext): Promise<Done> {
    return this.post('/wxaapi/wxaembedded/set_authorize', token, { flag }, context);
  }

  createOpenAccount(token: string, appid: string, context?: CallContext): Promise<{ open_appid: string }> {
    return this.post('/cgi-bin/open/create', token, { appid }, context, { requires: ['open_appid'] });
  }

  bindOpenAccount(token: string, body: { appid: string; open_appid: string }, context?: CallContext): Promise<Done> {
    return this.post('/cgi-bin/open/bind', token, body, context);
  }

  /** Every user's unionid is another one afterwards. */
  unbindOpenAccount(token: string, body: { appid: string; open_appid: string }, context?: CallContext): Promise<Done> {
    return this.post('/cgi-bin/open/unbind', token, body, context);
  }

  getOpenAccount(token: string, appid: string, context?: CallContext): Promise<{ open_appid: string }> {
    return this.post('/cgi-bin/open/get', token, { appid }, context, { requires: ['open_appid'] });
  }

  /** A GET by its page, a POST by one SDK: where WeChat wants that (43002), it gets it. */
  async hasOpenAccount(token: string, context?: CallContext): Promise<{ have_open: boolean }> {
    try {
      return await this.get<{ have_open: boolean }>('/cgi-bin/open/have', token, context);
    } catch (error) {
      if (!(error instanceof WechatApiError && error.errcode === ERRCODE.POST_EXPECTED)) throw error;
      return this.post('/cgi-bin/open/have', token, {}, context);
    }
  }

  /** Whether it has the entity of its open-platform account. */
  isSameEntity(token: string, context?: CallContext): Promise<{ same_entity: boolean }> {
    return this.get('/cgi-bin/open/sameentity', token, context);
  }

  /** The official account that users are offered to follow. */
  getShownAccount(
    token: string,
    context?: CallContext,
  ): Promise<{ can_open?: number; is_open?: number; appid?: string; nickname?: string; headimg?: string }> {
    return this.get('/wxa/getshowwxaitem', token, context);
  }

  getShowableAccounts(
    token: string,
    page: number,
    num: number,
    context?: CallContext,
  ): Promise<{ total_num?: number; biz_info_list?: readonly { appid: string; nickname?: string; headimg?: string }[] }> {
    return this.get('/wxa/getwxamplinkforshow', token, context, { query: { page, num } });
  }

  /** @param appid absent: none is shown any more */
  setShownAccount(token: string, appid: string | undefined, context?: CallContext): Promise<Done> {
    const body = appid === undefined ? { wxa_subscribe_biz_flag: 0 } : { wxa_subscribe_biz_flag: 1, appid };
    return this.post('/wxa/updateshowwxaitem', token, body, context);
  }
}
