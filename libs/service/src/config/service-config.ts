import { IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { EnvBoolean } from './load-config.js';

const DATABASE = { protocols: ['mysql'], require_tld: false, require_protocol: true };
const REDIS = { protocols: ['redis', 'rediss'], require_tld: false, require_protocol: true };

/** What every app needs. Each property is an environment variable; `.env.example` explains them. */
export class ServiceConfig {
  @IsUrl(DATABASE, { message: 'must be mysql://user:password@host:port/schema' }) readonly DATABASE_URL!: string;
  /** Connections to MySQL at most, per process. */
  @IsInt() @Min(1) @Max(500) readonly DATABASE_POOL_SIZE: number = 10;
  /** How long an app waits at its start for MySQL before it gives up. */
  @IsInt() @Min(0) @Max(600) readonly DATABASE_START_TIMEOUT_S: number = 10;
  @IsUrl(REDIS, { message: 'must be redis://host:port or rediss://host:port' }) readonly REDIS_URL!: string;

  @IsString() readonly HTTP_HOST: string = '0.0.0.0';
  @IsInt() @Min(0) @Max(65_535) readonly HTTP_PORT!: number;
  @IsString() readonly MANAGEMENT_HOST: string = '0.0.0.0';
  /** Health and metrics; never reachable from outside. */
  @IsInt() @Min(0) @Max(65_535) readonly MANAGEMENT_PORT!: number;
  /** Take the caller's address from X-Forwarded-For: only behind a proxy that sets it. */
  @EnvBoolean() readonly TRUST_PROXY: boolean = false;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace']) readonly LOG_LEVEL: string = 'info';
  @IsIn(['json', 'pretty']) readonly LOG_FORMAT: string = 'json';
  /** From the signal to stop until the process is gone, at most. */
  @IsInt() @Min(1) @Max(600) readonly STOP_TIMEOUT_S: number = 25;

  @IsOptional() @IsString() readonly WXPLANE_COMPONENTS_FILE?: string;
  @IsOptional() @IsString() readonly WXPLANE_COMPONENTS?: string;
  /** `<key id>:<32 bytes in base64>`, newest first, joined by commas. */
  @Matches(/^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/=]+(,[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/=]+)*$/, {
    message: 'must be <key id>:<32 bytes in base64>, newest first, joined by commas',
  })
  readonly WXPLANE_ENCRYPTION_KEYS!: string;
}

const WECHAT = { protocols: ['http', 'https'], require_tld: false, require_protocol: true };

/** Where WeChat is; the defaults are WeChat's own. For apps that call it. */
export class WechatEndpoints extends ServiceConfig {
  @IsUrl(WECHAT) readonly WECHAT_API_BASE_URL: string = 'https://api.weixin.qq.com';
  @IsUrl(WECHAT) readonly WECHAT_MP_BASE_URL: string = 'https://mp.weixin.qq.com';
  @IsUrl(WECHAT) readonly WECHAT_OPEN_BASE_URL: string = 'https://open.weixin.qq.com';
}
