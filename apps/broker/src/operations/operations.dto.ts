import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  MaxLength,
  Min,
} from 'class-validator';
import { AreAppids, Checked, ComponentPath, PageOf } from '#service';
import { LIMITS } from '#wechat';

/** As WeChat lists it. */
export class TemplateDraftView {
  readonly draft_id!: number;
  /** Unix seconds. */
  readonly create_time!: number;
  readonly user_version!: string;
  readonly user_desc!: string;
  readonly source_miniprogram_appid?: string;
  readonly source_miniprogram?: string;
  readonly developer?: string;
}

/** As WeChat lists it. */
export class TemplateView {
  readonly template_id!: number;
  readonly draft_id?: number;
  /** Unix seconds. */
  readonly create_time!: number;
  readonly user_version!: string;
  readonly user_desc!: string;
  /** 0 normal, 1 standard. */
  readonly template_type?: number;
  readonly source_miniprogram_appid?: string;
  readonly source_miniprogram?: string;
  readonly developer?: string;
}

export class TemplateDraftPage extends PageOf(TemplateDraftView) {}
export class TemplatePage extends PageOf(TemplateView) {}

export class AddTemplateRequest {
  @IsInt() @Min(0) readonly draft_id!: number;
  /** 0 normal, 1 standard. Default: WeChat's. */
  @IsOptional() @IsIn([0, 1]) readonly template_type?: 0 | 1;
}

export class TemplatePath extends ComponentPath {
  @Type(() => Number) @IsInt() @Min(0) readonly template_id!: number;
}

export class ChangeDomainsRequest {
  @IsIn(['add', 'delete', 'set']) readonly action!: 'add' | 'delete' | 'set';
  /** Without scheme. WeChat takes them joined by semicolons. */
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(LIMITS.serverDomains)
  @MaxLength(255, { each: true })
  @Matches(/^[^\s;]+$/, { each: true, message: 'domains must be names without blanks and semicolons' })
  readonly domains!: string[];
  /** Default: only the platform's test version is changed. */
  @IsOptional() @IsBoolean() readonly published_together?: boolean;
}

/** A list that WeChat's answer lacks is absent. */
export class ComponentDomainsView {
  /** Of the published version of the platform: there once it was published. */
  readonly published?: string[];
  /** Of its test version. */
  readonly testing?: string[];
  /** Of the request; WeChat did not take these. */
  readonly invalid?: string[];
}

/** One page for the order centre (订单中心) of up to a hundred mini programs. */
export class OrderPathRequest {
  @Matches(/^[a-zA-Z0-9][\w/-]{0,254}$/, { message: 'path must be a page path without leading slash' }) readonly path!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @AreAppids()
  @Checked('all')
  readonly authorizers!: string[];
  /** Addresses of pictures for the reviewer. */
  @IsOptional() @IsArray() @ArrayMaxSize(10) @IsUrl({}, { each: true }) readonly pictures?: string[];
  @IsOptional() @IsUrl() readonly video?: string;
  @IsOptional() @IsString() @MaxLength(128) readonly test_account?: string;
  @IsOptional() @IsString() @MaxLength(128) readonly test_password?: string;
  @IsOptional() @IsString() @MaxLength(512) readonly test_remark?: string;
}

/** A file to be found at the root of a domain, byte for byte. */
export class ConfirmFileView {
  readonly file_name!: string;
  readonly file_content!: string;
}
