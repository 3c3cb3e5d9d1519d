import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type ApiCall, type AuthorizerCall, type ComponentCall, isObject, type Json, OK, text } from '../protocol/route.js';
import type { Authorization } from '../world/model.js';
import { urlSafe } from '../world/random.js';
import { World } from '../world/world.service.js';
import { UsersService } from './users.service.js';

const TICKET_LIFE_MS = 7_200_000;
const MESSAGE_SETS = [1, 19] as const;
const FOLLOWER_SETS = [2] as const;
const PHONE_SETS = [18] as const;
const OPENID = /^o[\w-]{4,}$/;

/** Login, OAuth, JS-SDK ticket and customer messages on behalf (authorization reference §5.9–§5.11). */
@Injectable()
export class UsersApi {
  private readonly jsTickets = new WeakMap<Authorization, Map<string, { value: string; expiresAt: number }>>();

  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly users: UsersService,
  ) {
    const sns = { method: 'GET', token: 'component', sns: true, wrongKind: 48001 } as const;
    registry.add(
      { ...sns, path: '/sns/component/jscode2session', wrongKind: 40094, handle: (call: ComponentCall) => this.login(call) },
      { ...sns, path: '/sns/oauth2/component/access_token', handle: (call: ComponentCall) => this.oauth(call) },
      { ...sns, path: '/sns/oauth2/component/refresh_token', handle: (call: ComponentCall) => this.oauthRefresh(call) },
      { method: 'GET', path: '/sns/userinfo', token: 'none', sns: true, handle: (call) => this.profile(call) },
      {
        method: 'GET',
        path: '/cgi-bin/user/info',
        token: 'authorizer',
        sets: FOLLOWER_SETS,
        handle: (call) => this.follower(call),
      },
      {
        method: 'POST',
        path: '/wxa/business/getuserphonenumber',
        token: 'authorizer',
        sets: PHONE_SETS,
        handle: (call) => this.phoneNumber(call),
      },
      { method: 'GET', path: '/cgi-bin/ticket/getticket', token: 'authorizer', handle: (call) => this.jsTicket(call) },
      {
        method: 'POST',
        path: '/cgi-bin/message/custom/send',
        token: 'authorizer',
        sets: MESSAGE_SETS,
        rawText: true,
        handle: (call) => this.customMessage(call),
      },
    );
  }

  private login(call: ComponentCall): Json {
    const appid = this.authorizedAppid(call);
    return this.users.session(this.users.takeCode(call.query['js_code'] ?? '', appid, 'login'));
  }

  private oauth(call: ComponentCall): Json {
    const appid = this.authorizedAppid(call);
    return this.users.grant(this.users.takeCode(call.query['code'] ?? '', appid, 'oauth'));
  }

  private oauthRefresh(call: ComponentCall): Json {
    const appid = this.authorizedAppid(call);
    return this.users.refresh(call.query['refresh_token'] ?? '', appid);
  }

  private profile(call: ApiCall): Json {
    return this.users.profile(call.query['access_token'] ?? '', call.query['openid'] ?? '');
  }

  /** Names and pictures of followers are not told any more since 2021. */
  private follower(call: AuthorizerCall): Json {
    const openid = call.query['openid'] ?? '';
    refuse(!OPENID.test(openid), 40003);
    return {
      subscribe: 1,
      openid,
      nickname: '',
      sex: 0,
      language: call.query['lang'] ?? 'zh_CN',
      city: '',
      province: '',
      country: '',
      headimgurl: '',
      subscribe_time: this.world.nowS,
      remark: '',
      groupid: 0,
      tagid_list: [],
      subscribe_scene: 'ADD_SCENE_SEARCH',
      qr_scene: 0,
      qr_scene_str: '',
    };
  }

  private phoneNumber(call: AuthorizerCall): Json {
    this.users.takeCode(text(call.body['code']), call.merchant.appid, 'phone');
    const number = '13800138000';
    return {
      ...OK,
      phone_info: {
        phoneNumber: number,
        purePhoneNumber: number,
        countryCode: '86',
        watermark: { timestamp: this.world.nowS, appid: call.merchant.appid },
      },
    };
  }

  /** Cached by WeChat, too: the same ticket is answered until it ends. */
  private jsTicket(call: AuthorizerCall): Json {
    const type = call.query['type'] ?? '';
    refuse(type !== 'jsapi' && type !== 'wx_card', 40097);
    const tickets = this.jsTickets.get(call.authorization) ?? new Map<string, { value: string; expiresAt: number }>();
    this.jsTickets.set(call.authorization, tickets);
    let ticket = tickets.get(type);
    if (!ticket || ticket.expiresAt <= this.world.now) {
      ticket = { value: `HoagFKDcsGMVCIY2vOjf9${urlSafe(65)}`, expiresAt: this.world.now + TICKET_LIFE_MS };
      tickets.set(type, ticket);
    }
    return { ...OK, ticket: ticket.value, expires_in: Math.round((ticket.expiresAt - this.world.now) / 1000) };
  }

  private customMessage(call: AuthorizerCall): Json {
    const { body } = call;
    const touser = text(body['touser']);
    const msgtype = text(body['msgtype']);
    refuse(!touser || !msgtype || !isObject(body[msgtype]), 40097);
    const content = text((body[msgtype] as Json)['content']) || null;
    this.users.deliver({
      at_ms: this.world.now,
      appid: call.merchant.appid,
      component_appid: call.component.appid,
      touser,
      msgtype,
      content,
      body,
    });
    return OK;
  }

  private authorizedAppid(call: ComponentCall): string {
    const { appid = '', component_appid: componentAppid } = call.query;
    refuse(!appid, 41002);
    refuse(componentAppid !== call.component.appid, 40094);
    if (!call.component.authorizations.has(appid)) throw new ApiError(61003);
    return appid;
  }
}
