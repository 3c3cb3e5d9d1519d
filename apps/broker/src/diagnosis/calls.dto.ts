import { IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { FormerTimeRange, PageOf, PageQuery } from '#service';

export class CallSearch extends IntersectionType(FormerTimeRange, PageQuery) {
  /** Last part of WeChat's path, such as `submit_audit`. */
  @IsOptional() @IsString() @MaxLength(96) readonly api?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly authorizer_appid?: string;
  @IsOptional() @IsString() @MaxLength(32) readonly client_id?: string;
  @IsOptional() @Type(() => Number) @IsInt() readonly errcode?: number;
  /** WeChat's request id. */
  @IsOptional() @IsString() @MaxLength(64) readonly rid?: string;
  @IsOptional() @Matches(/^(ok|aborted|errcode|bad-answer|timeout|network)$/) readonly outcome?: string;
}

export class CallView {
  readonly call_id!: string;
  readonly at!: string;
  readonly app!: string;
  readonly api!: string;
  readonly method!: string;
  readonly path!: string;
  readonly component_appid!: string | null;
  readonly authorizer_appid!: string | null;
  /** Who asked; null: the suite itself. */
  readonly client_id!: string | null;
  readonly request_id!: string | null;
  readonly outcome!: string;
  readonly errcode!: number | null;
  readonly rid!: string | null;
  readonly http_status!: number | null;
  readonly duration_ms!: number;
}

export class CallPage extends PageOf(CallView) {}

export class CallCountsQuery {
  /** In Beijing, `YYYY-MM-DD`. Default today. */
  @IsOptional() @Matches(/^\d{4}-\d\d-\d\d$/) readonly day?: string;
}

export class ApiCountView {
  /** WeChat's path. */
  readonly api!: string;
  readonly calls!: number;
  readonly failures!: number;
  /** What the operator allows per day; null: no limit. */
  readonly budget!: number | null;
}

export class CallCountsView {
  readonly component_appid!: string;
  readonly day!: string;
  readonly items!: ApiCountView[];
}

export class AuditSearch extends IntersectionType(FormerTimeRange, PageQuery) {
  @IsOptional() @IsString() @MaxLength(32) readonly client_id?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly action?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly component_appid?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly authorizer_appid?: string;
}

export class AuditEntryView {
  readonly accesslog_id!: string;
  readonly at!: string;
  /** How often between `at` and `last_at`: what a client reads again within a minute is one entry. */
  readonly times!: number;
  readonly last_at!: string | null;
  readonly app!: string;
  readonly client_id!: string | null;
  readonly action!: string;
  readonly component_appid!: string | null;
  readonly authorizer_appid!: string | null;
  readonly subject!: string | null;
  readonly outcome!: string;
  readonly ip!: string | null;
  /** Of the first time; repetitions have none. */
  readonly request_id!: string | null;
}

export class AuditPage extends PageOf(AuditEntryView) {}
