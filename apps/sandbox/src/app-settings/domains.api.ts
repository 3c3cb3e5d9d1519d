import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type ComponentCall, isObject, type Json, list, OK, strings, text } from '../protocol/route.js';
import type { Component } from '../world/model.js';
import { World } from '../world/world.service.js';
import { AppSettingsStore, DOMAIN_KINDS, type DomainKind } from './app-settings.store.js';
import { changeList, hostOf, isBelow } from './domain-change.domain.js';

const CODE = { token: 'authorizer', sets: [18], method: 'POST' } as const;
const MOST_PREFETCHED = 5;
const SCHEMES = {
  requestdomain: 'https://',
  wsrequestdomain: 'wss://',
  uploaddomain: 'https://',
  downloaddomain: 'https://',
  udpdomain: 'udp://',
  tcpdomain: 'tcp://',
} as const;

/** Domains of the platform and of the app (release reference §6.1). */
@Injectable()
export class DomainsApi {
  constructor(
    registry: ApiRegistry,
    private readonly store: AppSettingsStore,
    private readonly world: World,
  ) {
    const component = '/cgi-bin/component';
    const platform = { token: 'component', method: 'POST' } as const;
    registry.add(
      {
        ...platform,
        path: `${component}/modify_wxa_server_domain`,
        handle: (call: ComponentCall) => this.platform(call, 'server', 'wxa_server_domain', 1000),
      },
      {
        ...platform,
        path: `${component}/modify_wxa_jump_domain`,
        handle: (call: ComponentCall) => this.platform(call, 'jump', 'wxa_jump_h5_domain', 200),
      },
      { ...platform, path: `${component}/get_domain_confirmfile`, handle: () => confirmFile },
      { ...CODE, path: '/wxa/modify_domain', write: true, handle: (call: AuthorizerCall) => this.modify(call, true) },
      { ...CODE, path: '/wxa/modify_domain_directly', write: true, handle: (call: AuthorizerCall) => this.modify(call, false) },
      { ...CODE, path: '/wxa/setwebviewdomain', write: true, handle: (call: AuthorizerCall) => this.webview(call, true) },
      {
        ...CODE,
        path: '/wxa/setwebviewdomain_directly',
        write: true,
        handle: (call: AuthorizerCall) => this.webview(call, false),
      },
      { ...CODE, path: '/wxa/get_webviewdomain_confirmfile', handle: () => confirmFile },
      {
        ...CODE,
        method: 'GET',
        path: '/wxa/get_prefetchdnsdomain',
        handle: (call: AuthorizerCall) => ({
          ...OK,
          prefetch_dns_domain: this.store.of(call.merchant).prefetch.map((url) => ({ url })),
          size_limit: MOST_PREFETCHED,
        }),
      },
      { ...CODE, path: '/wxa/set_prefetchdnsdomain', handle: (call: AuthorizerCall) => this.prefetch(call) },
      { ...CODE, path: '/wxa/get_effective_domain', handle: (call: AuthorizerCall) => this.effective(call) },
      { ...CODE, path: '/wxa/get_effective_webviewdomain', handle: (call: AuthorizerCall) => this.effectiveWebview(call) },
    );
  }

  private platform(call: ComponentCall, kind: 'server' | 'jump', field: string, limit: number): Json {
    const given = text(call.body[field]).split(';').filter(Boolean);
    const valid = given.filter((domain) => /^[\w.-]+(:\d+)?$/.test(domain));
    const { action, is_modify_published_together: together } = call.body;
    const lists = call.component.domains[kind];
    const { published: isPublished } = call.component.options;
    const testing = changeList(action, lists.testing, valid, limit);
    const published = isPublished && together === true ? changeList(action, lists.published, valid, limit) : lists.published;
    Object.assign(lists, { testing, published });
    const invalid = given.filter((domain) => !valid.includes(domain));
    return {
      ...OK,
      ...(isPublished && { [`published_${field}`]: published.join(';') }),
      [`testing_${field}`]: testing.join(';'),
      ...(invalid.length > 0 && { [`invalid_${field}`]: invalid.join(';') }),
    };
  }

