import { Injectable } from '@nestjs/common';
import type { Category, Merchant } from '../world/model.js';
import { World } from '../world/world.service.js';

export const DOMAIN_KINDS = [
  'requestdomain',
  'wsrequestdomain',
  'uploaddomain',
  'downloaddomain',
  'udpdomain',
  'tcpdomain',
] as const;
export type DomainKind = (typeof DOMAIN_KINDS)[number];

/** Of a category: WeChat's own values. */
export const CATEGORY_STATUS = { inAudit: 1, rejected: 2, approved: 3 } as const;
/** Of a name: WeChat's own values. */
export const NAME_STATUS = { inAudit: 1, failed: 2, passed: 3 } as const;

/** A category that is reviewed, or was refused; approved ones are with the merchant. */
export interface HeldCategory {
  readonly category: Category;
  status: number;
  reason: string;
}

export interface NameAudit {
  readonly nickname: string;
  readonly at: number;
  status: number;
  reason: string;
  auditedAt: number;
}

export interface QrRule {
  prefix: string;
  permit_sub_rule: number;
  path: string;
  open_version: number;
  debug_url: string[];
  /** 1 unpublished, 2 published */
  state: 1 | 2;
}

export interface Plugin {
  readonly appid: string;
  /** 1 applying, 2 usable, 3 refused, 4 timed out */
  status: number;
  version: string;
}

/** What was used of something that is counted by the month. */
export interface Monthly {
  month: string;
  used: number;
}

export interface AppSettings {
  domains: Record<DomainKind, string[]>;
  /** Those of `domains` that were set without the platform. */
  direct: Set<string>;
  webview: string[];
  testers: Map<string, string>;
  privacy: Record<1 | 2, Record<string, unknown> | undefined>;
  names: Map<number, NameAudit>;
  nextNameAudit: number;
  searchable: boolean;
  privacyApis: Map<string, { audit_id: number; status: number }>;
  openAppid: string | undefined;
  /** By appid: the mini programs that it asked to open at half the screen. */
  embedded: Map<string, { at: number; reason: string; status: number }>;
  /** 0 the administrator decides, 1 accepts all, 2 refuses all. */
  halfScreen: { flag: number };
  /** Requests of a day; `month` holds the day. */
  halfScreenAsked: Monthly;
  /** The official account that is offered to be followed. */
  followed: string | undefined;
  /** by id of the second class */
  categories: Map<number, HeldCategory>;
  categoriesAdded: Monthly;
  /** By the calendar year. */
  namesSet: Monthly;
  signatures: Monthly;
  avatars: Monthly;
  prefetch: string[];
  plugins: Map<string, Plugin>;
  qrRules: Map<string, QrRule>;
  qrPublished: Monthly;
}

/** What an app has set besides its code; made on first use and gone with the merchant. */
@Injectable()
export class AppSettingsStore {
  private readonly settings = new Map<Merchant, AppSettings>();
  /** Open-platform accounts that were made by API: entity and maker. */
  readonly openAccounts = new Map<string, { principal: string; component: string }>();

  constructor(world: World) {
    world.keepMaps('app settings', { settings: this.settings, openAccounts: this.openAccounts });
    world.onReset(() => {
      this.settings.clear();
      this.openAccounts.clear();
    });
  }

  /** How many accounts are bound to an open-platform account. */
  boundTo(openAppid: string): number {
    return [...this.settings.values()].filter((one) => one.openAppid === openAppid).length;
  }

  of(merchant: Merchant): AppSettings {
    let found = this.settings.get(merchant);
    if (!found) {
      found = {
        domains: { requestdomain: [], wsrequestdomain: [], uploaddomain: [], downloaddomain: [], udpdomain: [], tcpdomain: [] },
        direct: new Set(),
        webview: [],
        testers: new Map(),
        privacy: { 1: undefined, 2: undefined },
        names: new Map(),
        nextNameAudit: 4_000_001,
        searchable: true,
        privacyApis: new Map(),
        openAppid: undefined,
        embedded: new Map(),
        halfScreen: { flag: 0 },
        halfScreenAsked: { month: '', used: 0 },
        followed: undefined,
        categories: new Map(),
        categoriesAdded: { month: '', used: 0 },
        namesSet: { month: '', used: 0 },
        signatures: { month: '', used: 0 },
        avatars: { month: '', used: 0 },
        prefetch: [],
        plugins: new Map(),
        qrRules: new Map(),
        qrPublished: { month: '', used: 0 },
      };
      this.settings.set(merchant, found);
    }
    return found;
  }
}

/** Uses one of so many a month. @returns false when all are used. */
export function useOne(count: Monthly, month: string, limit: number): boolean {
  if (count.month !== month) Object.assign(count, { month, used: 0 });
  if (count.used >= limit) return false;
  count.used += 1;
  return true;
}
