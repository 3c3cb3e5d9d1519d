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
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { OnboardingGoal, OnboardingStart, OnboardingState } from '#persistence';
import { Checked, ComponentPath, IsAppid, PageOf, PageQuery } from '#service';
import { LIMITS } from '#wechat';
import { ReleasePolicyDto } from '../releases/api/release.dto.js';
import { SubmitRelease } from '../requests/submit-request.dto.js';
import { PrivacyEntry, PrivacyOwnerDto } from '../settings/settings.dto.js';
import { GOALS, ONBOARDING_STATES } from './onboarding.domain.js';
import { PAPER_NAME } from './papers.domain.js';
import { STEP_NAMES, type StepName } from './steps.domain.js';

const WAYS = [
  'enterprise',
  'personal',
  'trial',
  'trial-to-enterprise',
  'trial-to-personal',
  'trial-to-account',
  'account',
] as const;
const PERSONS = ['merchant', 'administrator', 'responsible_person', 'operator', 'second_person'] as const;
const PAPER = /^paper:[a-z0-9][a-z0-9_-]{0,47}$/;
const IsPaper = (): PropertyDecorator =>
  Matches(PAPER, { message: '$property must be paper:<name>, a paper that is uploaded to the order' });
const isTrue = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);

export class OnboardingPath extends ComponentPath {
  @Matches(/^[0-9a-f]{32}$/, { message: 'onboarding_id must be 32 hexadecimal digits' }) readonly onboarding_id!: string;
}

export class OnboardingPaperPath extends OnboardingPath {
  @Matches(PAPER_NAME, { message: 'name must be small letters, digits, - and _' }) readonly name!: string;
}

export class OnboardingSearch extends PageQuery {
  @IsOptional() @IsIn(ONBOARDING_STATES) readonly state?: OnboardingState;
  @IsOptional() @IsIn(STEP_NAMES) readonly step?: StepName;
  @IsOptional() @IsIn(GOALS) readonly goal?: OnboardingGoal;
  /** Only those that wait for this person. */
  @IsOptional() @IsIn(PERSONS) readonly task_who?: (typeof PERSONS)[number];
  /** Only those that a person must do something for. */
  @IsOptional() @Transform(isTrue) @IsBoolean() readonly has_task?: boolean;
  @IsOptional() @IsString() @Length(1, 128) readonly reference?: string;
  @IsOptional() @IsAppid() @Checked('all') readonly authorizer_appid?: string;
}

/** As the broker's registrations take it. */
export class OnboardingRegistration {
  @IsIn(WAYS) readonly way!: (typeof WAYS)[number];
  @IsOptional() @IsString() @Length(1, 200) readonly name?: string;
  @IsOptional() @IsString() @Length(1, 64) readonly code?: string;
  @IsOptional()
  @Matches(/^\+?[0-9][0-9 -]{4,30}$/, { message: 'component_phone must be a telephone number' })
  readonly component_phone?: string;
  @IsOptional() @IsString() @Length(1, 64) readonly wxuser?: string;
  @IsOptional() @IsString() @Length(1, 64) readonly openid?: string;
  /** The trial mini program that is converted. */
  @IsOptional()
  @IsAppid()
  @Checked('none: who has a list of merchants is refused the whole route')
  readonly authorizer_appid?: string;
  /** The official account whose entity is reused. */
  @IsOptional() @IsAppid() @Checked('none: who has a list of merchants is refused the whole route') readonly mp_appid?: string;
  @IsOptional() @IsBoolean() readonly same_admin?: boolean;
  @IsOptional() @IsBoolean() readonly copy_wx_verify?: boolean;
}

