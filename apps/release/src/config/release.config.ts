import { IsInt, IsUrl, Matches, Max, Min } from 'class-validator';
import { Secret, WechatEndpoints } from '#service';

/** What the release app needs besides what every app needs. */
export class ReleaseConfig extends WechatEndpoints {
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true }) readonly BROKER_URL!: string;
  /**
   * A client key with the scopes `component-operations`, `authorizer-token` and `authorizers:read`; for onboardings also
   * `registrations:write`, `going-online:write` and `authorizations:write`.
   */
  @Secret()
  @Matches(/^wxp_[0-9a-zA-Z]+_[0-9a-zA-Z_-]+$/, { message: 'must look like wxp_<id>_<secret>' })
  readonly BROKER_CLIENT_KEY!: string;
  /** For one call of WeChat's API. */
  @IsInt() @Min(500) @Max(60_000) readonly WECHAT_TIMEOUT_MS: number = 8_000;
  /** How often a replica looks for releases that are due. */
  @IsInt() @Min(100) @Max(60_000) readonly RELEASE_SWEEP_MS: number = 2_000;
  /** How soon after a commit WeChat is asked for the result of its privacy scan; doubles up to a minute. */
  @IsInt() @Min(100) @Max(600_000) readonly RELEASE_SCAN_POLL_MS: number = 3_000;
  /** A pending audit is read at least this often: events are pushed once, and may be lost. */
  @IsInt() @Min(1) @Max(86_400) readonly RELEASE_AUDIT_POLL_S: number = 1_800;
  /** How long after a call with an unclear outcome WeChat's state is taken for final. */
  @IsInt() @Min(0) @Max(3_600) readonly RELEASE_UNCLEAR_S: number = 30;
  /** How often WeChat is asked whether a rollout that waits for quota may go on. */
  @IsInt() @Min(0) @Max(86_400) readonly RELEASE_QUOTA_POLL_S: number = 300;
  /** How old what is known of a mini program's versions may grow before it is read again; 0: never by itself. */
  @IsInt() @Min(0) @Max(30 * 86_400) readonly RELEASE_INVENTORY_S: number = 86_400;
  /** Steps of releases that one replica carries on at the same time. */
  @IsInt() @Min(1) @Max(200) readonly RELEASE_CONCURRENCY: number = 8;
}
