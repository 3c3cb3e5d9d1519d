import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
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
import { AreAppids, Checked, PageQuery } from '#service';
import { NOT_READY_POLICIES, type NotReadyPolicy } from '../readiness/readiness.domain.js';
import { ReleasePolicyDto } from '../releases/api/release.dto.js';
import { SubmitRelease } from '../requests/submit-request.dto.js';

/** Up to 200 texts, each once. */
const Tags = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(200),
    ArrayUnique(),
    IsString({ each: true }),
    MaxLength(64, { each: true }),
  );

export const SELECTION_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
export const NAME_RULE = 'must be lower-case letters, digits and hyphens';

/** Which mini programs: `list`, `all`, a `selection`, or those to which each of the other members applies; without those that `exclude` names. */
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
  /** Those that carry each of these tags. */
  @Tags() readonly tags_all?: string[];
  /** Those that carry one of these tags. */
  @Tags() readonly tags_any?: string[];
  /** Those that carry none of these tags. */
  @Tags() readonly tags_none?: string[];
  /** Those whose online version is one of these, as last read. */
  @Tags() readonly online_versions?: string[];
  /** Those whose online version was made of one of these templates, and put online from here. */
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(200) @IsInt({ each: true }) readonly template_ids?: number[];
  /** Those that do not run `user_version`, as last read. */
  @IsOptional() @IsBoolean() readonly not_up_to_date?: boolean;
  /** Those of a selection that is kept by this name; what is here besides narrows it further. */
  @IsOptional() @Matches(SELECTION_NAME, { message: `selection ${NAME_RULE}` }) readonly selection?: string;
  /** Every mini program that has authorized the component. */
  @IsOptional() @IsBoolean() readonly all?: boolean;
  /** These ones not, whoever else is chosen. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20_000)
  @ArrayUnique()
  @AreAppids()
  @Checked('none: they are left out')
  readonly exclude?: string[];
}

/** One of several groups that go one after the other: by `tag` or `tags_any`, by `share` of all targets, or by `size`. */
export class RingDto {
  @IsString() @Length(1, 64) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(64) readonly tag?: string;
  /** One of these tags. */
  @Tags() readonly tags_any?: string[];
  /** Of all targets, in their order, of those that no ring names by tag. */
  @IsOptional() @IsNumber() @Min(0.0001) @Max(1) readonly share?: number;
  @IsOptional() @IsInt() @Min(1) @Max(20_000) readonly size?: number;
  /** Share of it that must succeed before the next one follows. Default 1. */
  @IsOptional() @IsNumber() @Min(0) @Max(1) readonly success_share?: number;
  /** The rollout pauses as soon as so many of it have failed. */
  @IsOptional() @IsInt() @Min(1) readonly max_failures?: number;
  /** So many seconds after the last of it has ended the next one follows. */
  @IsOptional() @IsInt() @Min(1) @Max(2_592_000) readonly min_wait_s?: number;
  /** The rollout pauses after it: a person lets the next one follow. */
  @IsOptional() @IsBoolean() readonly pause?: boolean;
}

export class RolloutOptionsDto {
  /** So many mini programs go first. Default 0. */
  @IsOptional() @IsInt() @Min(0) @Max(1_000) readonly canary_size?: number;
  /** Groups that go one after the other, each when the one before has done well; the rest comes last. Instead of a canary. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => RingDto)
  readonly rings?: RingDto[];
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
  /**
   * It pauses itself (`too-many-violations`) when more than this share of the mini programs it has put online have come by a violation or a
   * punishment of its version since; one alone does not count, unless this is 0. Without it nobody looks.
   */
  @IsOptional() @IsNumber() @Min(0) @Max(1) readonly max_violation_share?: number;
  /**
   * What becomes of mini programs that are known not to be able to go online yet: not filed (备案), without name, avatar and introduction, or
   * without a category. `go-on` begins them all the same, and WeChat's refusal fails them; `skip` skips them; `wait` begins them when they may
   * go online, and the others do not wait for them; `refuse` starts nothing while there is one. Default `go-on`.
   */
  @IsOptional() @IsIn(NOT_READY_POLICIES) readonly not_ready?: NotReadyPolicy;
  /** Nothing is begun before: ISO 8601 with its zone, at most 90 days ahead. A resume begins at once. */
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(/(Z|[+-]\d{2}:\d{2})$/, { message: 'start_at must name its zone, such as 2026-12-24T02:00:00+08:00' })
  readonly start_at?: string;
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
  /** Mini programs with a problem of these paths, as the preview's `problem_groups` name them, are left out. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(256, { each: true })
  readonly leave_out?: string[];
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

/** Why somebody does something: the history keeps it. */
export class WithNote {
  @IsOptional() @IsString() @Length(1, 500) readonly note?: string;
}

/** What is to be another while it runs; what is left out stays as it is. */
export class ChangePace extends WithNote {
  @IsOptional() @IsInt() @Min(1) @Max(500) readonly concurrency?: number;
  @IsOptional() @IsInt() @Min(1) @Max(100_000) readonly per_minute?: number;
  @IsOptional() @IsInt() @Min(0) readonly quota_reserve?: number;
  @IsOptional() @IsInt() @Min(1) readonly max_failures?: number;
  @IsOptional() @IsNumber() @Min(0) @Max(1) readonly max_failure_share?: number;
}

/** Any appid may be asked for: only those are found that the rollout has, and who sees a rollout sees all of it. */
const OF_ROLLOUT = 'none: they name targets of a rollout, which its caller sees whole';

/** Which of those that did not succeed; without `causes` and `authorizer_appids`: all that failed. */
export class RetryRollout extends WithNote {
  /** Also those that were skipped: each is looked at again. */
  @IsOptional() @IsBoolean() readonly skipped?: boolean;
  /** Those with one of these causes, as `failures` lists them; failed or skipped. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(128, { each: true })
  readonly causes?: string[];
  /** These ones, failed or skipped; what was set aside comes back so. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20_000)
  @ArrayUnique()
  @AreAppids()
  @Checked(OF_ROLLOUT)
  readonly authorizer_appids?: string[];
}

export class SetAside extends WithNote {
  @ApiProperty({ example: ['wx0123456789abcdef'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ArrayUnique()
  @AreAppids()
  @Checked(OF_ROLLOUT)
  readonly authorizer_appids!: string[];
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