export class OnboardingIdentity {
  /** 4 to 30 characters, without 小程序. */
  @Length(LIMITS.nickname.min, LIMITS.nickname.max)
  @Matches(/^(?!.*小程序)/, { message: 'nick_name must not contain 小程序' })
  readonly nick_name!: string;
  /** 4 to 120 characters, at least four of them Chinese. */
  @Length(LIMITS.signature.min, LIMITS.signature.max)
  @Matches(/(?:\p{Script=Han}[\s\S]*){4}/u, { message: 'signature must have at least four Chinese characters' })
  readonly signature!: string;
  /** `paper:<name>` of the picture. */
  @IsPaper() readonly avatar!: string;
  /** Of an organisation: `paper:<name>` of its licence. */
  @IsOptional() @IsPaper() readonly license?: string;
  /** Of a person: `paper:<name>` of the identity card. */
  @IsOptional() @IsPaper() readonly id_card?: string;
  /** Further proof, for names that need it. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LIMITS.namingMaterials)
  @Matches(PAPER, { each: true, message: 'materials must be paper:<name>' })
  readonly materials?: string[];
}

export class OnboardingCertificate {
  /** As the list of possible categories names it. */
  @IsString() @Length(1, 200) readonly name!: string;
  /** `paper:<name>` */
  @IsPaper() readonly media!: string;
}

export class OnboardingCategory {
  @IsInt() @Min(1) readonly first!: number;
  @IsInt() @Min(1) readonly second!: number;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => OnboardingCertificate)
  readonly certificates?: OnboardingCertificate[];
}

/** The privacy guide of the development version, which is submitted. */
export class OnboardingPrivacy {
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => PrivacyEntry)
  readonly setting_list!: PrivacyEntry[];
  @IsObject() @ValidateNested() @Type(() => PrivacyOwnerDto) readonly owner_setting!: PrivacyOwnerDto;
}

export class OnboardingRelease {
  @IsInt() @Min(0) readonly template_id!: number;
  /** 1 to 64 characters. */
  @IsString() @Length(1, 64) readonly user_version!: string;
  @IsString() @MaxLength(1_024) readonly user_desc!: string;
  /** As of a release. Absent: the stored one. */
  @IsOptional() @IsObject() readonly ext_json?: Record<string, unknown>;
  @IsOptional() @IsObject() readonly variables?: Record<string, unknown>;
  @IsOptional() @IsArray() @ArrayMaxSize(200) @IsString({ each: true }) readonly secret_variables?: string[];
  /** Name of a stored audit profile. */
  @IsOptional() @IsString() readonly profile?: string;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => SubmitRelease) readonly audit?: SubmitRelease;
  /** Default: submitted and published by itself. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => ReleasePolicyDto) readonly policy?: ReleasePolicyDto;
}

/** The merchant's data, by the step that takes them. A text `paper:<name>` stands for a paper that is uploaded to the order. */
export class OnboardingChange {
  @IsOptional() @IsIn(GOALS) readonly goal?: OnboardingGoal;
  /** Absent: there is a mini program already, see `authorizer_appid`. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OnboardingRegistration)
  readonly registration?: OnboardingRegistration;
  /** A mini program that is there, and authorizes or has authorized the platform. */
  @IsOptional() @IsAppid() @Checked('all') readonly authorizer_appid?: string;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => OnboardingIdentity) readonly identity?: OnboardingIdentity;
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => OnboardingCategory)
  readonly categories?: OnboardingCategory[];
  @IsOptional() @IsObject() @ValidateNested() @Type(() => OnboardingPrivacy) readonly privacy?: OnboardingPrivacy;
  /** `auth_data` of the broker's certifications. For the goals filed and online it may be absent: then it is not certified on the way. */
  @IsOptional() @IsObject() readonly certification?: Record<string, unknown>;
  /** `form` of the broker's filings, without `verify_task_id`. */
  @IsOptional() @IsObject() readonly filing?: Record<string, unknown>;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => OnboardingRelease) readonly release?: OnboardingRelease;
}

export class CreateOnboarding extends OnboardingChange {
  /** The caller's own, of each merchant another one: the same order once more is the one that is there. */
  @IsString() @Length(1, 128) readonly reference!: string;
  @IsIn(GOALS) declare readonly goal: OnboardingGoal;
}

