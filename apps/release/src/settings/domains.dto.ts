import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import { LIMITS } from '#wechat';

/** A name and perhaps a port; neither an address nor WeChat's own API. */
const HOST = String.raw`(?!\d+(\.\d+){3}(:|$))(?!api\.weixin\.qq\.com(:|$))[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)+`;
const BARE = new RegExp(`^${HOST}(:\\d{1,5})?$`);
const HTTPS = new RegExp(`^https://${HOST}(:\\d{1,5})?$`);
const WSS = new RegExp(`^wss://${HOST}(:\\d{1,5})?$`);
const UDP = new RegExp(`^udp://${HOST}(:\\d{1,5})?$`);
const TCP = new RegExp(`^tcp://${HOST}(:\\d{1,5})?$`);
const WEBVIEW = new RegExp(`^https://${HOST}$`);
const scheme = (name: string) => ({
  each: true,
  message: `$property must be ${name}://domain, perhaps with a port; no path, no IP address`,
});

/** Server domains, with their scheme: `https://`, `wss://`, `udp://`, `tcp://`; at most 200 per kind, 50 changes a month. */
export class Domains {
  @IsIn(['add', 'delete', 'set', 'get']) readonly action!: 'add' | 'delete' | 'set' | 'get';
  /** Without registering them with the platform first: at most 100 principals per domain, and only after the next release. */
  @IsOptional() @IsBoolean() readonly directly?: boolean;
  @IsOptional() @IsArray() @ArrayMaxSize(LIMITS.appDomains) @Matches(HTTPS, scheme('https')) readonly requestdomain?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(LIMITS.appDomains) @Matches(WSS, scheme('wss')) readonly wsrequestdomain?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(LIMITS.appDomains) @Matches(HTTPS, scheme('https')) readonly uploaddomain?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(LIMITS.appDomains) @Matches(HTTPS, scheme('https')) readonly downloaddomain?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(LIMITS.appDomains) @Matches(UDP, scheme('udp')) readonly udpdomain?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(LIMITS.appDomains) @Matches(TCP, scheme('tcp')) readonly tcpdomain?: string[];
}

/** Domains that `<web-view>` may show; without an action every domain of the platform is added. */
export class WebviewDomains {
  @IsOptional() @IsIn(['add', 'delete', 'set', 'get']) readonly action?: 'add' | 'delete' | 'set' | 'get';
  /** Without registering them with the platform first. */
  @IsOptional() @IsBoolean() readonly directly?: boolean;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LIMITS.webviewDomains)
  @Matches(WEBVIEW, { each: true, message: 'webviewdomain must be https://domain without port or path' })
  readonly webviewdomain?: string[];
}

/** Names that are looked up in advance. */
export class PrefetchDomains {
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(LIMITS.prefetchDomains)
  @Matches(BARE, { each: true, message: 'domains must be names without scheme or path' })
  readonly domains!: string[];
}

export class PrefetchDomainsView {
  readonly domains!: string[];
  /** So many at most. */
  readonly limit!: number | null;
}

/** A file to be found at the root of the domain, byte for byte. */
export class ConfirmFileView {
  readonly file_name!: string;
  readonly file_content!: string;
}

/** Domains of the platform, from which mini programs choose theirs. */
export class PlatformDomains {
  @IsIn(['add', 'delete', 'set']) readonly action!: 'add' | 'delete' | 'set';
  /** Without scheme, such as `api.example.com`. */
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(LIMITS.serverDomains)
  @Matches(BARE, { each: true, message: 'domains must be names without scheme or path, and no IP addresses' })
  readonly domains!: string[];
  /** Default: only the platform's test version is changed. */
  @IsOptional() @IsBoolean() readonly published_together?: boolean;
}

export class PlatformDomainsView {
  /** Of the published version of the platform. */
  readonly published!: string[];
  /** Of its test version. */
  readonly testing!: string[];
  /** Those of the test version that the published one lacks: no merchant has them, until they are changed with `published_together`. */
  readonly testing_only!: string[];
  /** Of the request; WeChat did not take these. */
  readonly invalid!: string[];
}
