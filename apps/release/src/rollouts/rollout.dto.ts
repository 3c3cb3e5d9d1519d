import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { AreAppids, Checked, PageOf, PageQuery } from '#service';
import { ReleasePolicyDto, RemedyView } from '../releases/api/release.dto.js';
import { SubmitRelease } from '../requests/submit-request.dto.js';

/** Which mini programs: exactly one of the members. */
export class RolloutTargets {
  /** Named ones, in this order; the first ones are the canary. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20_000)
  @ArrayUnique()
  @AreAppids()
  @Checked('all')
  readonly list?: string[];
  /** Those whose online version is this one, as last read. */
  @IsOptional() @IsString() @MaxLength(64) readonly online_version?: string;
  /** Those that carry this tag. */
  @IsOptional() @IsString() @MaxLength(64) readonly tag?: string;
  /** Every mini program that has authorized the component. */
  @IsOptional() @IsBoolean() readonly all?: boolean;
}

export class RolloutOptionsDto {
  /** So many mini programs go first. Default 0. */
  @IsOptional() @IsInt() @Min(0) @Max(1_000) readonly canary_size?: number;
  /** Share of the canary that must succeed. Default 1. */
  @IsOptional() @IsNumber() @Min(0) @Max(1) readonly canary_success_share?: number;
  /** Between commit and submission at the same time. Default 20. */
  @IsOptional() @IsInt() @Min(1) @Max(500) readonly concurrency?: number;
  /** Begun per minute. Default 120. */
  @IsOptional() @IsInt() @Min(1) @Max(100_000) readonly per_minute?: number;
  /** Submissions of this month left for others. Default 10. */
  @IsOptional() @IsInt() @Min(0) readonly quota_reserve?: number;
  /** It pauses itself at so many failures. Default 20. */
  @IsOptional() @IsInt() @Min(1) readonly max_failures?: number;
  /** The same as a share of those that were begun. What the preview named and was never begun does not count. Default 0.2. */
  @IsOptional() @IsNumber() @Min(0) @Max(1) readonly max_failure_share?: number;
}

/** What a rollout is: the same body for its preview and its start. */
export class RolloutSpec {
  @IsString() @Length(1, 128) readonly name!: string;
  @IsObject() @ValidateNested() @Type(() => RolloutTargets) readonly targets!: RolloutTargets;
  @IsInt() @Min(0) readonly template_id!: number;
  @IsString() @Length(1, 64) readonly user_version!: string;
  @IsString() @MaxLength(1_024) readonly user_desc!: string;
  /** With `{{variables}}`; absent: each mini program's stored one. */
  @IsOptional() @IsObject() readonly ext_json?: Record<string, unknown>;
  /** The rollout's own layer of variables. */
  @IsOptional() @IsObject() readonly variables?: Record<string, unknown>;
  /** Names of those of them that nobody is shown: texts of at least six characters. */
  @IsOptional() @IsArray() @ArrayMaxSize(200) @IsString({ each: true }) readonly secret_variables?: string[];
  /** Name of a stored audit profile. */
  @IsOptional() @IsString() readonly profile?: string;
  /** What reviewers are told; members given here win over the profile's. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => SubmitRelease) readonly audit?: SubmitRelease;
  /** Default: submit and publish by themselves. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => ReleasePolicyDto) readonly policy?: ReleasePolicyDto;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => RolloutOptionsDto) readonly options?: RolloutOptionsDto;
  /** It may take the place of a newer version: without this nobody goes back to an older one. */
  @IsOptional() @IsBoolean() readonly allow_older?: boolean;
  /**
   * Mini programs that another rollout has not finished with are taken over from it: there they are skipped, what reviewers do not
   * have yet is given up, and reviews that run end first. Without this the start is refused when rollouts overlap.
   */
  @IsOptional() @IsBoolean() readonly take_over?: boolean;
}

export class StartRollout extends RolloutSpec {
  /** `hash` of the preview: if anything has changed since, nothing is started. */
  @Matches(/^[0-9a-f]{64}$/, { message: 'preview_hash must be the hash of a preview' }) readonly preview_hash!: string;
}

