/** Shapes of mini-program-release.md §6. */

export type DomainAction = 'add' | 'delete' | 'set' | 'get';

export interface PlatformDomainBody {
  readonly action: DomainAction;
  /** Default false: only the platform's test version is changed. */
  readonly is_modify_published_together?: boolean;
}

/** Lists such as `published_wxa_server_domain`, `testing_…`, `invalid_…`; entries joined by `;`. */
export type PlatformDomainAnswer = Readonly<Record<string, string>>;

/** Entries with their scheme: `https://`, `wss://`, `udp://`, `tcp://`. */
export interface DomainBody {
  readonly action: DomainAction;
  readonly requestdomain?: readonly string[];
  readonly wsrequestdomain?: readonly string[];
  readonly uploaddomain?: readonly string[];
  readonly downloaddomain?: readonly string[];
  readonly udpdomain?: readonly string[];
  readonly tcpdomain?: readonly string[];
}

export interface DomainAnswer extends Omit<DomainBody, 'action'> {
  readonly invalid_requestdomain?: readonly string[];
  readonly invalid_wsrequestdomain?: readonly string[];
  readonly invalid_uploaddomain?: readonly string[];
  readonly invalid_downloaddomain?: readonly string[];
  readonly invalid_udpdomain?: readonly string[];
  readonly invalid_tcpdomain?: readonly string[];
}

export interface WebviewDomainBody {
  /** Without: all of the platform's domains are added. */
  readonly action?: DomainAction;
  readonly webviewdomain?: readonly string[];
}

/** `mp_…`, `third_…`, `direct_…` and `effective_…` lists. */
export type EffectiveDomains = Readonly<Record<string, unknown>>;

export interface AppCategory {
  readonly first: number;
  readonly first_name: string;
  readonly second: number;
  readonly second_name: string;
  /** 1 in audit, 2 rejected, 3 approved. */
  readonly audit_status: number;
  readonly audit_reason?: string;
}

export interface CategoryNode {
  /** 0: the root. */
  readonly id: number;
  readonly name: string;
  readonly level: number;
  readonly father: number;
  readonly children: readonly number[];
  /** 1: needs certificates. */
  readonly sensitive_type?: number;
  readonly qualify?: {
    readonly exter_list?: readonly { readonly inner_list?: readonly { readonly name: string; readonly url?: string }[] }[];
    readonly remark?: string;
  };
}

export interface AccountBasicInfo {
  readonly appid: string;
  /** 1 subscription account, 2 service account, 3 mini program. */
  readonly account_type?: number;
  /** 0 person, 1 enterprise, 2 media, 3 government, 4 other. */
  readonly principal_type?: number;
  readonly principal_name?: string;
  readonly credential?: string;
  /** 1 done, 2 under way, 3 failed. */
  readonly realname_status?: number;
  readonly nickname?: string;
  readonly nickname_info?: {
    readonly nickname?: string;
    readonly modify_used_count?: number;
    readonly modify_quota?: number;
  };
  readonly signature_info?: {
    readonly signature?: string;
    readonly modify_used_count?: number;
    readonly modify_quota?: number;
  };
  readonly head_image_info?: {
    readonly head_image_url?: string;
    readonly modify_used_count?: number;
    readonly modify_quota?: number;
  };
  readonly wx_verify_info?: { readonly qualification_verify?: boolean; readonly naming_verify?: boolean };
  readonly registered_country?: number;
  /**
   * 0 uncertified, 1 enterprise, 2 enterprise media, 3 government, 4 non-profit, 5 private non-enterprise, 6 for-profit organisation,
   * 8 social group, 9 institution media, 11 institution, 12 sole trader, 13 overseas.
   */
  readonly customer_type?: number;
}

export interface NicknameBody {
  /** 4 to 30 characters, without 小程序. */
  readonly nick_name: string;
  /** Of persons; needed. */
  readonly id_card?: string;
  /** Of organisations; needed. */
  readonly license?: string;
  readonly naming_other_stuff_1?: string;
  readonly naming_other_stuff_2?: string;
  readonly naming_other_stuff_3?: string;
  readonly naming_other_stuff_4?: string;
  readonly naming_other_stuff_5?: string;
}

export interface PrivacyOwner {
  readonly contact_email?: string;
  readonly contact_phone?: string;
  readonly contact_qq?: string;
  readonly contact_weixin?: string;
  readonly notice_method: string;
  /** How long data are kept, as `30天`. */
  readonly store_expire_timestamp?: string;
  readonly ext_file_media_id?: string;
  /** Where data are kept, of apps of other countries: a number in a call that was seen to work, such as 1017. */
  readonly store_region?: number | string;
}

export interface PrivacySetting {
  readonly code_exist?: number;
  /** What the scan found. */
  readonly privacy_list?: readonly string[];
  readonly setting_list?: readonly {
    readonly privacy_key: string;
    readonly privacy_text: string;
    readonly privacy_label?: string;
  }[];
  readonly owner_setting?: Partial<PrivacyOwner>;
  readonly privacy_desc?: unknown;
  readonly update_time?: number;
}

export interface PrivacySettingBody {
  /** 1 online, 2 development. */
  readonly privacy_ver: 1 | 2;
  /** Needed for 2, forbidden for 1. */
  readonly setting_list?: readonly { readonly privacy_key: string; readonly privacy_text: string }[];
  readonly owner_setting: PrivacyOwner;
  readonly sdk_privacy_info_list?: readonly unknown[];
}

export interface PrivacyInterface {
  readonly api_name: string;
  /** 1 to apply for, 2 no permission, 3 applying, 4 failed, 5 granted. */
  readonly status: number;
  readonly audit_id?: number;
  readonly fail_reason?: string;
}

export interface PluginEntry {
  readonly appid: string;
  /** 1 applying, 2 usable, 3 refused, 4 timed out. */
  readonly status: number;
  readonly nickname?: string;
  readonly headimgurl?: string;
}

/** One prefix of ordinary QR codes that opens the mini program. */
export interface QrRuleBody {
  /** Such as `https://shop.example/table/`. */
  readonly prefix: string;
  /** 1: rules below the prefix may be others' too, 2: all below it is taken. */
  readonly permit_sub_rule: 1 | 2;
  readonly path: string;
  /** 1 development, 2 trial, 3 online. */
  readonly open_version: 1 | 2 | 3;
  /** At most 5; they must begin with the prefix. */
  readonly debug_url?: readonly string[];
  readonly is_edit: 0 | 1;
}

export interface QrRuleEntry extends Omit<QrRuleBody, 'is_edit'> {
  /** 1 not published, 2 published. */
  readonly state: 1 | 2;
}

export interface QrRuleList {
  readonly rule_list?: readonly QrRuleEntry[];
  readonly qrcodejump_open?: number;
  /** Publications left this month. */
  readonly qrcodejump_pub_quota?: number;
  readonly list_size?: number;
  readonly total_count?: number;
}
