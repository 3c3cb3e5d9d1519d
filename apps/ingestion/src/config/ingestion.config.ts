import { IsEmail, IsInt, IsOptional, IsUrl, Matches, Max, Min } from 'class-validator';
import { EnvBoolean, Secret, ServiceConfig } from '#service';

const CIDRS = /^$|^[0-9a-fA-F:.]+\/\d{1,3}(\s*,\s*[0-9a-fA-F:.]+\/\d{1,3})*$/;
const PORTS = /^\d{1,5}(\s*,\s*\d{1,5})*$/;
const RETENTION = /^[A-Za-z0-9_.*-]+=\d{1,5}(\s*,\s*[A-Za-z0-9_.*-]+=\d{1,5})*$/;
const HOSTS = /^$|^[A-Za-z0-9.[\]:-]+(\s*,\s*[A-Za-z0-9.[\]:-]+)*$/;
const SECONDS = /^\d{1,7}(\s*,\s*\d{1,7})*$/;

/** Ingestion's environment; `.env.example` and docs/ingestion.md explain each variable. */
export class IngestionConfig extends ServiceConfig {
  /** How long MySQL may take for a push before Redis is asked to keep it. WeChat gives five seconds for everything. */
  @IsInt() @Min(100) @Max(4_000) readonly PUSH_DATABASE_TIMEOUT_MS: number = 1_500;
  /** A push whose signed timestamp is older is kept, and not acted on. Must be shorter than every retention. */
  @IsInt() @Min(600) @Max(2_592_000) readonly PUSH_MAX_AGE_S: number = 86_400;
  /** Pushes waiting for the database at most; beyond that WeChat is asked to come again. */
  @IsInt() @Min(10) @Max(100_000) readonly PUSH_WAITING_MAX: number = 5_000;
  /** How often rows that were not handed over are looked for. */
  @IsInt() @Min(200) @Max(60_000) readonly SWEEP_INTERVAL_MS: number = 3_000;

  /**
   * An event that its consumer says nothing of for so long is handed over again: for what vanishes from Redis unnoticed; what Redis loses
   * is made again within seconds. Longer than a job that is still tried may take: twelve attempts are spread over 68 minutes.
   */
  @IsInt() @Min(60) @Max(86_400) readonly HANDOVER_LOST_AFTER_S: number = 7_200;

  /** Days that events are kept, by kind: the first pattern that fits, `*` matches any text. */
  @Matches(RETENTION, { message: 'must be <kind pattern>=<days>, joined by commas' })
  readonly INBOX_RETENTION_DAYS: string = 'component_verify_ticket=3,event.*=30,message.*=30,*=180';

  /** Addresses that subscribers may have although they are private. */
  @Matches(CIDRS, { message: 'must be address ranges such as 10.1.0.0/16, joined by commas' })
  readonly SUBSCRIBER_ALLOWED_CIDRS: string = '';
  /** These are for clients only whose `webhook_hosts` name the host; otherwise also for those who name none. */
  @EnvBoolean() readonly SUBSCRIBER_NAMED_HOSTS_ONLY: boolean = false;
  /** Ports of new subscriptions, and of all that lead to private addresses. */
  @Matches(PORTS, { message: 'must be ports, joined by commas' })
  readonly SUBSCRIBER_PORTS: string = '443,8443';
  /** Subscribers without TLS: for tests and closed networks. */
  @EnvBoolean() readonly SUBSCRIBER_ALLOW_HTTP: boolean = false;
  /** How long a subscriber may take to answer. */
  @IsInt() @Min(100) @Max(60_000) readonly DELIVERY_TIMEOUT_MS: number = 10_000;
  /** Requests under way at once to one subscription; one that hangs takes one of these places. */
  @IsInt() @Min(1) @Max(64) readonly DELIVERY_PARALLEL: number = 4;
  /** Pauses after the first, second, … failed attempt; after the last one the delivery has failed. */
  @Matches(SECONDS, { message: 'must be seconds, joined by commas' })
  readonly DELIVERY_SCHEDULE_S: string = '5,30,120,600,1800,3600,7200,14400,28800,43200';
  /** A subscription that has only failed for so long is switched off. */
  @IsInt() @Min(1) @Max(2_592_000) readonly DELIVERY_DISABLE_AFTER_S: number = 432_000;
  /** How long the log of deliveries is kept. */
  @IsInt() @Min(1) @Max(3_650) readonly DELIVERY_RETENTION_DAYS: number = 30;
  /** From the arrival of a message until the replier must have answered. */
  @IsInt() @Min(200) @Max(4_500) readonly PASSIVE_REPLY_DEADLINE_MS: number = 3_500;

  /** Hosts that the robots of channels may have, with or without a port; no other is ever called. */
  @Matches(HOSTS, { message: 'must be hosts such as qyapi.weixin.qq.com, joined by commas' })
  readonly NOTIFY_HOSTS: string = 'qyapi.weixin.qq.com,open.feishu.cn,open.larksuite.com,oapi.dingtalk.com';
  /** Where the console is, for links in messages; without it they have none. */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true })
  readonly NOTIFY_BASE_URL?: string;
  /** The server that mail is given to: `smtps://user:password@host`, or `smtp://…`, which must offer STARTTLS unless it is this machine. */
  @Secret()
  @IsOptional()
  @IsUrl(
    { protocols: ['smtp', 'smtps'], require_tld: false, require_protocol: true },
    { message: 'must be smtps://user:password@host:port' },
  )
  readonly NOTIFY_SMTP_URL?: string;
  /** Whom mail is from; needed with NOTIFY_SMTP_URL. */
  @IsOptional() @IsEmail({ require_tld: false }) readonly NOTIFY_MAIL_FROM?: string;

  /** Age of the newest ticket that is worth a warning; WeChat pushes one every ten minutes. */
  @IsInt() @Min(60) @Max(43_200) readonly TICKET_WARNING_S: number = 1_500;
  @IsInt() @Min(60) @Max(43_200) readonly TICKET_ALARM_S: number = 3_600;
  /** From this age on WeChat is asked to start pushing again. */
  @IsInt() @Min(60) @Max(43_200) readonly TICKET_RESTART_S: number = 7_200;
}
