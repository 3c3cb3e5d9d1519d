import { Injectable } from '@nestjs/common';
import { MediaService } from '../code/media.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, isObject, type Json, list, OK, text } from '../protocol/route.js';
import { World } from '../world/world.service.js';
import { AppSettingsStore } from './app-settings.store.js';

const CODE = { token: 'authorizer', sets: [18] } as const;
const CONTACTS = ['contact_email', 'contact_phone', 'contact_qq', 'contact_weixin'] as const;
const LONGEST_CONTENT = 300;
const GRANTED = 5;
const ASKED = 3;
const TO_ASK = 1;
const LOCATION_APIS = [
  'wx.getLocation',
  'wx.chooseLocation',
  'wx.choosePoi',
  'wx.chooseAddress',
  'wx.getFuzzyLocation',
  'wx.onLocationChange',
  'wx.startLocationUpdate',
  'wx.startLocationUpdateBackground',
];

/** Privacy guide and restricted APIs (release reference §6.5, §6.6). Paths say "component", the token is the app's. */
@Injectable()
export class PrivacyApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly store: AppSettingsStore,
    private readonly media: MediaService,
  ) {
    const base = '/cgi-bin/component';
    registry.add(
      { ...CODE, method: 'POST', path: `${base}/getprivacysetting`, handle: (call: AuthorizerCall) => this.read(call) },
      {
        ...CODE,
        method: 'POST',
        path: `${base}/setprivacysetting`,
        rawText: true,
        handle: (call: AuthorizerCall) => this.write(call),
      },
      {
        ...CODE,
        method: 'POST',
        path: `${base}/uploadprivacyextfile`,
        body: 'file',
        handle: (call: AuthorizerCall) => this.upload(call),
      },
      {
        ...CODE,
        method: 'POST',
        path: '/wxa/security/apply_privacy_interface',
        handle: (call: AuthorizerCall) => this.apply(call),
      },
      {
        ...CODE,
        method: 'GET',
        path: '/wxa/security/get_privacy_interface',
        handle: (call: AuthorizerCall) => this.interfaces(call),
      },
    );
  }

  private read(call: AuthorizerCall): Json {
    const version = privacyVersion(call.body['privacy_ver']);
    const trial = call.merchant.code?.trial;
    const guide = this.store.of(call.merchant).privacy[version];
    return {
      ...OK,
      code_exist: trial ? 1 : 0,
      privacy_list: trial && (trial.without_auth_list.length > 0 || trial.without_conf_list.length > 0) ? ['Location'] : [],
      setting_list: list(guide?.['setting_list']),
      owner_setting: guide?.['owner_setting'] ?? {},
      privacy_desc: { privacy_desc_list: [{ privacy_key: 'Location', privacy_desc: '位置信息' }] },
      update_time: Number(guide?.['update_time'] ?? 0),
    };
  }

  private write(call: AuthorizerCall): Json {
    const version = privacyVersion(call.body['privacy_ver']);
    const { privacy } = this.store.of(call.merchant);
    const owner = call.body['owner_setting'];
    refuse(typeof owner === 'string', 47001);
    refuse(version === 1 && !privacy[1] && !call.merchant.code?.online, 86074);
    refuse(version === 1 && call.body['setting_list'] !== undefined, 40097);
    const given = isObject(owner) ? owner : {};
    refuse(!CONTACTS.some((contact) => text(given[contact])), 86069);
    refuse(!text(given['notice_method']), 86070);
    const kept = given['store_expire_timestamp'];
    refuse(kept !== undefined && !/^\d+天$/.test(text(kept)), 86072);
    const file = given['ext_file_media_id'];
    refuse(file !== undefined && file !== '' && !this.media.has(call.merchant.appid, text(file)), 86073);
    const online = privacy[1]?.['owner_setting'];
    refuse(version === 1 && file !== undefined && (!isObject(online) || online['ext_file_media_id'] !== file), 86075);
    refuse(version === 2 && !Array.isArray(call.body['setting_list']), 40097);
    privacy[version] = { ...call.body, update_time: this.world.nowS };
    if (version === 2) call.merchant.privacy_guide = true;
    return OK;
  }

  private upload(call: AuthorizerCall): Json {
    return { ...OK, ext_file_media_id: this.media.storeDocument(call) };
  }

  private apply(call: AuthorizerCall): Json {
    const name = text(call.body['api_name']);
    const content = text(call.body['content']);
    refuse(!LOCATION_APIS.includes(name) || !content || [...content].length > LONGEST_CONTENT, 40097);
    const { privacyApis } = this.store.of(call.merchant);
    refuse(privacyApis.get(name)?.status === ASKED, 61031);
    const audit = 42_000_000 + privacyApis.size;
    privacyApis.set(name, { audit_id: audit, status: ASKED });
    return { ...OK, audit_id: audit };
  }

  private interfaces(call: AuthorizerCall): Json {
    const { privacyApis } = this.store.of(call.merchant);
    const rights = call.merchant.privacy_api_rights;
    return {
      ...OK,
      interface_list: LOCATION_APIS.map((name) => ({
        api_name: name,
        api_ch_name: name,
        status: rights.includes(name) ? GRANTED : (privacyApis.get(name)?.status ?? TO_ASK),
        ...(privacyApis.has(name) && { audit_id: privacyApis.get(name)!.audit_id }),
      })),
    };
  }
}

function privacyVersion(value: unknown): 1 | 2 {
  const version = value ?? 2;
  refuse(version !== 1 && version !== 2, 86071);
  return version as 1 | 2;
}
