import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { AuthorizerPath, ComponentPath } from '#service';

const PATH = /^\/(?!\/)[\w/.-]{1,190}$/;
const PATH_MESSAGE = { message: 'path must be of WeChat’s API, with its leading slash and without host, such as /wxa/commit' };

export class QuotaQuery {
  /** Of WeChat's API, such as `/wxa/commit`. */
  @Matches(PATH, PATH_MESSAGE) readonly path!: string;
}

export class ResetQuotas {
  /** One API's quota; absent: all of the account's, which is one of its ten a month. */
  @IsOptional() @Matches(PATH, PATH_MESSAGE) readonly path?: string;
  /** Why: for whoever reads the list. */
  @IsString() @Length(3, 255) readonly reason!: string;
}

export class ResetComponentQuotas extends ResetQuotas {}

class Rid {
  /** WeChat's request id, known for seven days. */
  @Matches(/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/i, { message: 'rid must look like 5f5ba4d1-00000000-00000000' })
  readonly rid!: string;
}

export class ComponentRidPath extends IntersectionType(ComponentPath, Rid) {}
export class AuthorizerRidPath extends IntersectionType(AuthorizerPath, Rid) {}

export class RateView {
  readonly calls!: number;
  /** In so many seconds. */
  readonly seconds!: number;
}

export class QuotaView {
  readonly path!: string;
  /** Whose quota: calls on behalf use up the merchant's own. */
  readonly account_appid!: string;
  /** A day; null: not limited, or not known. */
  readonly daily_limit!: number | null;
  readonly used!: number;
  readonly remaining!: number | null;
  /** When it ends today, if it goes on as until now; null: it lasts. WeChat's numbers may be off by a hundredth. */
  readonly exhausted_at!: string | null;
  /** Of the account. */
  readonly rate_limit!: RateView | null;
  /** Of calls on behalf. */
  readonly component_rate_limit!: RateView | null;
}

export class QuotaResetView {
  readonly reset_id!: string;
  /** null: all of the account's. */
  readonly path!: string | null;
  /** `asked`: its end was not seen · `unclear`: it may have taken effect. Both count as used. */
  readonly state!: 'asked' | 'done' | 'refused' | 'unclear';
  readonly errcode!: number | null;
  readonly client_id!: string | null;
  readonly reason!: string;
  readonly at!: string;
}

export class QuotaResetsView {
  readonly account_appid!: string;
  /** In Beijing, `YYYY-MM`. */
  readonly month!: string;
  /** By us; those of WeChat's console count as well, and nobody tells of them. */
  readonly used!: number;
  readonly limit!: number;
  /** Newest first. */
  readonly items!: QuotaResetView[];
}

const NETWORKS = ['CHINANET', 'UNICOM', 'CAP', 'DEFAULT'] as const;

export class CheckCallback {
  @IsOptional() @IsIn(['dns', 'ping', 'all']) readonly action: 'dns' | 'ping' | 'all' = 'all';
  /** From which network: China Telecom, China Unicom, Tencent’s own, or any. */
  @IsOptional() @IsIn(NETWORKS) readonly network: (typeof NETWORKS)[number] = 'DEFAULT';
}

export class CallbackDnsView {
  readonly ip!: string;
  readonly network!: string;
}

export class CallbackPingView extends CallbackDnsView {
  /** Such as `0%`. */
  readonly package_loss!: string;
  /** Such as `23.079ms`. */
  readonly time!: string;
}

export class CallbackCheckView {
  readonly dns!: CallbackDnsView[];
  readonly ping!: CallbackPingView[];
}

/** A call as WeChat has it, without tokens and other secrets. */
export class RidView {
  readonly rid!: string;
  readonly at!: string;
  readonly duration_ms!: number;
  readonly request_url!: string;
  readonly request_body!: string;
  readonly response_body!: string;
  /** Where WeChat saw the call come from. */
  readonly client_ip!: string;
}
