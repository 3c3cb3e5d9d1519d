import { IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { EnvBoolean, Secret, StrictNeedsV2 } from '#base';

const HTTP = { protocols: ['http', 'https'], require_tld: false, require_protocol: true };
const MYSQL = { protocols: ['mysql'], require_tld: false, require_protocol: true };
const MYSQL_FORM = 'must be mysql://user:password@host:port/schema';
const KEY_FORM = { message: 'must look like wxp_<id>_<secret>, or be a token (JWT) of an issuer that the apps trust' };
const KEY = /^(?:wxp_[0-9a-zA-Z]+_[0-9a-zA-Z_-]+|e[\w-]+\.[\w-]+\.[\w-]+)$/;

/** Before anything else is read. */
export class LocalSuiteConfig {
  @EnvBoolean() readonly WXPLANE_LOCAL_SUITE: boolean = true;
}

/** For commands that look into the database. */
export class DatabaseConfig {
  @Secret() @IsUrl(MYSQL, { message: MYSQL_FORM }) readonly DATABASE_URL!: string;
  @EnvBoolean() readonly DATABASE_TLS: boolean = false;
  @IsOptional() @IsString() readonly DATABASE_CA_FILE?: string;
}

/** For commands about the accounts of the database, and how the doctor knows whose account it looks at. */
export class DatabaseAccountsConfig {
  @IsOptional() @Secret() @IsString() readonly DATABASE_ACCOUNTS?: string;
}

/** For commands that read or write what is encrypted. */
export class KeysConfig {
  @Secret() @IsString() readonly WXPLANE_ENCRYPTION_KEYS!: string;
  /** As for the apps: see .env.example. */
  @IsIn(['v1', 'v2']) readonly SECRETS_WRITE: 'v1' | 'v2' = 'v1';
  @StrictNeedsV2() @EnvBoolean() readonly SECRETS_STRICT: boolean = false;
}

/** Which components this installation serves. */
export class ComponentsConfig {
  @IsOptional() @IsString() readonly WXPLANE_COMPONENTS_FILE?: string;
  @IsOptional() @IsString() readonly WXPLANE_COMPONENTS?: string;
}

/** For commands that ask ingestion. */
export class IngestionApiConfig {
  @IsUrl(HTTP) readonly INGESTION_URL!: string;
  /** One client key for all commands, or the token of a job or pod; each says which scopes it needs. */
  @Secret() @IsOptional() @Matches(KEY, KEY_FORM) readonly WXPLANE_CLIENT_KEY?: string;
}

/** For commands that ask the broker. */
export class BrokerApiConfig {
  @IsUrl(HTTP) readonly BROKER_URL!: string;
  @Secret() @IsOptional() @Matches(KEY, KEY_FORM) readonly WXPLANE_CLIENT_KEY?: string;
}

/** For commands that ask the release app. */
export class ReleaseApiConfig {
  @IsUrl(HTTP) readonly RELEASE_URL!: string;
  @Secret() @IsOptional() @Matches(KEY, KEY_FORM) readonly WXPLANE_CLIENT_KEY?: string;
}

/** Who works here, for the audit log. */
export class OperatorConfig {
  @IsOptional() @Matches(/^[^\p{Cc}]{1,128}$/u, { message: 'must be a name' }) readonly WXPLANE_AS?: string;
}

/** Where a login is kept. */
export class LoginConfig {
  @IsOptional() @IsString() readonly XDG_CONFIG_HOME?: string;
}

/** Whom `login` asks. */
export class LoginIssuerConfig {
  @IsUrl(HTTP) readonly WXPLANE_LOGIN_ISSUER!: string;
  @IsString() readonly WXPLANE_LOGIN_CLIENT_ID!: string;
  @IsString() readonly WXPLANE_LOGIN_SCOPE: string = 'openid profile email';
  /** Which token of the issuer is sent to the apps. */
  @IsIn(['access', 'id']) readonly WXPLANE_LOGIN_TOKEN: 'access' | 'id' = 'access';
}

/** Where `status` finds the apps; those that are not named are left out. */
export class HealthConfig {
  @IsOptional() @IsUrl(HTTP) readonly INGESTION_URL?: string;
  @IsOptional() @IsUrl(HTTP) readonly BROKER_URL?: string;
  @IsOptional() @IsUrl(HTTP) readonly RELEASE_URL?: string;
  /** Management ports: with them `status` tells in words what an app misses. */
  @IsOptional() @IsUrl(HTTP) readonly INGESTION_MANAGEMENT_URL?: string;
  @IsOptional() @IsUrl(HTTP) readonly BROKER_MANAGEMENT_URL?: string;
  @IsOptional() @IsUrl(HTTP) readonly RELEASE_MANAGEMENT_URL?: string;
}

/** What else `doctor` needs. */
export class DoctorConfig {
  @IsUrl(HTTP) readonly WECHAT_API_BASE_URL: string = 'https://api.weixin.qq.com';
  @IsInt() @Min(60) @Max(43_200) readonly TICKET_WARNING_S: number = 1_500;
  @IsInt() @Min(60) @Max(43_200) readonly TICKET_ALARM_S: number = 3_600;
  /** A service that answers the caller's address as text. */
  @IsOptional() @IsUrl(HTTP) readonly EGRESS_ECHO_URL?: string;
}

/** What the console signs with. */
export class ConsoleKeyConfig {
  @Secret() @IsString() readonly CONSOLE_SIGNING_KEY!: string;
}

/** For links that sign somebody in at the console. */
export class ConsoleLinkConfig extends ConsoleKeyConfig {
  @IsUrl(HTTP) readonly CONSOLE_URL!: string;
  /** Groups of whoever comes by a link that names none, joined by commas. */
  @IsString() readonly CONSOLE_LINK_GROUPS: string = 'console-admins';
}

/** Where merchants reach the launch page, and WeChat reaches ingestion, for what is typed into WeChat's platform. */
export class ConsoleConfig {
  @IsOptional() @IsUrl(HTTP) readonly PUBLIC_BASE_URL?: string;
  @IsOptional() @IsUrl(HTTP) readonly PUSH_BASE_URL?: string;
}

/** The database that `import wxcomponent` reads. */
export class ImportConfig {
  @Secret() @IsUrl(MYSQL, { message: MYSQL_FORM }) readonly IMPORT_DATABASE_URL!: string;
}
