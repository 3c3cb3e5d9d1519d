import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, MaxLength, Min } from 'class-validator';
import { PageOf, PageQuery } from '#service';

/**
 * Whether WeChat has online what was put online from here: `none` it has, `elsewhere` it has something else (another console, another
 * platform), `unknown` nothing was put online from here, or WeChat was not read yet.
 */
export type FleetDrift = 'none' | 'elsewhere' | 'unknown';

export class FleetSearch extends PageQuery {
  /** Only those that run this version. */
  @IsOptional() @IsString() @MaxLength(64) readonly online_version?: string;
  /** Only those that do not run this version: what a rollout of it would still have to reach. */
  @IsOptional() @IsString() @MaxLength(64) readonly not_online_version?: string;
  /** Only those that do not run this template, or of which that is not known. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) readonly not_template_id?: number;
  /** Only those whose `ext_json` online is another one: SHA-256 in hex of the text that was committed. */
  @IsOptional() @Matches(/^[0-9a-f]{64}$/) readonly not_ext_hash?: string;
  /** `elsewhere`: only those that run what was not put online from here. */
  @IsOptional() @IsIn(['none', 'elsewhere', 'unknown']) readonly drift?: FleetDrift;
  /** Only those that were reminded within three days to report shipments: WeChat holds the money of their buyers. */
  @IsOptional() @IsIn(['true']) readonly money_held?: 'true';
  @IsOptional() @IsString() @MaxLength(64) readonly tag?: string;
  @IsOptional() @IsIn(['active', 'degraded', 'needs_reauthorization', 'cancelled']) readonly state?: string;
}

/** One mini program, as last read from WeChat. */
export class FleetView {
  readonly authorizer_appid!: string;
  readonly nick_name!: string | null;
  readonly state!: string;
  readonly trial_version!: string | null;
  readonly online_version!: string | null;
  readonly online_at!: string | null;
  /** Template of what is online; `null`: not known, for it was not put online from here. */
  readonly online_template_id!: number | null;
  /** SHA-256 in hex of the `ext_json` of what is online; `null`: not known. */
  readonly online_ext_hash!: string | null;
  readonly drift!: FleetDrift;
  /** What was put online from here last. */
  readonly released_version!: string | null;
  /** 1 in service, 0 suspended, as last read or set from here; `null`: not known. */
  readonly visit_status!: number | null;
  /** Whether WeChat holds buyers' money until shipments are reported; `null`: not known. */
  readonly trade_managed!: boolean | null;
  /** The newest event that reminds of shipments, and when it came. */
  readonly trade_reminder!: string | null;
  readonly trade_reminded_at!: string | null;
  readonly tags!: string[];
  /** State of its newest release here. */
  readonly release_state!: string | null;
  readonly release_version!: string | null;
  readonly release_id!: number | null;
  /** When WeChat was read; `null`: not yet. */
  readonly read_at!: string | null;
  /** Why it could not be read. */
  readonly problem!: Record<string, unknown> | null;
}

export class FleetPage extends PageOf(FleetView) {}

export class FleetVersionCount {
  readonly online_version!: string | null;
  /** Of what was put online from here; `null`: not known. */
  readonly online_template_id!: number | null;
  readonly mini_programs!: number;
}

/** Who runs what, in numbers. */
export class FleetSummary {
  readonly total!: number;
  /** Those that run what was not put online from here. */
  readonly elsewhere!: number;
  readonly versions!: FleetVersionCount[];
}
