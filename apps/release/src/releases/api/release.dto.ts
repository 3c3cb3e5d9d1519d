import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { Checked, IsAppid, PageOf, PageQuery } from '#service';
import { SKIPPABLE, type SkippableCheck } from '../../preflight/preflight.domain.js';
import { SubmitRelease } from '../../requests/submit-request.dto.js';
import { RELEASE_STATES, type ReleaseState } from '../release.domain.js';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** A part of the day. */
export class PublishWindowDto {
  /** `HH:MM`; Beijing time unless `utc_offset_minutes` says otherwise. */
  @Matches(TIME, { message: 'from must be HH:MM' }) readonly from!: string;
  /** `HH:MM`; earlier than `from`: over midnight. */
  @Matches(TIME, { message: 'to must be HH:MM' }) readonly to!: string;
  /** 1 Monday to 7 Sunday. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(7, { each: true })
  readonly days?: number[];
  /** Days on which it does not open, `YYYY-MM-DD`: holidays, the days of a sale. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(366)
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { each: true, message: 'except must hold days: YYYY-MM-DD' })
  readonly except?: string[];
  @IsOptional() @IsInt() @Min(-720) @Max(840) readonly utc_offset_minutes?: number;
}

export class GrayStepDto {
  @IsInt() @Min(1) @Max(100) readonly percentage!: number;
  /** Seconds at this percentage before the next step. */
  @IsInt() @Min(0) @Max(30 * 86_400) readonly pause_s!: number;
}

/** Each step reaches more users than the one before; WeChat refuses anything else (85082). */
const Rising = () =>
  ValidateBy({
    name: 'rising',
    validator: {
      validate: (steps: unknown) =>
        Array.isArray(steps) &&
        steps.every(
          (step: GrayStepDto, index) => index === 0 || step?.percentage > (steps[index - 1] as GrayStepDto)?.percentage,
        ),
      defaultMessage: () => 'gray must be steps with rising percentages',
    },
  });

/** What happens by itself. */
export class ReleasePolicyDto {
  /** `auto`: submitted to audit as soon as the privacy scan is done and clean. */
  @IsOptional() @IsIn(['auto', 'manual']) readonly submit?: 'auto' | 'manual';
  /** `auto`: published as soon as the audit is approved. */
  @IsOptional() @IsIn(['auto', 'manual']) readonly publish?: 'auto' | 'manual';
  /** Publishing by itself happens only then. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => PublishWindowDto) readonly publish_window?: PublishWindowDto;
  /** Submitting by itself happens only then; what is prepared waits. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => PublishWindowDto) readonly submit_window?: PublishWindowDto;
  /** Somebody else than the maker must approve before it is published, by itself or by hand. */
  @IsOptional() @IsBoolean() readonly two_person?: boolean;
  /** Rising percentages of the users, with pauses. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => GrayStepDto)
  @Rising()
  readonly gray?: GrayStepDto[];
  /** Findings of the pre-flight check that are not to hold a submission back; recorded in the release's history. */
  @IsOptional() @IsArray() @IsIn(SKIPPABLE, { each: true }) readonly skip_checks?: SkippableCheck[];
}

/** A submission by hand. */
export class SubmitNow extends SubmitRelease {
  /** Findings of the pre-flight check that are not to hold it back: WeChat would let them pass. Recorded in the audit log. */
  @IsOptional() @IsArray() @IsIn(SKIPPABLE, { each: true }) readonly skip_checks?: SkippableCheck[];
}

