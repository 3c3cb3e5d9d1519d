import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';

/** One page and its category, as the reviewer is told (mini-program-release.md §2.8). */
export class AuditItemDto {
  /** A page of the trial version, without leading slash. */
  @IsOptional() @IsString() readonly address?: string;
  /** At most 10 tags of at most 20 characters, separated by spaces. */
  @IsOptional() @IsString() readonly tag?: string;
  @IsString() readonly first_class!: string;
  @IsString() readonly second_class!: string;
  @IsOptional() @IsString() readonly third_class?: string;
  @IsInt() readonly first_id!: number;
  @IsInt() readonly second_id!: number;
  @IsOptional() @IsInt() readonly third_id?: number;
  /** At most 32 characters. */
  @IsOptional() @IsString() readonly title?: string;
}

/** Media ids of `POST …/audit-media`, valid for three days. */
export class PreviewInfoDto {
  @IsOptional() @IsArray() @IsString({ each: true }) readonly video_id_list?: string[];
  @IsOptional() @IsArray() @IsString({ each: true }) readonly pic_id_list?: string[];
}

/** Needed at the first submission of social categories. */
export class UgcDeclareDto {
  /** 0 none, 1 profile, 2 image, 3 video, 4 text, 5 audio. */
  @IsOptional() @IsArray() @IsInt({ each: true }) readonly scene?: number[];
  @IsOptional() @IsString() readonly other_scene_desc?: string;
  /** 1 WeChat's content security, 2 another product, 3 people, 4 none. */
  @IsOptional() @IsArray() @IsInt({ each: true }) readonly method?: number[];
  @IsOptional() @IsIn([0, 1]) readonly has_audit_team?: 0 | 1;
  @IsOptional() @IsString() readonly audit_desc?: string;
}

/** The body of WeChat's `submit_audit`; nothing is required. */
export class SubmitRelease {
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => AuditItemDto)
  readonly item_list?: AuditItemDto[];
  @IsOptional() @IsObject() @ValidateNested() @Type(() => PreviewInfoDto) readonly preview_info?: PreviewInfoDto;
  /** What this version does; a login for the reviewer. */
  @IsOptional() @IsString() readonly version_desc?: string;
  /** Read by WeChat only after a rejection; at most 200 characters. */
  @IsOptional() @IsString() readonly feedback_info?: string;
  /** Media ids joined by `|`, at most 5. */
  @IsOptional() @IsString() readonly feedback_stuff?: string;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => UgcDeclareDto) readonly ugc_declare?: UgcDeclareDto;
  /** Declares that privacy APIs found by the scan are not used. */
  @IsOptional() @IsBoolean() readonly privacy_api_not_use?: boolean;
  @IsOptional() @IsString() readonly order_path?: string;
}
