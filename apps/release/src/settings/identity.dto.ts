import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { AuthorizerPath } from '#service';
import { LIMITS } from '#wechat';

/** The name without anything to prove it. */
export class NicknameCheck {
  /** 4 to 30 characters, without 小程序. */
  @Length(LIMITS.nickname.min, LIMITS.nickname.max)
  @Matches(/^(?!.*小程序)/, { message: 'nick_name must not contain 小程序' })
  readonly nick_name!: string;
}

export class Nickname extends NicknameCheck {
  /** Picture of the identity card, needed of persons: a media id of `POST …/media`. */
  @IsOptional() @IsString() @MaxLength(128) readonly id_card?: string;
  /** Picture of the licence, needed of organisations: a media id. */
  @IsOptional() @IsString() @MaxLength(128) readonly license?: string;
  /** Further proof, for names that need it: media ids. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LIMITS.namingMaterials)
  @IsString({ each: true })
  @MaxLength(128, { each: true })
  readonly materials?: string[];
}

export class NicknameCheckView {
  /** The name has a word for which WeChat wants proof, or which it does not allow. */
  readonly hit_condition!: boolean;
  readonly wording!: string;
}

export class NicknameView {
  /** `null`: the name holds already. Otherwise it is reviewed. */
  readonly audit_id!: number | null;
  readonly wording!: string | null;
}

export class NicknameAuditPath extends AuthorizerPath {
  @Type(() => Number) @IsInt() @Min(1) readonly audit_id!: number;
}

export class NicknameAuditView {
  readonly audit_id!: number;
  readonly nick_name!: string | null;
  readonly state!: 'in-audit' | 'failed' | 'passed';
  readonly fail_reason!: string | null;
  readonly created_at!: string | null;
  readonly audited_at!: string | null;
}

/** The part to use is given as fractions of the picture's sides; without it the whole picture is used. */
export class Avatar {
  /** Of `POST …/media`. */
  @IsString() @Length(1, 128) readonly media_id!: string;
  @IsOptional() @IsNumber() @Min(0) @Max(1) readonly x1: number = 0;
  @IsOptional() @IsNumber() @Min(0) @Max(1) readonly y1: number = 0;
  @IsOptional() @IsNumber() @Min(0) @Max(1) readonly x2: number = 1;
  @IsOptional() @IsNumber() @Min(0) @Max(1) readonly y2: number = 1;
}

export class Signature {
  /** 4 to 120 characters, at least four of them Chinese. */
  @Length(LIMITS.signature.min, LIMITS.signature.max)
  @Matches(/(?:\p{Script=Han}[\s\S]*){4}/u, { message: 'signature must have at least four Chinese characters' })
  readonly signature!: string;
}

export class SearchStatus {
  /** Whether the mini program can be found by searching. */
  @IsBoolean() readonly searchable!: boolean;
}

export class SearchStatusView {
  readonly searchable!: boolean;
}

export class IcpFilingView {
  /** WeChat's own: 2 platform review, 3 platform rejected, 4 authority review, 5 authority rejected, 6 filed, 1024 and more not filed. */
  readonly status!: number;
  /** Without a filing a mini program of the mainland does not go online. */
  readonly filed!: boolean;
  readonly canceling!: boolean;
  /** Whether a filing may be begun now. */
  readonly available!: boolean;
}

/** Temporary material. */
export class MediaView {
  readonly type!: string;
  /** For avatars, certificates, names and `feedback_stuff`; valid for three days, for this mini program only. */
  readonly media_id!: string;
}