export class OnboardingWords {
  readonly en!: string;
  readonly zh!: string;
}

export class OnboardingTask {
  /** What kind, as a word: `register`, `face-check`, `authority-sms`, `give-papers`, … */
  readonly code!: string;
  readonly who!: (typeof PERSONS)[number];
  readonly what!: OnboardingWords;
  /** To be shown to that person. */
  readonly url!: string | null;
  readonly since!: string | null;
  /** The deadline, if there is one. */
  readonly until!: string | null;
  /** Data and papers that are missing. */
  readonly missing!: string[];
  readonly approval_id!: string | null;
}

export class OnboardingFieldError {
  readonly field!: string;
  readonly message!: string;
}

export class OnboardingProblem {
  readonly code!: string;
  readonly detail!: string;
  readonly errcode!: number | null;
  readonly rid!: string | null;
  readonly remedy!: OnboardingWords | null;
  readonly errors!: OnboardingFieldError[];
  /** Nobody has to do anything: it is tried again. */
  readonly passes!: boolean;
}

export class OnboardingStepView {
  readonly name!: StepName;
  readonly state!: 'done' | 'now' | 'later';
}

export class OnboardingView {
  readonly onboarding_id!: string;
  readonly component_appid!: string;
  readonly reference!: string;
  /** Whom it is for, as far as a list needs it. */
  readonly label!: string;
  readonly start!: OnboardingStart;
  readonly goal!: OnboardingGoal;
  /** `running` by itself · `waiting` for a person, see `task` · `failed`: mend what `problem` says, and retry · `done` · `cancelled`. */
  readonly state!: OnboardingState;
  readonly step!: StepName;
  readonly step_since!: string;
  readonly steps!: OnboardingStepView[];
  /** The mini program. */
  readonly authorizer_appid!: string | null;
  readonly task!: OnboardingTask | null;
  readonly problem!: OnboardingProblem | null;
  /** Names of papers that are here. */
  readonly papers!: string[];
  /** Names of papers that the data mention, and that are not here. */
  readonly papers_missing!: string[];
  readonly registration_id!: string | null;
  readonly certification_id!: string | null;
  readonly verification_id!: string | null;
  readonly application_id!: string | null;
  readonly release_id!: number | null;
  readonly next_look_at!: string | null;
  readonly created_at!: string;
  readonly updated_at!: string;
  readonly ended_at!: string | null;
}

export class OnboardingPage extends PageOf(OnboardingView) {}

export class OnboardingMoveView {
  readonly at!: string;
  readonly step!: string;
  /** `ordered`, `begun`, `task`, `done`, `failed`, `changed`, `paper`, `retried`, `completed`, `cancelled`. */
  readonly what!: string;
  readonly cause!: string;
  readonly detail!: Record<string, unknown> | null;
  readonly client_id!: string | null;
}

export class OnboardingMovePage extends PageOf(OnboardingMoveView) {}

export class OnboardingPaperView {
  readonly name!: string;
  readonly content_type!: string;
  readonly bytes!: number;
  readonly sha256!: string;
}

export class OnboardingStepCount {
  readonly step!: StepName;
  readonly running!: number;
  readonly waiting!: number;
  readonly failed!: number;
}

export class OnboardingTaskCount {
  readonly code!: string;
  readonly who!: (typeof PERSONS)[number];
  readonly count!: number;
  /** The nearest deadline of them. */
  readonly first_until!: string | null;
}

export class OnboardingSummary {
  readonly total!: number;
  readonly running!: number;
  /** For a person. */
  readonly waiting!: number;
  readonly failed!: number;
  readonly done!: number;
  readonly cancelled!: number;
  /** Where those are that have not ended. */
  readonly steps!: OnboardingStepCount[];
  /** What persons must do. */
  readonly tasks!: OnboardingTaskCount[];
}
