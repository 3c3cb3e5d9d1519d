import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK, text } from '../protocol/route.js';
import { beijingDay } from '../world/beijing.js';
import type { Merchant } from '../world/model.js';
import { World } from '../world/world.service.js';
import { type AppSettings, AppSettingsStore, useOne } from './app-settings.store.js';

const BASE = '/wxaapi/wxaembedded';
const POST = { token: 'authorizer', method: 'POST' } as const;
const GET = { token: 'authorizer', method: 'GET' } as const;
const LONGEST_REASON = 30;
const REQUESTS_A_DAY = 50;
/** How an app answers those who ask: its administrator decides, all are accepted, all are refused. */
const ASKED = 0;
const ACCEPTS = 1;
const REFUSES = 2;

/** Half-screen mini programs (fleet reference §5). What `status` says is in no source: here 0 asked, 1 agreed. */
@Injectable()
export class HalfScreenApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly store: AppSettingsStore,
  ) {
    registry.add(
      { ...POST, path: `${BASE}/add_embedded`, handle: (call: AuthorizerCall) => this.ask(call) },
      { ...POST, path: `${BASE}/del_embedded`, handle: (call: AuthorizerCall) => this.remove(call) },
      { ...GET, path: `${BASE}/get_list`, handle: (call: AuthorizerCall) => this.list(call, this.of(call).embedded) },
      { ...GET, path: `${BASE}/get_own_list`, handle: (call: AuthorizerCall) => this.list(call, this.openersOf(call)) },
      { ...POST, path: `${BASE}/del_authorize`, handle: (call: AuthorizerCall) => this.takeBack(call) },
      { ...POST, path: `${BASE}/set_authorize`, handle: (call: AuthorizerCall) => this.setFlag(call) },
    );
  }

  private ask(call: AuthorizerCall): Json {
    const appid = text(call.body['appid']);
    refuse(!appid, 89411);
    refuse([...text(call.body['apply_reason'])].length > LONGEST_REASON, 89412);
    refuse(appid === call.merchant.appid, 89427);
    const asked = this.world.merchants.get(appid);
    if (!asked) throw new ApiError(89410);
    refuse(asked.kind !== 'miniprogram', 89432);
    const { embedded, halfScreenAsked } = this.of(call);
    refuse(embedded.has(appid), 89428);
    const { flag } = this.store.of(asked).halfScreen;
    refuse(flag === REFUSES, 89430);
    refuse(!useOne(halfScreenAsked, beijingDay(this.world.now), REQUESTS_A_DAY), 89414);
    const reason = text(call.body['apply_reason']);
    embedded.set(appid, { at: this.world.nowS, reason, status: flag === ACCEPTS ? 1 : 0 });
    return OK;
  }

  private remove(call: AuthorizerCall): Json {
    const appid = text(call.body['appid']);
    refuse(!appid, 89415);
    refuse(!this.of(call).embedded.delete(appid), 89421);
    return OK;
  }

  private takeBack(call: AuthorizerCall): Json {
    const appid = text(call.body['appid']);
    refuse(!appid, 89416);
    const opener = this.world.merchants.get(appid);
    refuse(!opener || !this.store.of(opener).embedded.delete(call.merchant.appid), 89421);
    return OK;
  }

  private setFlag(call: AuthorizerCall): Json {
    const { flag } = call.body;
    if (flag !== ASKED && flag !== ACCEPTS && flag !== REFUSES) throw new ApiError(89417);
    this.of(call).halfScreen.flag = flag;
    return OK;
  }

  /** SDKs page by start and num, or by offset and limit. */
  private list(call: AuthorizerCall, entries: AppSettings['embedded']): Json {
    const { start, num, offset, limit } = call.query;
    const from = Number(start ?? offset ?? 0);
    const count = Number(num ?? limit ?? 10);
    refuse(!Number.isInteger(from) || from < 0 || !Number.isInteger(count) || count < 1 || count > 1_000, 89409);
    const all = [...entries].map(([appid, { at, reason, status }]) => {
      const merchant = this.world.merchants.get(appid);
      return { appid, nickname: merchant?.nick_name, headimg: merchant?.head_img, create_time: at, reason, status };
    });
    return { ...OK, wxa_embedded_list: all.slice(from, from + count), embedded_flag: this.of(call).halfScreen.flag };
  }

  /** Who may open this app, or has asked to. */
  private openersOf({ merchant }: AuthorizerCall): AppSettings['embedded'] {
    const openers = new Map<string, AppSettings['embedded'] extends Map<string, infer Entry> ? Entry : never>();
    for (const other of this.world.merchants.values()) {
      const entry = this.entryOf(other, merchant);
      if (entry) openers.set(other.appid, entry);
    }
    return openers;
  }

  private entryOf(opener: Merchant, { appid }: Merchant) {
    return this.store.of(opener).embedded.get(appid);
  }

  private of(call: AuthorizerCall): AppSettings {
    return this.store.of(call.merchant);
  }
}
