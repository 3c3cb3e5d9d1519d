import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  Min,
  ValidateNested,
} from 'class-validator';
import { PageOf } from '#service';
import { LIMITS } from '#wechat';

export class Rollback {
  /** Of the history; absent: the version before. */
  @IsOptional() @IsInt() @Min(0) readonly app_version?: number;
}

export class VisitStatus {
  /** `close` takes the mini program out of service for its users. */
  @IsIn(['open', 'close']) readonly action!: 'open' | 'close';
}

export class BaseLibrary {
  /** Lowest version of the base library, such as `2.21.2`. */
  @Matches(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/, { message: 'version must look like 2.21.2' }) readonly version!: string;
}

export class Tester {
  /** WeChat id (微信号) of the person. */
  @IsString() @Length(1, 64) readonly wechatid!: string;
}

export class UnbindTester {
  @IsOptional() @IsString() @Length(1, 64) readonly wechatid?: string;
  /** As the list of testers names them. */
  @IsOptional() @IsString() @Length(1, 64) readonly userstr?: string;
}

export class PrivacyEntry {
  @IsString() readonly privacy_key!: string;
  @IsString() readonly privacy_text!: string;
}

export class PrivacyOwnerDto {
  @IsOptional() @IsString() readonly contact_email?: string;
  @IsOptional() @IsString() readonly contact_phone?: string;
  @IsOptional() @IsString() readonly contact_qq?: string;
  @IsOptional() @IsString() readonly contact_weixin?: string;
  @IsString() @Length(1, 200) readonly notice_method!: string;
  /** How long data are kept, as `30天`; WeChat takes no other form (86072). */
  @IsOptional()
  @Matches(/^[1-9]\d{0,5}天$/, { message: 'store_expire_timestamp must look like 30天' })
  readonly store_expire_timestamp?: string;
  @IsOptional() @IsString() readonly ext_file_media_id?: string;
  /** Needed of mini programs of other countries: a number of WeChat's, such as 1017. */
  @IsOptional() @Matches(/^\d{1,9}$/, { message: 'store_region must be a number, such as 1017' }) readonly store_region?: string;
}

/** The privacy guide (用户隐私保护指引). */
export class PrivacySettings {
  /** 1 online, 2 development. */
  @IsIn([1, 2]) readonly privacy_ver!: 1 | 2;
  /** Needed for 2, forbidden for 1. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => PrivacyEntry) readonly setting_list?: PrivacyEntry[];
  @IsObject() @ValidateNested() @Type(() => PrivacyOwnerDto) readonly owner_setting!: PrivacyOwnerDto;
  /** What SDKs of others collect, in WeChat's own form. */
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsObject({ each: true }) readonly sdk_privacy_info_list?: Record<
    string,
    unknown
  >[];
}

export class PrivacyFile {
  /** For `owner_setting.ext_file_media_id` of the guide. */
  readonly ext_file_media_id!: string;
}

export class PrivacyQuery {
  @IsOptional() @Type(() => Number) @IsIn([1, 2]) readonly privacy_ver: 1 | 2 = 2;
}

/** For APIs that need WeChat's leave. */
export class PrivacyInterfaceApplication {
  /** As WeChat spells it, such as `wx.getLocation`. */
  @Matches(/^wx\.[a-zA-Z]{3,60}$/, { message: 'api_name must look like wx.getLocation' }) readonly api_name!: string;
  /** What it is used for; at most 300 characters. */
  @IsString() @Length(1, LIMITS.privacyContent) readonly content!: string;
  @IsOptional() @IsArray() @ArrayMaxSize(LIMITS.privacyPictures) @IsUrl({}, { each: true }) readonly url_list?: string[];
  /** Media ids of `POST …/audit-media`. */
  @IsOptional() @IsArray() @ArrayMaxSize(LIMITS.privacyPictures) @IsString({ each: true }) readonly pic_list?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(1) @IsString({ each: true }) readonly video_list?: string[];
}

export class PrivacyInterfaceApplied {
  readonly audit_id!: number | null;
}

export class PrivacyInterfaceView {
  readonly api_name!: string;
  readonly state!: 'to-apply' | 'no-permission' | 'applying' | 'failed' | 'granted' | 'unknown';
  readonly audit_id!: number | null;
  readonly fail_reason!: string | null;
}

export class PrivacyInterfacePage extends PageOf(PrivacyInterfaceView) {}

export class AuditMediaQuery {
  /** Shown to nobody; WeChat wants one. */
  @IsOptional() @Matches(/^[\w.-]{1,64}$/) readonly filename?: string;
}

export class TagsBody {
  @IsArray() @ArrayMaxSize(50) @Matches(/^[\w.:-]{1,64}$/, { each: true }) readonly tags!: string[];
}

/** What WeChat answered, member by member as it sent it. */
export class WechatAnswer {
  [member: string]: unknown;
}

/** A picture or a film for the reviewer. */
export class AuditMedia {
  readonly type!: string;
  /** For `preview_info`; valid for three days. */
  readonly mediaid!: string;
}

export class VersionView {
  readonly version!: string;
  readonly description!: string;
  readonly at!: string;
}

/** What one mini program runs. */
export class VersionsView {
  readonly authorizer_appid!: string;
  readonly trial!: VersionView | null;
  readonly online!: VersionView | null;
  readonly read_at!: string;
}

export class HistoryVersionView {
  readonly app_version!: number;
  readonly user_version!: string;
  readonly user_desc!: string;
  readonly committed_at!: string;
}

/** Versions that can be returned to: at most five. */
export class HistoryView {
  readonly items!: HistoryVersionView[];
}
