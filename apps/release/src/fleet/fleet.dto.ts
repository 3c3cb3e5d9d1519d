import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

export class FleetSearch {
  /** Only those that run this version. */
  @IsOptional() @IsString() @MaxLength(64) readonly online_version?: string;
  /** Only those that do not run this version: what a rollout of it would still have to reach. */
  @IsOptional() @IsString() @MaxLength(64) readonly not_online_version?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly tag?: string;
  @IsOptional() @IsIn(['active', 'degraded', 'needs_reauthorization', 'cancelled']) readonly state?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(1_000) readonly limit: number = 100;
  @IsOptional() @IsString() readonly cursor?: string;
}

/** One mini program, as last read from WeChat. */
export class FleetEntry {
  readonly authorizer_appid!: string;
  readonly nick_name!: string | null;
  readonly state!: string;
  readonly trial_version!: string | null;
  readonly online_version!: string | null;
  readonly online_at!: string | null;
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

export class FleetPage {
  readonly items!: FleetEntry[];
  readonly next_cursor!: string | null;
}

export class FleetVersionCount {
  readonly online_version!: string | null;
  readonly mini_programs!: number;
}

/** Who runs what, in numbers. */
export class FleetSummary {
  readonly total!: number;
  readonly versions!: FleetVersionCount[];
}