  /**
   * One domain that cannot be used makes the whole call fail, and its body names the culprits (release reference §6.1); the page also
   * speaks of lists beside errcode 0, and of domains that are filtered away.
   */
  private modify(call: AuthorizerCall, registered: boolean): Json {
    const { domains, direct } = this.store.of(call.merchant);
    const { action } = call.body;
    const how = this.world.settings.unusable_domains;
    const changes = action === 'add' || action === 'set';
    const kept: Partial<Record<DomainKind, string[]>> = {};
    const invalid: Json = {};
    const unfiled: string[] = [];
    for (const kind of DOMAIN_KINDS) {
      const given = strings(call.body[kind]);
      const bad = changes ? given.filter((domain) => !this.isUsable(domain, kind, call, registered)) : [];
      const withoutFiling = changes ? given.filter((domain) => !bad.includes(domain) && this.isUnfiled(domain)) : [];
      if (bad.length > 0) invalid[`invalid_${kind}`] = bad;
      unfiled.push(...withoutFiling);
      kept[kind] = given.filter((domain) => !bad.includes(domain) && !withoutFiling.includes(domain));
    }
    const culprits = { ...invalid, ...(unfiled.length > 0 && { no_icp_domain: unfiled }) };
    const some = { invalid: Object.keys(invalid).length > 0, unfiled: unfiled.length > 0 };
    if (how === 'refuse' && (some.invalid || some.unfiled))
      throw new ApiError(!some.unfiled ? 85301 : some.invalid ? 85303 : 85302, undefined, culprits);

    const isNew = (kind: DomainKind) => kept[kind]?.some((domain) => !domains[kind].includes(domain));
    refuse(action === 'add' && !DOMAIN_KINDS.some(isNew), 85017);
    const next = DOMAIN_KINDS.map((kind) => [kind, changeList(action, domains[kind], kept[kind] ?? [], 200)] as const);
    for (const [kind, list] of next) {
      if (changes && !registered) for (const domain of kept[kind] ?? []) direct.add(domain);
      domains[kind] = list;
    }
    return { ...OK, ...Object.fromEntries(next), ...(how === 'tell' && culprits) };
  }

  private isUsable(domain: string, kind: DomainKind, { component }: AuthorizerCall, registered: boolean): boolean {
    if (!domain.startsWith(SCHEMES[kind]) || /^\d+(\.\d+){3}$/.test(hostOf(domain))) return false;
    return !registered || isBelow(domain, forMerchants(component, 'server'));
  }

  private isUnfiled(domain: string): boolean {
    return isBelow(domain, this.world.settings.unfiled_domains);
  }

  private webview(call: AuthorizerCall, registered: boolean): Json {
    const settings = this.store.of(call.merchant);
    const jump = forMerchants(call.component, 'jump');
    if (registered && call.body['action'] === undefined) {
      refuse(jump.length === 0, 89020);
      settings.webview = jump.map((domain) => `https://${domain}`);
      return OK;
    }
    const given = strings(call.body['webviewdomain']);
    refuse(registered && given.some((domain) => !isBelow(domain, jump)), 89021);
    const next = changeList(call.body['action'], settings.webview, given, 300, 89029);
    refuse(call.body['action'] !== 'get' && next.join() === settings.webview.join(), 89019);
    settings.webview = next;
    return { ...OK, webviewdomain: next };
  }

  private prefetch(call: AuthorizerCall): Json {
    const urls = list(call.body['prefetch_dns_domain']).map((item) => (isObject(item) ? text(item['url']) : ''));
    refuse(urls.length > MOST_PREFETCHED || urls.some((url) => !/^[\w.-]+\.\w+$/.test(url)), 40097);
    this.store.of(call.merchant).prefetch = urls;
    return OK;
  }

  private effective(call: AuthorizerCall): Json {
    const { domains, direct } = this.store.of(call.merchant);
    const registered = forMerchants(call.component, 'server');
    const those = (wanted: (domain: string) => boolean) =>
      Object.fromEntries(DOMAIN_KINDS.map((kind) => [kind, domains[kind].filter(wanted)]));
    return {
      ...OK,
      mp_domain: {},
      third_domain: those((domain) => !direct.has(domain)),
      direct_domain: those((domain) => direct.has(domain)),
      effective_domain: those((domain) => direct.has(domain) || isBelow(domain, registered)),
    };
  }

  private effectiveWebview(call: AuthorizerCall): Json {
    const { webview } = this.store.of(call.merchant);
    return {
      ...OK,
      mp_webviewdomain: [],
      third_webviewdomain: webview,
      direct_webviewdomain: [],
      effective_webviewdomain: webview,
    };
  }
}

/** A platform that was never published has its test version only, for the mini programs on its test list. */
const forMerchants = ({ options, domains }: Component, kind: 'server' | 'jump'): readonly string[] =>
  options.published ? domains[kind].published : domains[kind].testing;

const confirmFile: Json = { ...OK, file_name: 'sandbox0001.txt', file_content: '0123456789abcdef0123456789abcdef' };
