import { IsIn, IsInt, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { APPID, EnvBoolean, Secret } from '#service';

/** Settings of the sidecar; it needs nothing of what the broker needs. */
export class SidecarConfig {
  /** Where the broker is. */
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true }) readonly BROKER_URL!: string;
  /** A client key with the scope `authorizer-token`; and with `component-token` where `SIDECAR_COMPONENT_SECRETS` is set. */
  @Secret()
  @Matches(/^wxp_[0-9a-f]{16}_[0-9a-f]{48}$/, { message: 'must be a client key: wxp_<id>_<secret>' })
  readonly BROKER_CLIENT_KEY!: string;
  /** The component whose services are beside. */
  @Matches(APPID, { message: 'must be an appid: "wx" and 16 letters or digits' }) readonly COMPONENT_APPID!: string;
  /**
   * Whether it also gives out the component's token and ticket, to whoever is on the loopback interface: with that token WeChat answers
   * every merchant's refresh token.
   */
  @EnvBoolean() readonly SIDECAR_COMPONENT_SECRETS: boolean = false;
  /**
   * Who beside may ask: ids of users, joined by commas, as whom the services run. Empty: whoever is on the loopback interface. On Linux
   * only, and where the sidecar sees them by the same numbers (no user namespaces between containers of a pod).
   */
  @Matches(/^(?:\d{1,10}(?:,\d{1,10})*)?$/, { message: 'must be ids of users (numbers), joined by commas' })
  readonly SIDECAR_UIDS: string = '';
  /** A secret that services must send: as `Authorization: Bearer`, or as the password in their address. Empty: none. */
  @Secret() @Matches(/^(?:[\x21-\x7e]{24,256})?$/, { message: 'must be at least 24 characters' }) readonly SIDECAR_KEY: string =
    '';
  /** wxcomponent's own inner port. */
  @IsInt() @Min(0) @Max(65_535) readonly SIDECAR_PORT: number = 8081;
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace']) readonly LOG_LEVEL: string = 'info';
  @IsString() readonly LOG_FORMAT: string = 'json';
}
