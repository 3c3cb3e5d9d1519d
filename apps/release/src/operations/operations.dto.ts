import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
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
import { AuthorizerPath } from '../paths.dto.js';

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

/** Server domains, with their scheme: `https://`, `wss://`, `udp://`, `tcp://`; at most 200 per kind. */
export class Domains {
  @IsIn(['add', 'delete', 'set', 'get']) readonly action!: 'add' | 'delete' | 'set' | 'get';
  @IsOptional() @IsArray() @ArrayMaxSize(200) @Matches(/^https:\/\/[^/]+$/, { each: true }) readonly requestdomain?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(200) @Matches(/^wss:\/\/[^/]+$/, { each: true }) readonly wsrequestdomain?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(200) @Matches(/^https:\/\/[^/]+$/, { each: true }) readonly uploaddomain?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(200) @Matches(/^https:\/\/[^/]+$/, { each: true }) readonly downloaddomain?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(200) @Matches(/^udp:\/\/[^/]+$/, { each: true }) readonly udpdomain?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(200) @Matches(/^tcp:\/\/[^/]+$/, { each: true }) readonly tcpdomain?: string[];
}

/** Domains that `<web-view>` may show; without an action every domain of the platform is added. */
export class WebviewDomains {
  @IsOptional() @IsIn(['add', 'delete', 'set', 'get']) readonly action?: 'add' | 'delete' | 'set' | 'get';
  @IsOptional() @IsArray() @ArrayMaxSize(300) @Matches(/^https:\/\/[^/:]+$/, { each: true }) readonly webviewdomain?: string[];
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
  @IsOptional() @IsString() readonly store_expire_timestamp?: string;
  @IsOptional() @IsString() readonly ext_file_media_id?: string;
  @IsOptional() @IsString() readonly store_region?: string;
}

/** The privacy guide (用户隐私保护指引). */
export class PrivacySettings {
  /** 1 online, 2 development. */
  @IsIn([1, 2]) readonly privacy_ver!: 1 | 2;
  /** Needed for 2, forbidden for 1. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => PrivacyEntry) readonly setting_list?: PrivacyEntry[];
  @IsObject() @ValidateNested() @Type(() => PrivacyOwnerDto) readonly owner_setting!: PrivacyOwnerDto;
}

export class PrivacyQuery {
  @IsOptional() @Type(() => Number) @IsIn([1, 2]) readonly privacy_ver: 1 | 2 = 2;
}

export class Nickname {
  /** 4 to 30 characters, without 小程序. */
  @Length(4, 30) @Matches(/^(?!.*小程序)/, { message: 'nick_name must not contain 小程序' }) readonly nick_name!: string;
  @IsOptional() @IsString() @MaxLength(128) readonly id_card?: string;
  @IsOptional() @IsString() @MaxLength(128) readonly license?: string;
}

export class AuditMediaQuery {
  /** Shown to nobody; WeChat wants one. */
  @IsOptional() @Matches(/^[\w.-]{1,64}$/) readonly filename?: string;
}

export class TagsBody {
  @IsArray() @ArrayMaxSize(50) @Matches(/^[\w.:-]{1,64}$/, { each: true }) readonly tags!: string[];
}

export class OperationPath extends AuthorizerPath {}

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
