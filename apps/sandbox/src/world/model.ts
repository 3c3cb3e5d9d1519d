import type { AppCode } from './app-code.js';

/** All times are virtual milliseconds unless a name says otherwise. */

export type MerchantKind = 'mp' | 'miniprogram';
export type RefreshMode = 'same' | 'rotate' | 'empty' | 'absent';

export interface ComponentOptions {
  component_appid: string;
  component_appsecret: string;
  push_token: string;
  encoding_aes_key: string;
  previous_push_token?: string;
  previous_encoding_aes_key?: string;
  auth_event_url: string;
  message_event_url: string;
  authorization_domain: string;
  oauth_domain?: string;
  name: string;
  ip_whitelist: string[];
  published: boolean;
  test_list: string[];
  permission_sets: number[];
  ticket_push: boolean;
  ticket_interval_s: number;
  ticket_first_retry_s: number;
  former_token_grace_s: number;
  auth_event_repeats: number;
  message_tries: number;
  push_retry_ms: number;
  referrer_check: 'strict' | 'lenient' | 'off';
  submit_limit: number;
  speedup_limit: number;
  refresh_mode: RefreshMode;
  list_refresh_tokens: boolean;
  info_refresh_tokens: boolean;
  /** A platform of a private person may register nobody. */
  personal: boolean;
}

export interface Token {
  readonly value: string;
  readonly kind: 'component' | 'authorizer';
  readonly component: Component;
  readonly authorization?: Authorization;
  readonly bornAt: number;
  expiresAt: number;
  /** set when a newer token replaced this one: it still works until then */
  formerUntil?: number;
  /** set when the token was ended otherwise: what it answers */
  deadCode?: number;
  deadAt?: number;
  expiredByHand?: boolean;
}

/** Why a token ended. `overlap`: some minutes after a newer one; `newer`: at once, by the second newer one. */
export type TokenEnd = 'expiry' | 'overlap' | 'newer' | 'hand' | 'cancellation' | 'reauthorization';

/** The life of a token, kept when the token itself is forgotten. */
export interface TokenLife {
  readonly born_at_ms: number;
  /** When it ended, or will if nothing else happens. */
  readonly ends_at_ms: number;
  readonly ended_by: TokenEnd;
}

/** Newest token of an owner and the one before it; older ones are forgotten. */
export interface TokenPair {
  current?: Token | undefined;
  former?: Token | undefined;
}

export interface Ticket {
  readonly value: string;
  readonly expiresAt: number;
}

export interface Draft {
  draft_id: number;
  create_time: number;
  user_version: string;
  user_desc: string;
  source_miniprogram_appid: string;
  source_miniprogram: string;
  developer: string;
  pages: string[];
  plugins: string[];
  privacy_apis: string[];
  size_kb: number;
}

export interface Template extends Draft {
  template_id: number;
  template_type: number;
}

/** The platform's test version has a list of its own; merchants get what is published (release reference §6.1). */
export interface PlatformDomains {
  testing: string[];
  published: string[];
}

export interface Component {
  readonly appid: string;
  readonly options: ComponentOptions;
  readonly tickets: Ticket[];
  readonly tokens: TokenPair;
  readonly authorizations: Map<string, Authorization>;
  readonly drafts: Map<number, Draft>;
  readonly templates: Map<number, Template>;
  nextDraftId: number;
  nextTemplateId: number;
  readonly monthly: { month: string; submitUsed: number; speedupUsed: number };
  ticketAccepted: boolean;
  readonly domains: { readonly server: PlatformDomains; readonly jump: PlatformDomains };
}

export interface Category {
  first_class: string;
  second_class: string;
  first_id: number;
  second_id: number;
}

export interface Merchant {
  readonly appid: string;
  readonly kind: MerchantKind;
  nick_name: string;
  user_name: string;
  head_img: string;
  principal_name: string;
  alias: string;
  signature: string;
  categories: Category[];
  account_status: number;
  verify_type: number;
  service_type: number;
  basic_info_set: boolean;
  privacy_guide: boolean;
  mini_game: boolean;
  privacy_api_rights: string[];
  speedup_allowed: boolean;
  tester_limit: number;
  /** 6 filed, 1024 not filed, … */
  icp_status: number;
  /** Passed its certification; absent: as `verify_type` says, which follows later. */
  certified?: boolean;
  /** How it was registered; absent: on WeChat's own page. */
  register_type?: number;
  /** created on first use; mini programs only */
  code?: AppCode;
  /** a write on this app is running */
  busy?: boolean;
  readonly options: Record<string, string>;
}

export interface Authorization {
  readonly component: Component;
  readonly merchant: Merchant;
  sets: Set<number>;
  authTime: number;
  /** counts authorizations and re-authorizations; a code belongs to one of them */
  grant: number;
  exchangedGrant: number;
  refreshToken: string;
  readonly tokens: TokenPair;
  refreshModes: { mode: RefreshMode; times: number } | undefined;
  cancelled: boolean;
}

export interface AuthCode {
  readonly value: string;
  readonly authorization: Authorization;
  readonly grant: number;
  readonly expiresAt: number;
  used: boolean;
}

export interface PreAuthCode {
  readonly value: string;
  readonly component: Component;
  readonly expiresAt: number;
  used: boolean;
}
