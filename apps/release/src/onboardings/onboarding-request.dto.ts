import { Type } from 'class-transformer';
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
import type { OnboardingGoal } from '#persistence';
import { Checked, IsAppid } from '#service';
import { LIMITS } from '#wechat';
import { ReleasePolicyDto } from '../releases/api/release.dto.js';
import { SubmitRelease } from '../requests/submit-request.dto.js';
import { PrivacyEntry, PrivacyOwnerDto } from '../settings/settings.dto.js';
import { GOALS } from './onboarding.domain.js';

const WAYS = [
  'enterprise',
  'personal',
  'trial',
  'trial-to-enterprise',
  'trial-to-personal',
  'trial-to-account',
  'account',
] as const;
const PAPER = /^paper:[a-z0-9][a-z0-9_-]{0,47}$/;
const IsPaper = (): PropertyDecorator =>
  Matches(PAPER, { message: '$property must be paper:<name>, a paper that is uploaded to the order' });

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