export class CreateRelease {
  @IsAppid() @Checked('refused') readonly authorizer_appid!: string;
  @IsInt() @Min(0) readonly template_id!: number;
  /** 1 to 64 characters. */
  @IsString() @Length(1, 64) readonly user_version!: string;
  @IsString() @MaxLength(1_024) readonly user_desc!: string;
  /** An object, with `{{variables}}`; WeChat receives it as a text. Absent: the stored one of the mini program or the platform. */
  @IsOptional() @IsObject() readonly ext_json?: Record<string, unknown>;
  /** Variables of this release alone. */
  @IsOptional() @IsObject() readonly variables?: Record<string, unknown>;
  /** Names of those of them that nobody is shown: texts of at least six characters. */
  @IsOptional() @IsArray() @ArrayMaxSize(200) @IsString({ each: true }) readonly secret_variables?: string[];
  /** Name of a stored audit profile. */
  @IsOptional() @IsString() readonly profile?: string;
  /** What the reviewer is told; members given here win over the profile's. May also be given at `/submit`. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => SubmitRelease) readonly audit?: SubmitRelease;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => ReleasePolicyDto) readonly policy?: ReleasePolicyDto;
  /** It may take the place of a newer version: without this nobody goes back to an older one. */
  @IsOptional() @IsBoolean() readonly allow_older?: boolean;
}

/** A publication by hand. */
export class PublishRelease {
  /** It may take the place of a newer version that is online. */
  @IsOptional() @IsBoolean() readonly allow_older?: boolean;
}

export class ReleaseSearch extends PageQuery {
  @IsOptional() @IsAppid() @Checked('refused') readonly authorizer_appid?: string;
  /** One or more states, joined by commas. */
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',') : value))
  @ArrayMaxSize(20)
  @IsIn(RELEASE_STATES, { each: true })
  readonly state?: ReleaseState[];
  @IsOptional() @IsString() readonly user_version?: string;
  @IsOptional() @Type(() => Number) @IsInt() readonly template_id?: number;
  @IsOptional() @Type(() => Number) @IsInt() readonly rollout_id?: number;
}

export class GrayRelease {
  /** Higher than before; 0 needs one of the flags. */
  @IsInt() @Min(0) @Max(100) readonly percentage!: number;
  /** Project members first. */
  @IsOptional() @IsBoolean() readonly debuggers_first?: boolean;
  /** Testers first. */
  @IsOptional() @IsBoolean() readonly testers_first?: boolean;
  /** It may take the place of a newer version that is online. */
  @IsOptional() @IsBoolean() readonly allow_older?: boolean;
}

/** What a watcher of the release has seen. */
export class HealthSignal {
  @IsBoolean() readonly healthy!: boolean;
  @IsOptional() @IsString() @MaxLength(500) readonly reason?: string;
}

export class ApproveRelease {
  @IsOptional() @IsString() @MaxLength(255) readonly note?: string;
}

export class ScreenshotView {
  readonly media_id!: string;
  /** `pending`, `stored`, or `lost` when WeChat had it no more. */
  readonly state!: string;
  readonly content_type!: string | null;
  readonly bytes!: number | null;
  readonly note!: string | null;
}

export class ScreenshotPage extends PageOf(ScreenshotView) {}

export class ReleasePath {
  @Type(() => Number) @IsInt() @Min(1) readonly release_id!: number;
}

export class ScreenshotPath extends ReleasePath {
  @Matches(/^[\w-]{1,128}$/) readonly media_id!: string;
}

export class TrialQrcodeQuery {
  /** A page with its query string, without leading slash. */
  @IsOptional() @IsString() @MaxLength(512) readonly path?: string;
}

export class AuditQuotaQuery {
  /** The mini program to ask with; the quota is the platform's in any case. */
  @IsOptional() @IsAppid() @Checked('refused') readonly authorizer_appid?: string;
}

/** The state of the review. */
export class AuditView {
  readonly auditid!: string | null;
  /** The source design's number: 0 approved, 1 rejected, 2 in audit, 3 withdrawn, 4 not submitted. */
  readonly status!: number;
  /** WeChat postponed the review: still pending. */
  readonly is_delayed!: boolean;
  readonly delay_reason!: string | null;
  /** As WeChat wrote it: untrusted HTML. */
  readonly reason!: string | null;
  /** The same as plain text. */
  readonly reason_text!: string | null;
  /** Media ids of the reviewer's screenshots. */
  readonly screenshots!: string[];
  readonly submitted_at!: string | null;
  readonly result_at!: string | null;
}

