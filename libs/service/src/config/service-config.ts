import {
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { APPID } from './appid.js';
import { parseProxyTrust } from './caller-address.js';
import { EnvBoolean, Secret } from './load-config.js';
import { StrictNeedsV2 } from './secret-box.js';
import { SecureUpstream } from './secure-url.js';

const DATABASE = { protocols: ['mysql'], require_tld: false, require_protocol: true };
const REDIS = { protocols: ['redis', 'rediss'], require_tld: false, require_protocol: true };

const ENCRYPTION_KEYS = /^[A-Za-z0-9_-]{1,32}(@[a-z+-]+)?:[A-Za-z0-9+/=]+(,[A-Za-z0-9_-]{1,32}(@[a-z+-]+)?:[A-Za-z0-9+/=]+)*$/;

/** How Redis is reached: by the apps, and by commands that need nothing else. */
export class RedisConfig {
  @Secret() @IsUrl(REDIS, { message: 'must be redis://host:port or rediss://host:port' }) readonly REDIS_URL!: string;
  /** `sentinel` and `cluster` find the servers through REDIS_NODES; REDIS_URL then gives TLS, user, password and database. */
  @IsIn(['single', 'sentinel', 'cluster']) readonly REDIS_MODE: 'single' | 'sentinel' | 'cluster' = 'single';
  @ValidateIf((config: RedisConfig) => config.REDIS_MODE !== 'single')
  @Matches(/^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$/, { message: 'must be host:port, joined by commas' })
  readonly REDIS_NODES?: string;
  /** What the sentinels call the master. */
  @IsString() readonly REDIS_SENTINEL_NAME: string = 'mymaster';
  /** User and password of the sentinels themselves; without a user it is their default one. */
  @IsOptional() @IsString() readonly REDIS_SENTINEL_USERNAME?: string;
  @Secret() @IsOptional() @IsString() readonly REDIS_SENTINEL_PASSWORD?: string;
  /** Certificates (PEM) to check Redis's against; without it those of the system. For `rediss://`. */
  @IsOptional() @IsString() readonly REDIS_CA_FILE?: string;
}

/** What every app needs. Each property is an environment variable; `.env.example` explains them. */
export class ServiceConfig extends RedisConfig {
  @Secret() @IsUrl(DATABASE, { message: 'must be mysql://user:password@host:port/schema' }) readonly DATABASE_URL!: string;
  /** Connections to MySQL at most, per process; two more ask how it is, and for figures. */
  @IsInt() @Min(1) @Max(500) readonly DATABASE_POOL_SIZE: number = 10;
  /** How long an app waits at its start for MySQL before it gives up. */
  @IsInt() @Min(0) @Max(600) readonly DATABASE_START_TIMEOUT_S: number = 10;
  /** TLS to MySQL, with its certificate checked; implied by DATABASE_CA_FILE. */
  @EnvBoolean() readonly DATABASE_TLS: boolean = false;
  /** Certificates (PEM) to check MySQL's against; without it those of the system. */
  @IsOptional() @IsString() readonly DATABASE_CA_FILE?: string;

  @IsString() readonly HTTP_HOST: string = '0.0.0.0';
  @IsInt() @Min(0) @Max(65_535) readonly HTTP_PORT!: number;
  @IsString() readonly MANAGEMENT_HOST: string = '0.0.0.0';
  /** Health and metrics; never reachable from outside. */
  @IsInt() @Min(0) @Max(65_535) readonly MANAGEMENT_PORT!: number;
  /** For the head of a request. */
  @IsInt() @Min(1) @Max(120) readonly HTTP_HEAD_TIMEOUT_S: number = 15;
  /** For a whole request with its body; answers may take as long as they do. */
  @IsInt() @Min(1) @Max(3_600) readonly HTTP_REQUEST_TIMEOUT_S: number = 120;
  /** Connections at most, and never more than half of the files that the system lets the process open. */
  @IsInt() @Min(10) @Max(100_000) readonly HTTP_CONNECTIONS_MAX: number = 4_000;
  /** Requests per second of keys that name no limit, as those of older versions do; 0: none. */
  @IsInt() @Min(0) @Max(100_000) readonly CLIENT_RATE_LIMIT_PER_S: number = 0;
  /** Whose X-Forwarded-For is believed: nobody's (`false`), of so many proxies, or of proxies in these networks. */
  @ValidateBy({
    name: 'proxyTrust',
    validator: {
      validate: (value) => typeof value === 'string' && parseProxyTrust(value) !== undefined,
      defaultMessage: () => 'must be false, the number of proxies, or networks such as 10.1.0.0/16, joined by commas',
    },
  })
  readonly TRUST_PROXY: string = 'false';

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace']) readonly LOG_LEVEL: string = 'info';
  @IsIn(['json', 'pretty']) readonly LOG_FORMAT: string = 'json';
  /** From the signal to stop until the listeners close: readiness says no, and load balancers get to know. */
  @IsInt() @Min(0) @Max(120) readonly STOP_DELAY_S: number = 0;
  /** From then until the process is gone, at most. */
  @IsInt() @Min(1) @Max(600) readonly STOP_TIMEOUT_S: number = 25;

  /** What the scope `admin` of a client's key allows: everything, or to manage only, as the role does. */
  @IsIn(['all', 'manage']) readonly ADMIN_SCOPE: 'all' | 'manage' = 'all';

  /** Whose tokens are believed besides client keys, and what each may do; without it nobody's. */
  @IsOptional() @IsString() readonly WXPLANE_IDENTITY_FILE?: string;
  @IsOptional() @IsString() readonly WXPLANE_IDENTITY?: string;

  @IsOptional() @IsString() readonly WXPLANE_COMPONENTS_FILE?: string;
  @IsOptional() @IsString() readonly WXPLANE_COMPONENTS?: string;
  /** `<key id>:<32 bytes in base64>`, newest first, joined by commas; `<key id>@<domain>+<domain>:…` is for these domains only. */
  @Secret()
  @Matches(ENCRYPTION_KEYS, {
    message:
      'must be <key id>:<32 bytes in base64> or <key id>@<domain>+<domain>:<32 bytes in base64>, newest first, joined by commas',
  })
  readonly WXPLANE_ENCRYPTION_KEYS!: string;
  /** The form of ciphertext that is written; both are read. `v2` only when no replica of a release that does not know it is left. */
  @IsIn(['v1', 'v2']) readonly SECRETS_WRITE: 'v1' | 'v2' = 'v1';
  /** What is not `v2` counts as unreadable; only after `wxplane keys migrate`, and with SECRETS_WRITE=v2. */
  @StrictNeedsV2() @EnvBoolean() readonly SECRETS_STRICT: boolean = false;

  /**
   * `required`: an answer with a secret, and that of a write, goes out only when MySQL or AUDIT_SINK has its entry of the audit log, and is 503
   * otherwise. `best-effort`: entries are written behind the answers.
   */
  @IsIn(['best-effort', 'required']) readonly AUDIT_MODE: 'best-effort' | 'required' = 'best-effort';
  /** A second place for the audit log, which keeps entries while MySQL is away: `stdout` (lines with event "audit"), or a file. */
  @IsOptional()
  @Matches(/^(stdout|\/.+)$/, { message: 'must be stdout, or a file with its whole path' })
  readonly AUDIT_SINK?: string;

  /** An OTLP/HTTP collector for traces; without it nothing is traced. */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true })
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  /** Share of the traces that begin here and are kept. */
  @IsNumber() @Min(0) @Max(1) readonly OTEL_TRACES_SAMPLER_ARG: number = 0.1;

  /** Opens the queue dashboard on the management port; without it there is none. */
  @Secret() @IsOptional() @MinLength(24, { message: 'must be at least 24 characters' }) readonly MANAGEMENT_ADMIN_KEY?: string;

  /** Filled in at /docs where an operation asks for a merchant. /docs needs no key: whoever reaches it reads this. */
  @IsOptional() @Matches(APPID, { message: 'must be an appid' }) readonly DOCS_AUTHORIZER_APPID?: string;
}

const WECHAT = { protocols: ['http', 'https'], require_tld: false, require_protocol: true };

/** Where WeChat is; the defaults are WeChat's own. For apps that call it. */
export class WechatEndpoints extends ServiceConfig {
  @SecureUpstream() @IsUrl(WECHAT) readonly WECHAT_API_BASE_URL: string = 'https://api.weixin.qq.com';
  @SecureUpstream() @IsUrl(WECHAT) readonly WECHAT_MP_BASE_URL: string = 'https://mp.weixin.qq.com';
  @SecureUpstream() @IsUrl(WECHAT) readonly WECHAT_OPEN_BASE_URL: string = 'https://open.weixin.qq.com';
  /** WeChat, or the broker that is followed, may be reached by plain http elsewhere than on this machine. */
  @EnvBoolean() readonly ALLOW_INSECURE_UPSTREAMS: boolean = false;
}
