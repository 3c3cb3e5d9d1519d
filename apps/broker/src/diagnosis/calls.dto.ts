import { Type } from 'class-transformer';
import { IsInt, IsISO8601, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';

export class CallsQuery {
  /** Last part of WeChat's path, such as `submit_audit`. */
  @IsOptional() @IsString() @MaxLength(96) api?: string;
  @IsOptional() @IsString() @MaxLength(64) authorizer_appid?: string;
  @IsOptional() @IsString() @MaxLength(32) client_id?: string;
  @IsOptional() @Type(() => Number) @IsInt() errcode?: number;
  /** WeChat's request id. */
  @IsOptional() @IsString() @MaxLength(64) rid?: string;
  @IsOptional() @Matches(/^(ok|aborted|errcode|bad-answer|timeout|network)$/) outcome?: string;
  @IsOptional() @IsISO8601() since?: string;
  @IsOptional() @IsISO8601() until?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(500) limit?: number;
  @IsOptional() @Matches(/^\d{1,20}$/) cursor?: string;
}

export class CallResponse {
  call_id!: string;
  at!: string;
  app!: string;
  api!: string;
  method!: string;
  path!: string;
  component_appid!: string | null;
  authorizer_appid!: string | null;
  /** Who asked; null: the suite itself. */
  client_id!: string | null;
  request_id!: string | null;
  outcome!: string;
  errcode!: number | null;
  rid!: string | null;
  http_status!: number | null;
  duration_ms!: number;
}

export class CallListResponse {
  items!: CallResponse[];
  next_cursor!: string | null;
}

export class CallCountsQuery {
  /** In Beijing, `YYYY-MM-DD`. Default today. */
  @IsOptional() @Matches(/^\d{4}-\d\d-\d\d$/) day?: string;
}

export class ApiCountResponse {
  /** WeChat's path. */
  api!: string;
  calls!: number;
  failures!: number;
  /** What the operator allows per day; null: no limit. */
  budget!: number | null;
}

export class CallCountsResponse {
  component_appid!: string;
  day!: string;
  items!: ApiCountResponse[];
}

export class AuditQuery {
  @IsOptional() @IsString() @MaxLength(32) client_id?: string;
  @IsOptional() @IsString() @MaxLength(64) action?: string;
  @IsOptional() @IsString() @MaxLength(64) component_appid?: string;
  @IsOptional() @IsString() @MaxLength(64) authorizer_appid?: string;
  @IsOptional() @IsISO8601() since?: string;
  @IsOptional() @IsISO8601() until?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(500) limit?: number;
  @IsOptional() @Matches(/^\d{1,20}$/) cursor?: string;
}

export class AuditEntryResponse {
  accesslog_id!: string;
  at!: string;
  /** How often between `at` and `last_at`: what a client reads again within a minute is one entry. */
  times!: number;
  last_at!: string | null;
  app!: string;
  client_id!: string | null;
  action!: string;
  component_appid!: string | null;
  authorizer_appid!: string | null;
  subject!: string | null;
  outcome!: string;
  ip!: string | null;
  /** Of the first time; repetitions have none. */
  request_id!: string | null;
}

export class AuditListResponse {
  items!: AuditEntryResponse[];
  next_cursor!: string | null;
}
