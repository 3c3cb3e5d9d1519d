import { Injectable } from '@nestjs/common';
import type { Merchant } from '../world/model.js';

export const DOMAIN_KINDS = [
  'requestdomain',
  'wsrequestdomain',
  'uploaddomain',
  'downloaddomain',
  'udpdomain',
  'tcpdomain',
] as const;
export type DomainKind = (typeof DOMAIN_KINDS)[number];

export interface AppSettings {
  domains: Record<DomainKind, string[]>;
  webview: string[];
  testers: Map<string, string>;
  privacy: Record<1 | 2, Record<string, unknown> | undefined>;
  names: Map<number, { nickname: string; at: number }>;
  nextNameAudit: number;
  searchable: boolean;
  privacyApis: Map<string, { audit_id: number; status: number }>;
  openAppid: string | undefined;
}

/** What an app has set besides its code; made on first use and gone with the merchant. */
@Injectable()
export class AppSettingsStore {
  private readonly settings = new WeakMap<Merchant, AppSettings>();

  of(merchant: Merchant): AppSettings {
    let found = this.settings.get(merchant);
    if (!found) {
      found = {
        domains: { requestdomain: [], wsrequestdomain: [], uploaddomain: [], downloaddomain: [], udpdomain: [], tcpdomain: [] },
        webview: [],
        testers: new Map(),
        privacy: { 1: undefined, 2: undefined },
        names: new Map(),
        nextNameAudit: 4_000_001,
        searchable: true,
        privacyApis: new Map(),
        openAppid: undefined,
      };
      this.settings.set(merchant, found);
    }
    return found;
  }
}
