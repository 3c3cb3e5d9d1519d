import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK, text } from '../protocol/route.js';
import { newAppid } from '../world/random.js';
import { World } from '../world/world.service.js';
import { type AppSettings, AppSettingsStore } from './app-settings.store.js';

/** One that was made by API is uncertified, and takes so many accounts. */
const MOST_BOUND = 5;

/** Open-platform account, and the official account that is offered to be followed (fleet reference §6, release reference §6.4). */
@Injectable()
export class OpenAccountApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly store: AppSettingsStore,
  ) {
    const rules = { token: 'authorizer', sets: [24, 25], method: 'POST' } as const;
    registry.add(
      { ...rules, path: '/cgi-bin/open/create', handle: (call: AuthorizerCall) => this.create(call) },
      { ...rules, path: '/cgi-bin/open/bind', handle: (call: AuthorizerCall) => this.bind(call) },
      { ...rules, path: '/cgi-bin/open/unbind', handle: (call: AuthorizerCall) => this.unbind(call) },
      { ...rules, path: '/cgi-bin/open/get', handle: (call: AuthorizerCall) => this.read(call) },
      {
        // The page says GET, SDKs also send POST.
        method: 'ANY',
        path: '/cgi-bin/open/have',
        token: 'authorizer',
        sets: [30, 24, 25],
        handle: (call: AuthorizerCall) => ({ ...OK, have_open: this.store.of(call.merchant).openAppid !== undefined }),
      },
      {
        method: 'GET',
        path: '/cgi-bin/open/sameentity',
        token: 'authorizer',
        handle: (call: AuthorizerCall) => ({ ...OK, same_entity: this.isSameEntity(call) }),
      },
      { method: 'GET', path: '/wxa/getshowwxaitem', token: 'authorizer', handle: (call: AuthorizerCall) => this.followed(call) },
      {
        method: 'GET',
        path: '/wxa/getwxamplinkforshow',
        token: 'authorizer',
        handle: (call: AuthorizerCall) => this.followable(call),
      },
      {
        method: 'POST',
        path: '/wxa/updateshowwxaitem',
        token: 'authorizer',
        handle: (call: AuthorizerCall) => this.follow(call),
      },
    );
  }

  private create(call: AuthorizerCall): Json {
    const settings = this.ofNamed(call);
    refuse(settings.openAppid, 89000);
    settings.openAppid = newAppid();
    this.store.openAccounts.set(settings.openAppid, {
      principal: call.merchant.principal_name,
      component: call.component.appid,
    });
    return { ...OK, open_appid: settings.openAppid };
  }

  private bind(call: AuthorizerCall): Json {
    const settings = this.ofNamed(call);
    refuse(settings.openAppid, 89000);
    const open = text(call.body['open_appid']);
    refuse(!open, 40013);
    const account = this.store.openAccounts.get(open);
    // "Only the platform that made it can change it."
    if (!account || account.component !== call.component.appid) throw new ApiError(89003);
    refuse(account.principal !== call.merchant.principal_name, 89001);
    refuse(this.store.boundTo(open) >= MOST_BOUND, 89004);
    settings.openAppid = open;
    return OK;
  }

  private unbind(call: AuthorizerCall): Json {
    const settings = this.ofNamed(call);
    refuse(!settings.openAppid || settings.openAppid !== call.body['open_appid'], 89002);
    settings.openAppid = undefined;
    return OK;
  }

  private read(call: AuthorizerCall): Json {
    const { openAppid } = this.ofNamed(call);
    if (!openAppid) throw new ApiError(89002);
    return { ...OK, open_appid: openAppid };
  }

  private isSameEntity({ merchant, component }: AuthorizerCall): boolean {
    const { openAppid } = this.store.of(merchant);
    const made = openAppid === undefined ? undefined : this.store.openAccounts.get(openAppid);
    return made === undefined || (made.principal === merchant.principal_name && made.component === component.appid);
  }

  private followed({ merchant }: AuthorizerCall): Json {
    const { followed } = this.store.of(merchant);
    const account = followed === undefined ? undefined : this.world.merchants.get(followed);
    return {
      ...OK,
      can_open: 1,
      is_open: account ? 1 : 0,
      ...(account && { appid: account.appid, nickname: account.nick_name, headimg: account.head_img }),
    };
  }

  private followable({ merchant }: AuthorizerCall): Json {
    const accounts = [...this.world.merchants.values()].filter(
      ({ kind, principal_name }) => kind === 'mp' && principal_name === merchant.principal_name,
    );
    const list = accounts.map(({ appid, nick_name, head_img }) => ({ appid, nickname: nick_name, headimg: head_img }));
    return { ...OK, total_num: list.length, biz_info_list: list };
  }

  private follow({ merchant, body }: AuthorizerCall): Json {
    const flag = body['wxa_subscribe_biz_flag'];
    refuse(flag !== 0 && flag !== 1, 40097);
    const appid = text(body['appid']);
    const account = this.world.merchants.get(appid);
    refuse(flag === 1 && account?.kind !== 'mp', 85005);
    this.store.of(merchant).followed = flag === 1 ? appid : undefined;
    return OK;
  }

  /** `appid`, if sent, must be the token's own. */
  private ofNamed(call: AuthorizerCall): AppSettings {
    const named = call.body['appid'];
    refuse(named !== undefined && named !== call.merchant.appid, 40013);
    return this.store.of(call.merchant);
  }
}