/** What to do about it, in both languages. */
export class RemedyView {
  readonly en!: string;
  readonly zh!: string;
}

/** What a release waits for, or why it was stopped. */
export class WaitingView {
  /** Absent: for nothing, it was stopped. */
  readonly for?: 'rollout' | 'approval' | 'window' | 'gray-pause' | 'gray' | 'operator' | 'account' | 'review';
  /** ISO 8601; of a window, a pause or a quota. */
  readonly until?: string;
  /** Of the gray step that was sent. */
  readonly percentage?: number;
  /** What WeChat refused with, of a quota or penalty of the mini program itself (`account`). */
  readonly errcode?: number;
  /** ISO 8601. */
  readonly since?: string;
  /** So long `since` and `errcode` explain it; then a person has to look. ISO 8601. */
  readonly explained_until?: string;
  /** The release that reviewers have (`review`); `null`: one that was submitted elsewhere. */
  readonly release_id?: number | null;
  /** Its version. */
  readonly user_version?: string | null;
  /** Why it was stopped, as a word. */
  readonly code?: string;
  readonly reason?: string;
}

/** The last failure of a release. */
export class FailureView {
  readonly step!: string;
  /** ISO 8601. */
  readonly at!: string;
  readonly verdict!: string;
  readonly errcode?: number;
  readonly errmsg!: string;
  /** WeChat's own id of the call, for its support. */
  readonly rid?: string;
  readonly remedy?: RemedyView;
}

/** One release. */
export class ReleaseView {
  readonly release_id!: number;
  readonly component_appid!: string;
  readonly authorizer_appid!: string;
  readonly template_id!: number;
  readonly user_version!: string;
  readonly user_desc!: string;
  readonly ext_json!: Record<string, unknown> | string;
  readonly state!: ReleaseState;
  /** What may be asked of it now. */
  readonly next_steps!: string[];
  /** A step whose outcome is being read from WeChat. */
  readonly pending_step!: string | null;
  readonly is_release!: boolean;
  readonly audit!: AuditView;
  /** What the privacy scan found; `null` until it is done. */
  readonly scan!: Record<string, unknown> | null;
  readonly policy!: Record<string, unknown>;
  readonly gray_percentage!: number | null;
  readonly rollout_id!: number | null;
  /** What it waits for. */
  readonly waiting!: WaitingView | null;
  /** Something was refused or has failed, and nothing more happens by itself: see `last_error` and `waiting`. */
  readonly needs_attention!: boolean;
  /** The last failure: step, errcode, errmsg, rid, remedy. */
  readonly last_error!: FailureView | null;
  readonly created_at!: string | null;
  readonly committed_at!: string | null;
  readonly released_at!: string | null;
  readonly updated_at!: string | null;
}

export class ReleasePage extends PageOf(ReleaseView) {}

/** One move of a release. */
export class ReleaseMoveView {
  readonly at!: string;
  readonly from!: string | null;
  readonly to!: string;
  /** The step, event or reading that moved it. */
  readonly cause!: string;
  readonly client_id!: string | null;
  readonly detail!: Record<string, unknown> | null;
}

export class ReleaseMovePage extends PageOf(ReleaseMoveView) {}

/** One thing that was looked at. */
export class CheckView {
  readonly check!: string;
  /** `ok`, `problem`, `warning`, or `unknown` when it could not be looked at. */
  readonly result!: string;
  readonly detail?: string;
  readonly remedy?: RemedyView;
}

export class PreflightView {
  readonly may_submit!: boolean;
  readonly checks!: CheckView[];
}

/** Of the platform, per calendar month. */
export class AuditQuotaView {
  readonly rest!: number;
  readonly limit!: number;
  readonly speedup_rest!: number;
  readonly speedup_limit!: number;
}
