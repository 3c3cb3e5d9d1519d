import { Transform } from 'class-transformer';
import {
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { consoleKeyOf, isLocal, Secret, ServiceConfig } from '#service';

const APP = { protocols: ['http', 'https'], require_tld: false, require_protocol: true };

/** An origin: no path, no query, nothing that a browser would not send as `Origin`. */
const isOwnOrigin = (value: unknown): boolean => {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.origin === value && (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal(url)));
};

/** Whoever can read or change what the issuer answers signs in as he likes. */
const isSecureIssuer = (value: unknown): boolean => {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.search === '' && url.hash === '' && (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal(url)));
};

const isSigningKey = (value: unknown): boolean => {
  try {
    return typeof value === 'string' && consoleKeyOf(value) !== undefined;
  } catch {
    return false;
  }
};

const check = (name: string, validate: (value: unknown) => boolean, message: string) =>
  ValidateBy({ name, validator: { validate, defaultMessage: () => message } });

const Words = () => Transform(({ value }) => (typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value));

/** What the console needs besides what every app needs. */
export class ConsoleConfig extends ServiceConfig {
  /** What people type to get here, such as https://console.example.com. */
  @check('ownOrigin', isOwnOrigin, 'must be https://<host>[:port] and nothing behind it (http only for this machine itself)')
  readonly CONSOLE_URL!: string;
  /** Signs who acts, for the apps; seals sessions. An Ed25519 key (PEM): `openssl genpkey -algorithm ed25519`. */
  @Secret()
  @check('signingKey', isSigningKey, 'must be a private Ed25519 key in PEM form: openssl genpkey -algorithm ed25519')
  readonly CONSOLE_SIGNING_KEY!: string;
  /** What the apps' identity file calls the audience and the issuer of what the console signs; the issuer is CONSOLE_URL unless it says so. */
  @IsString() @Length(1, 255) readonly CONSOLE_AUDIENCE: string = 'wxplane';

  @IsUrl(APP) readonly BROKER_URL!: string;
  @IsUrl(APP) readonly INGESTION_URL!: string;
  @IsUrl(APP) readonly RELEASE_URL!: string;

  /** Who signs people in; without it only one-time links do. */
  @IsOptional()
  @check('issuer', isSecureIssuer, 'must be https (http only for this machine itself), without a query')
  readonly CONSOLE_OIDC_ISSUER?: string;
  @ValidateIf((config: ConsoleConfig) => config.CONSOLE_OIDC_ISSUER !== undefined)
  @IsString()
  @MinLength(1)
  readonly CONSOLE_OIDC_CLIENT_ID?: string;
  /** Absent: the issuer knows the console as a public client. */
  @Secret() @IsOptional() @IsString() @MinLength(1) readonly CONSOLE_OIDC_CLIENT_SECRET?: string;
  @Words() @IsArray() @Matches(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { each: true }) readonly CONSOLE_OIDC_SCOPES: string[] = [
    'openid',
    'profile',
  ];
  @IsString() @Length(1, 64) readonly CONSOLE_OIDC_GROUPS_CLAIM: string = 'groups';
  /** The claim that is the same for all accounts of one person, as `person_id` in the identity file; absent: issuer and subject make it. */
  @IsOptional() @IsString() @Length(1, 64) readonly CONSOLE_OIDC_PERSON_CLAIM?: string;

  /** A session that nobody uses ends after this. */
  @IsInt() @Min(60) @Max(604_800) readonly CONSOLE_SESSION_IDLE_S: number = 8 * 3_600;
  /** And each after this, however much it is used. */
  @IsInt() @Min(60) @Max(2_592_000) readonly CONSOLE_SESSION_S: number = 24 * 3_600;
  /** What cannot be taken back wants a sign-in no older than this. */
  @IsInt() @Min(30) @Max(86_400) readonly CONSOLE_STEP_UP_S: number = 300;
  /** Whether one-time links sign in. Off as soon as the issuer does. */
  @Matches(/^(on|off)$/, { message: 'must be on or off' }) readonly CONSOLE_LINKS: 'on' | 'off' = 'on';

  /** It seals nothing of the apps', and is given none of their keys. */
  @IsOptional() declare readonly WXPLANE_ENCRYPTION_KEYS: string;
}
