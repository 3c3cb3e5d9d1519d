import { Injectable } from '@nestjs/common';
import { MediaService } from '../code/media.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK, text } from '../protocol/route.js';
import { isPending } from '../world/app-code.js';
import { completeBasics } from '../world/basics.js';
import { beijingMonth } from '../world/beijing.js';
import { newAppid } from '../world/random.js';
import { World } from '../world/world.service.js';
import { type AppSettings, AppSettingsStore, type Monthly, NAME_STATUS, useOne } from './app-settings.store.js';

const BASIC = { token: 'authorizer', sets: [30] } as const;
const SHORTEST_NAME = 4;
const LONGEST_NAME = 30;
const CHANGES_A_MONTH = 5;
const SHORTEST_SIGNATURE = 4;
const LONGEST_SIGNATURE = 120;
/** Names with this word are reviewed by a person; introductions with that one are refused. */
const REVIEWED_WORD = '官方';
const FORBIDDEN_WORD = '违禁';

/** Name, signature, search, open-platform account (release reference §6.4, authorization reference §5.13). */
@Injectable()
export class IdentityApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly store: AppSettingsStore,
    private readonly media: MediaService,
  ) {
    const openAccount = { token: 'authorizer', sets: [24, 25], method: 'POST' } as const;
    registry.add(
      {
        ...BASIC,
        method: 'GET',
        path: '/cgi-bin/account/getaccountbasicinfo',
        handle: (call: AuthorizerCall) => this.basicInfo(call),
      },
      {
        ...BASIC,
        method: 'POST',
        path: '/wxa/setnickname',
        write: true,
        handle: (call: AuthorizerCall) => this.setNickname(call),
      },
      {
        ...BASIC,
        method: 'POST',
        path: '/wxa/api_wxa_querynickname',
        handle: (call: AuthorizerCall) => this.queryNickname(call),
      },
      {
        token: 'authorizer',
        sets: [31],
        method: 'POST',
        path: '/cgi-bin/wxverify/checkwxverifynickname',
        handle: (call: AuthorizerCall) => ({ ...OK, ...conditionOf(nameOf(call)) }),
      },
      {
        ...BASIC,
        method: 'POST',
        path: '/cgi-bin/account/modifysignature',
        handle: (call: AuthorizerCall) => this.setSignature(call),
      },
      {
        ...BASIC,
        method: 'POST',
        path: '/cgi-bin/account/modifyheadimage',
        handle: (call: AuthorizerCall) => this.setAvatar(call),
      },
      {
        ...BASIC,
        method: 'GET',
        path: '/wxa/getwxasearchstatus',
        handle: (call: AuthorizerCall) => ({ ...OK, status: this.of(call).searchable ? 0 : 1 }),
      },
      {
        ...BASIC,
        method: 'POST',
        path: '/wxa/changewxasearchstatus',
        handle: (call: AuthorizerCall) => this.setSearchable(call),
      },
      { ...openAccount, path: '/cgi-bin/open/create', handle: (call: AuthorizerCall) => this.createOpen(call) },
      { ...openAccount, path: '/cgi-bin/open/bind', handle: (call: AuthorizerCall) => this.bindOpen(call) },
      { ...openAccount, path: '/cgi-bin/open/unbind', handle: (call: AuthorizerCall) => this.unbindOpen(call) },
      { ...openAccount, path: '/cgi-bin/open/get', handle: (call: AuthorizerCall) => this.readOpen(call) },
      {
        // The page says GET, SDKs also send POST.
        method: 'ANY',
        path: '/cgi-bin/open/have',
        token: 'authorizer',
        sets: [30, 24, 25],
        handle: (call: AuthorizerCall) => ({ ...OK, have_open: this.of(call).openAppid !== undefined }),
      },
    );
  }

  private basicInfo({ merchant }: AuthorizerCall): Json {
    const { signatures, avatars } = this.store.of(merchant);
    return {
      ...OK,
      appid: merchant.appid,
      account_type: merchant.kind === 'miniprogram' ? 4 : 2,
      principal_type: 1,
      principal_name: merchant.principal_name,
      realname_status: 1,
      nickname: merchant.basic_info_set ? merchant.nick_name : '',
      nickname_info: { nickname: merchant.nick_name, modify_used_count: 0, modify_quota: 2 },
      signature_info: { signature: merchant.signature, ...this.usage(signatures) },
      head_image_info: { head_image_url: merchant.head_img, ...this.usage(avatars) },
      wx_verify_info: { qualification_verify: true, naming_verify: true },
      registered_country: 1017,
    };
  }

  private setNickname(call: AuthorizerCall): Json {
    const name = nameOf(call);
    refuse(isPending(call.merchant.code?.ticket), 91019);
    const settings = this.of(call);
    const { hit_condition, wording } = conditionOf(name);
    if (!hit_condition) {
      call.merchant.nick_name = name;
      completeBasics(call.merchant);
      return { ...OK, wording };
    }
    const audit = settings.nextNameAudit++;
    settings.names.set(audit, {
      nickname: name,
      at: this.world.nowS,
      status: NAME_STATUS.inAudit,
      reason: '',
      auditedAt: 0,
    });
    return { ...OK, wording, audit_id: audit };
  }

  private queryNickname(call: AuthorizerCall): Json {
    const audit = this.of(call).names.get(Number(call.body['audit_id']));
    if (!audit) throw new ApiError(91011);
    return {
      ...OK,
      nickname: audit.nickname,
      audit_stat: audit.status,
      fail_reason: audit.reason,
      create_time: audit.at,
      audit_time: audit.auditedAt,
    };
  }

  private setSignature(call: AuthorizerCall): Json {
    const signature = text(call.body['signature']);
    refuse(signature.includes(FORBIDDEN_WORD), 53201);
    refuse([...signature].length < SHORTEST_SIGNATURE || [...signature].length > LONGEST_SIGNATURE, 53204);
    refuse(!useOne(this.of(call).signatures, this.month, CHANGES_A_MONTH), 53200);
    call.merchant.signature = signature;
    completeBasics(call.merchant);
    return OK;
  }

  /** The part to use is given as fractions of the picture's sides. */
  private setAvatar(call: AuthorizerCall): Json {
    const id = text(call.body['head_img_media_id']);
    refuse(!this.media.has(call.merchant.appid, id), 40007);
    const [x1, y1, x2, y2] = ['x1', 'y1', 'x2', 'y2'].map((name) => Number(call.body[name])) as [number, number, number, number];
    const inside = [x1, y1, x2, y2].every((value) => value >= 0 && value <= 1);
    refuse(!inside || x1 >= x2 || y1 >= y2, 40097);
    refuse(!useOne(this.of(call).avatars, this.month, CHANGES_A_MONTH), 53202);
    call.merchant.head_img = `https://wx.qlogo.cn/mmopen/${call.merchant.appid}/${id.slice(0, 16)}`;
    completeBasics(call.merchant);
    return OK;
  }

  private get month(): string {
    return beijingMonth(this.world.now);
  }

  private usage({ month, used }: Monthly) {
    return { modify_used_count: month === this.month ? used : 0, modify_quota: CHANGES_A_MONTH };
  }

  private setSearchable(call: AuthorizerCall): Json {
    const { status } = call.body;
    refuse(status !== 0 && status !== 1, 85084);
    this.of(call).searchable = status === 0;
    return OK;
  }

  private createOpen(call: AuthorizerCall): Json {
    const settings = this.ofNamed(call);
    refuse(settings.openAppid, 89000);
    settings.openAppid = newAppid();
    return { ...OK, open_appid: settings.openAppid };
  }

  private bindOpen(call: AuthorizerCall): Json {
    const settings = this.ofNamed(call);
    refuse(settings.openAppid, 89000);
    const open = text(call.body['open_appid']);
    refuse(!open, 40013);
    settings.openAppid = open;
    return OK;
  }

  private unbindOpen(call: AuthorizerCall): Json {
    const settings = this.ofNamed(call);
    refuse(!settings.openAppid || settings.openAppid !== call.body['open_appid'], 89002);
    settings.openAppid = undefined;
    return OK;
  }

  private readOpen(call: AuthorizerCall): Json {
    const { openAppid } = this.ofNamed(call);
    if (!openAppid) throw new ApiError(89002);
    return { ...OK, open_appid: openAppid };
  }

  private of(call: AuthorizerCall): AppSettings {
    return this.store.of(call.merchant);
  }

  /** `appid`, if sent, must be the token's own. */
  private ofNamed(call: AuthorizerCall) {
    const named = call.body['appid'];
    refuse(named !== undefined && named !== call.merchant.appid, 40013);
    return this.of(call);
  }
}

/** @throws ApiError 53010 */
function nameOf(call: AuthorizerCall): string {
  const name = text(call.body['nick_name']);
  refuse([...name].length < SHORTEST_NAME || [...name].length > LONGEST_NAME || name.includes('小程序'), 53010);
  return name;
}

function conditionOf(name: string): { hit_condition: boolean; wording: string } {
  const hit = name.includes(REVIEWED_WORD);
  return { hit_condition: hit, wording: hit ? `名称命中关键字“${REVIEWED_WORD}”，需提交证明材料审核` : '' };
}
