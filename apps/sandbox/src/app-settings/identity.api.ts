import { Injectable } from '@nestjs/common';
import { MediaService } from '../code/media.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK, text } from '../protocol/route.js';
import { isPending } from '../world/app-code.js';
import { completeBasics } from '../world/basics.js';
import { beijingMonth } from '../world/beijing.js';
import { World } from '../world/world.service.js';
import { type AppSettings, AppSettingsStore, type Monthly, NAME_STATUS, useOne } from './app-settings.store.js';

/** A mini program's set, or an official account's (release reference §6.4). */
const BASIC = { token: 'authorizer', sets: [30, 3] } as const;
const SHORTEST_NAME = 4;
const LONGEST_NAME = 30;
const CHANGES_A_MONTH = 5;
const SHORTEST_SIGNATURE = 4;
const LONGEST_SIGNATURE = 120;
const CHINESE_OF_A_SIGNATURE = 4;
const NAMES_A_YEAR = 2;
/** Names with this word are reviewed by a person; introductions with that one are refused. */
const REVIEWED_WORD = '官方';
const FORBIDDEN_WORD = '违禁';

/** Name, signature, search (release reference §6.4). */
@Injectable()
export class IdentityApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly store: AppSettingsStore,
    private readonly media: MediaService,
  ) {
    registry.add(
      ...(['GET', 'POST'] as const).map((method) => ({
        ...BASIC,
        method,
        path: '/cgi-bin/account/getaccountbasicinfo',
        handle: (call: AuthorizerCall) => this.basicInfo(call, method),
      })),
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
        // Escaped texts are invalid ones (§6.4): 53204, not 47002.
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
    );
  }

  /** "GET (older) or POST {} (current page)": a setting says which of them WeChat takes. */
  private basicInfo({ merchant }: AuthorizerCall, method: 'GET' | 'POST'): Json {
    const wanted = this.world.settings.basic_info_method;
    refuse(wanted !== 'any' && wanted !== method, wanted === 'GET' ? 43001 : 43002);
    const { signatures, avatars, namesSet } = this.store.of(merchant);
    return {
      ...OK,
      appid: merchant.appid,
      account_type: merchant.kind === 'miniprogram' ? 3 : 2,
      principal_type: 1,
      principal_name: merchant.principal_name,
      realname_status: 1,
      nickname: merchant.basic_info_set ? merchant.nick_name : '',
      nickname_info: {
        nickname: merchant.nick_name,
        modify_used_count: namesSet.month === this.year ? namesSet.used : 0,
        modify_quota: NAMES_A_YEAR,
      },
      signature_info: { signature: merchant.signature, ...this.usage(signatures) },
      head_image_info: { head_image_url: merchant.head_img, ...this.usage(avatars) },
      wx_verify_info: { qualification_verify: true, naming_verify: true },
      registered_country: 1017,
      // 1 enterprise; 0 not certified.
      customer_type: merchant.verify_type === 0 ? 1 : 0,
    };
  }

  private setNickname(call: AuthorizerCall): Json {
    const name = nameOf(call);
    this.refuseUnlessRegisteredByApi(call);
    // `id_card` for a person, `license` for an organisation (§6.4); material that is missing is 91009.
    const proof = [text(call.body['id_card']), text(call.body['license'])].filter(Boolean);
    refuse(proof.length === 0, 91009);
    for (const id of proof) refuse(!this.media.has(call.merchant.appid, id), 40007);
    refuse(isPending(call.merchant.code?.ticket), 91019);
    const settings = this.of(call);
    const { hit_condition, wording } = conditionOf(name);
    // Two a calendar year; what a third one answers is not published, so it is counted only.
    useOne(settings.namesSet, this.year, Number.POSITIVE_INFINITY);
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
    this.refuseUnlessRegisteredByApi(call);
    const signature = text(call.body['signature']);
    // "4–120 characters, at least four of them Chinese", and "53204 also for \\u-escaped bodies".
    refuse(/\\u[0-9a-f]{4}/i.test(call.raw.toString('utf8')), 53204);
    refuse((signature.match(/\p{Script=Han}/gu) ?? []).length < CHINESE_OF_A_SIGNATURE, 53204);
    refuse(signature.includes(FORBIDDEN_WORD), 53201);
    refuse([...signature].length < SHORTEST_SIGNATURE || [...signature].length > LONGEST_SIGNATURE, 53204);
    refuse(!useOne(this.of(call).signatures, this.month, CHANGES_A_MONTH), 53200);
    call.merchant.signature = signature;
    completeBasics(call.merchant);
    return OK;
  }

  /** The part to use is given as fractions of the picture's sides. */
  private setAvatar(call: AuthorizerCall): Json {
    this.refuseUnlessRegisteredByApi(call);
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

  /** §6.3: "app was not registered by API". Whether it still holds for every merchant is not known: a setting says so. */
  private refuseUnlessRegisteredByApi({ merchant }: AuthorizerCall): void {
    refuse(this.world.settings.api_registered_only && merchant.register_type === undefined, 41033);
  }

  private get year(): string {
    return this.month.slice(0, 4);
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

  private of(call: AuthorizerCall): AppSettings {
    return this.store.of(call.merchant);
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
