import { IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min, ValidateIf } from 'class-validator';
import { Secret, SecureUpstream, WechatEndpoints } from '#service';

const HTTP = { protocols: ['http', 'https'], require_tld: false, require_protocol: true };

/** The broker's own settings, beside those of every app. */
export class BrokerConfig extends WechatEndpoints {
  /**
   * Where merchants reach the launch page: scheme and host of the authorization domain (授权发起页域名), without a path.
   * WeChat refuses links that are opened elsewhere.
   */
  @IsUrl(HTTP)
  @Matches(/^https?:\/\/[^/?#]+\/?$/, { message: 'must be a scheme and a host, without a path' })
  readonly PUBLIC_BASE_URL!: string;

  /**
   * Hosts, joined by commas, that links of callers without `return_hosts` of their own may return to: of people and workloads, and of keys
   * from before there was such a list. `*`: any, by https, as releases up to 0.1.0 had it; `none`: none.
   */
  @Matches(/^(?:\*|[\w.:[\]-]{1,253}(?:,[\w.:[\]-]{1,253})*)$/, { message: 'must be hosts, joined by commas, or *' })
  readonly RETURN_HOSTS: string = '*';

  /** How long a reader waits for a refresh that somebody else is doing, at most. */
  @IsInt() @Min(1_000) @Max(120_000) readonly TOKEN_WAIT_MS: number = 20_000;
  /** How long a claim on a refresh holds without being extended: what a killed replica costs. */
  @IsInt() @Min(1_000) @Max(120_000) readonly TOKEN_CLAIM_MS: number = 15_000;
  /** Tokens kept in the memory of one replica. */
  @IsInt() @Min(100) @Max(5_000_000) readonly TOKEN_CACHE_ENTRIES: number = 200_000;
  /** A token younger than this is refreshed because of a report only if WeChat itself refuses it; an older one at once. */
  @IsInt() @Min(0) @Max(3_600_000) readonly TOKEN_TRUST_MS: number = 600_000;
  /** Time for one call of WeChat's API, answer included; calls that make tokens have at least 10 s. */
  @IsInt() @Min(100) @Max(120_000) readonly WECHAT_TIMEOUT_MS: number = 5_000;

  /**
   * Calls per API, component and Beijing day that clients may cause through the proxy: `/wxa/commit=5000,submit_audit=500`. A name
   * without slashes stands for each path that ends in it.
   */
  @Matches(/^$|^\s*[\w./-]+=\d+(\s*,\s*[\w./-]+=\d+)*\s*$/, { message: 'must be <path or api>=<calls a day>, joined by commas' })
  readonly WECHAT_DAILY_BUDGETS: string = '';
  /**
   * What the proxy does with protected effects that a client has not named or lacks `releases:write` for, and with paths beyond the
   * default list: `refuse`, or `warn`, which lets pass what releases up to 0.1.0 let pass and says each time that it will be refused.
   */
  @IsIn(['refuse', 'warn']) readonly PROXY_PROTECTED_EFFECTS: 'refuse' | 'warn' = 'refuse';
  /** Days for which calls of WeChat are kept; WeChat itself knows a rid for 7. */
  @IsInt() @Min(1) @Max(365) readonly CALL_LOG_DAYS: number = 14;
  /** Days for which the audit log is kept. */
  @IsInt() @Min(1) @Max(3_650) readonly AUDIT_LOG_DAYS: number = 400;
  /** A private Ed25519 key (PEM) that signs the checkpoints of the audit log, and nothing else; without it they are not signed. */
  @IsOptional() @IsString() readonly AUDIT_SIGNING_KEY_FILE?: string;

  /** Follower mode: the broker that alone refreshes the tokens; this one reads them from it and never asks WeChat for any. */
  @IsOptional() @SecureUpstream() @IsUrl(HTTP) readonly BROKER_FOLLOW_URL?: string;
  /** A client key of the broker that is followed, with the scopes `component-token` and `authorizer-token`. */
  @Secret()
  @ValidateIf((config: BrokerConfig) => config.BROKER_FOLLOW_URL !== undefined)
  @Matches(/^wxp_[0-9a-f]{16}_[0-9a-f]{48}$/, { message: 'must be a client key: wxp_<id>_<secret>' })
  readonly BROKER_FOLLOW_KEY?: string;
}