export class PreviewQuery {
  /** Requests shown in full. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(500) readonly limit: number = 20;
  /** So many of the first targets are compared with WeChat: categories, and whether a review is pending. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(50) readonly live: number = 0;
}

export class RetryRollout {
  /** Also those that were skipped: each is looked at again. */
  @IsOptional() @IsBoolean() readonly skipped?: boolean;
}

export class RolloutPath {
  @Type(() => Number) @IsInt() @Min(1) readonly rollout_id!: number;
}

export class RolloutSearch extends PageQuery {
  @IsOptional() @IsIn(['running', 'waiting', 'paused', 'completed', 'aborted']) readonly state?:
    | 'running'
    | 'waiting'
    | 'paused'
    | 'completed'
    | 'aborted';
}

export class TargetSearch extends PageQuery {
  @IsOptional() @IsIn(['pending', 'running', 'succeeded', 'failed', 'skipped']) readonly state?:
    | 'pending'
    | 'running'
    | 'succeeded'
    | 'failed'
    | 'skipped';
}

export class ReportQuery {
  @IsOptional() @IsIn(['json', 'csv']) readonly format: 'json' | 'csv' = 'json';
}

/** One thing that stands in the way. */
export class PreviewProblem {
  readonly authorizer_appid!: string;
  /** Such as `ext_json.window` or `authorization`. */
  readonly path!: string;
  readonly message!: string;
  readonly remedy!: RemedyView | null;
}

/** What one mini program would be sent. */
export class PreviewRequest {
  readonly authorizer_appid!: string;
  readonly is_canary!: boolean;
  /** Body of WeChat's commit. */
  readonly commit!: Record<string, unknown>;
  /** Body of WeChat's submit_audit. */
  readonly submit_audit!: Record<string, unknown>;
}

export class RolloutPreview {
  /** Stands for everything that would be sent; give it to the start. */
  readonly hash!: string;
  readonly targets!: number;
  readonly ready!: number;
  readonly requests!: PreviewRequest[];
  /** At most 500. */
  readonly problems!: PreviewProblem[];
  /** Sent all the same; at most 500. */
  readonly warnings!: PreviewProblem[];
  readonly quota!: Record<string, number> | null;
}

export class RolloutCountsView {
  readonly total!: number;
  readonly pending!: number;
  readonly running!: number;
  /** Of those under way: they wait for a quota of their own mini program, and hold nobody up. */
  readonly waiting!: number;
  readonly succeeded!: number;
  readonly failed!: number;
  readonly skipped!: number;
}

/** Why a rollout, or a mini program of it, waits, was paused, skipped or has failed. */
export class ReasonView {
  /** Such as `quota`, `template`, `platform`, `operator`, `canary-failed`; of a mini program also `rejected`, `older`, `commit-failed`. */
  readonly code?: string;
  readonly detail?: string | null;
  /** ISO 8601. */
  readonly since?: string;
  /** So long the reason explains the waiting; then a person has to look. ISO 8601. */
  readonly explained_until?: string;
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
  readonly remedy?: RemedyView;
}

export class RolloutView {
  readonly rollout_id!: number;
  readonly component_appid!: string;
  readonly name!: string;
  readonly state!: string;
  readonly stage!: string;
  /** Why it waits or was paused. */
  readonly reason!: ReasonView | null;
  readonly template_id!: number;
  readonly user_version!: string;
  readonly counts!: RolloutCountsView;
  /** It is paused, or waits longer than its reason explains, or mini programs of it do. */
  readonly needs_attention!: boolean;
  /** Ended ones of all, 0 to 1. */
  readonly progress!: number;
  readonly options!: Record<string, unknown>;
  readonly policy!: Record<string, unknown>;
  readonly created_at!: string;
  readonly updated_at!: string;
  readonly finished_at!: string | null;
}

export class RolloutPage extends PageOf(RolloutView) {}

export class RolloutTargetView {
  readonly authorizer_appid!: string;
  readonly is_canary!: boolean;
  readonly state!: string;
  readonly release_id!: number | null;
  readonly release_state!: string | null;
  readonly auditid!: string | null;
  readonly attempts!: number;
  /** What went wrong, or why it was skipped: `code`, `detail`, perhaps `errcode`, `remedy`. */
  readonly reason!: ReasonView | null;
  readonly updated_at!: string;
}

export class RolloutTargetPage extends PageOf(RolloutTargetView) {}
