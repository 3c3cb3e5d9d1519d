import { IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { Checked, FormerTimeRange, PageOf, PageQuery } from '#service';

export class CallSearch extends IntersectionType(FormerTimeRange, PageQuery) {
  /** Last part of WeChat's path, such as `submit_audit`. */
  @IsOptional() @IsString() @MaxLength(96) readonly api?: string;
  @IsOptional()
  @IsString()
  @MaxLength(64)
  @Checked('none: for administrators, who see all of it')
  readonly authorizer_appid?: string;
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
  @IsOptional()
  @IsString()
  @MaxLength(64)
  @Checked('narrowed')
  readonly component_appid?: string;
  @IsOptional()
  @IsString()
  @MaxLength(64)
  @Checked('none: for administrators, who see all of it')
  readonly authorizer_appid?: string;
  @IsOptional() @IsString() @MaxLength(191) readonly person_id?: string;
  @IsOptional() @Matches(/^(ok|refused|failed)$/) readonly outcome?: string;
  /** Of what was refused or failed: the code of the problem. */
  @IsOptional() @IsString() @MaxLength(64) readonly reason?: string;
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
  /** `key`, `person`, `workload`, `tool`, `app`; `stranger`: nothing of who it was is proven, the client id is what was claimed. */
  readonly actor_kind!: string | null;
  readonly actor_issuer!: string | null;
  readonly actor_subject!: string | null;
  readonly person_id!: string | null;
  /** By which it was allowed, or which was lacking. */
  readonly permission!: string | null;
  readonly reason!: string | null;
  /** Of the connection, where that is a proxy's and `ip` came in its header. */
  readonly peer_ip!: string | null;
  readonly trace_id!: string | null;
  /** SHA-256 over what a write changed, without secrets. */
  readonly before_sha256!: string | null;
  readonly after_sha256!: string | null;
  /** JSON: `{"member":[before,after]}`, without secrets. */
  readonly difference!: string | null;
  /** The process that wrote it, and its place in that one's chain; null: written by a release that made no chain. */
  readonly writer!: string | null;
  readonly seq!: string | null;
  readonly hash!: string | null;
}

export class AuditPage extends PageOf(AuditEntryView) {}

export class CheckpointView {
  readonly seq!: number;
  readonly at!: string;
  /** `minute`, or `retention`: what was dropped after its time. */
  readonly kind!: string;
  /** What `hash` (SHA-256) and `signature` (Ed25519, base64) are over, to the byte. */
  readonly document!: string;
  readonly hash!: string;
  /** The first 16 hexadecimal digits of the SHA-256 of the public key (DER); null: not signed. */
  readonly key_id!: string | null;
  readonly signature!: string | null;
}

export class CheckpointPage extends PageOf(CheckpointView) {}
