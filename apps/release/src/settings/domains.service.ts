import { Injectable } from '@nestjs/common';
import type { DomainError } from '#service';
import { type DomainBody, ERRCODE, type WebviewDomainBody, type WechatApi, WechatApiError } from '#wechat';
import { whereMissing } from '../platform-domains/platform-domains.domain.js';
import { PlatformDomainLists } from '../platform-domains/platform-domains.service.js';
import { type Call, WechatGateway } from '../wechat/wechat-gateway.service.js';
import { asProblem, refusedAlthough } from '../wechat/wechat-problem.interceptor.js';
import type { Domains, WebviewDomains } from './domains.dto.js';
import { SettingsService } from './settings.service.js';

const DOMAIN_KINDS = ['requestdomain', 'wsrequestdomain', 'uploaddomain', 'downloaddomain', 'udpdomain', 'tcpdomain'] as const;
const WEBVIEW_KINDS = ['webviewdomain'] as const;

export type DomainLists = Readonly<Record<string, unknown>>;

/** Which servers a mini program may call, and which pages it may show. */
@Injectable()
export class DomainsService {
  constructor(
    private readonly settings: SettingsService,
    private readonly gateway: WechatGateway,
    private readonly lists: PlatformDomainLists,
  ) {}

  /** @param directly those that are not registered with the platform */
  read(component: string, appid: string, directly = false): Promise<DomainLists> {
    return this.settings.read(component, appid, (api, c) => send(api, c, directly, { action: 'get' }));
  }

  /** 85017, "no domain to modify": all of them are there (or gone) already, or none of them is allowed. The list says which. */
  async change(component: string, appid: string, { directly = false, ...asked }: Domains): Promise<DomainLists> {
    try {
      const answer = await this.settings.write(component, appid, (api, c) => send(api, c, directly, asked));
      return answer ?? (await this.read(component, appid, directly));
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      if (WITH_CULPRITS.has(error.errcode ?? 0) && !directly)
        throw asProblem(error, await this.missing(component, culpritsOf(error.details)));
      if (error.errcode !== ERRCODE.NO_DOMAIN_TO_MODIFY) throw error;
      const now = await this.read(component, appid, directly);
      const refused = refusedOf(asked, DOMAIN_KINDS, now);
      if (refused.length === 0) return now;
      const missing = asked.action === 'delete' || directly ? {} : await this.missing(component, refused);
      throw notAsked(error, asked, DOMAIN_KINDS, now, refused, missing);
    }
  }

  /** Where each of them is missing, as a member of the problem; nothing when the platform's lists cannot be read. */
  private async missing(component: string, domains: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    if (domains.length === 0) return {};
    const lists = await this.lists.server(component).catch(() => undefined);
    return lists ? { missing: whereMissing(domains, lists) } : {};
  }

  /** @param directly those that are not registered with the platform */
  readWebview(component: string, appid: string, directly = false): Promise<DomainLists> {
    return this.settings.read(component, appid, (api, c) => sendWebview(api, c, directly, { action: 'get' }));
  }

  /** 89019, "not changed", is believed when the list says so. Without an action all domains of the platform are meant. */
  async changeWebview(component: string, appid: string, { directly = false, ...asked }: WebviewDomains): Promise<DomainLists> {
    const answer = await this.settings.write(
      component,
      appid,
      (api, c) => sendWebview(api, c, directly, asked),
      async (refusal) => {
        const { action, webviewdomain = [] } = asked;
        const wanted = action ? { action, webviewdomain } : { action: 'add', webviewdomain: await this.webOfPlatform(component) };
        const now = await this.readWebview(component, appid, directly);
        const refused = refusedOf(wanted, WEBVIEW_KINDS, now);
        if (refused.length > 0) throw notAsked(refusal, wanted, WEBVIEW_KINDS, now, refused);
      },
    );
    return answer ?? this.readWebview(component, appid, directly);
  }

  private async webOfPlatform(component: string): Promise<readonly string[]> {
    // What is published is there only when the platform was published once.
    const { published, testing = [] } = await this.gateway.byBroker((broker) => broker.jumpDomains(component));
    return (published ?? testing).map((host) => `https://${host}`);
  }
}

async function send(api: WechatApi, { token, context }: Call, directly: boolean, body: DomainBody): Promise<DomainLists> {
  return { ...(await api.settings[directly ? 'modifyDomainDirectly' : 'modifyDomain'](token, body, context)) };
}

async function sendWebview(
  api: WechatApi,
  { token, context }: Call,
  directly: boolean,
  body: WebviewDomainBody,
): Promise<DomainLists> {
  return { ...(await api.settings[directly ? 'setWebviewDomainDirectly' : 'setWebviewDomain'](token, body, context)) };
}

type DomainChange<Kind extends string> = { readonly action: string } & { readonly [kind in Kind]?: readonly string[] };

/** Which domains are not as they were asked to be. */
function refusedOf<Kind extends string>(asked: DomainChange<Kind>, kinds: readonly Kind[], now: DomainLists): string[] {
  return kinds.flatMap((kind) => notAsAsked(asked.action, asked[kind] ?? [], listOf(now[kind])));
}

/** @param more further members of the problem, beside those that were refused and what is there */
function notAsked<Kind extends string>(
  refusal: WechatApiError,
  asked: DomainChange<Kind>,
  kinds: readonly Kind[],
  now: DomainLists,
  refused: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): DomainError {
  const there = Object.fromEntries(kinds.map((kind) => [kind, listOf(now[kind])]));
  const how = asked.action === 'delete' ? 'still set' : asked.action === 'set' ? 'not as asked' : 'not set';
  return refusedAlthough(refusal, `WeChat changed nothing: ${refused.join(', ')} is ${how}.`, { refused, there, ...more });
}

/** Of `set`, which replaces the list, also what is there besides. */
function notAsAsked(action: string, asked: readonly string[], there: readonly string[]): string[] {
  const held = new Set(there.map((domain) => domain.toLowerCase()));
  const missing = asked.filter((domain) => held.has(domain.toLowerCase()) === (action === 'delete'));
  if (action !== 'set' || asked.length === 0) return missing;
  const wanted = new Set(asked.map((domain) => domain.toLowerCase()));
  return [...missing, ...there.filter((domain) => !wanted.has(domain.toLowerCase()))];
}

/** Codes whose body names the culprits in `invalid_…`; those without ICP filing are no matter of the platform's lists. */
const WITH_CULPRITS: ReadonlySet<number> = new Set([ERRCODE.DOMAIN_ILLEGAL, ERRCODE.DOMAIN_ILLEGAL_OR_NOT_FILED]);

const culpritsOf = (details: Readonly<Record<string, unknown>> = {}): string[] =>
  DOMAIN_KINDS.flatMap((kind) => listOf(details[`invalid_${kind}`]));

const listOf = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : []);
