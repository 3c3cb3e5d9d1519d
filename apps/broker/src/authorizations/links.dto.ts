import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Checked, ComponentPath, IsAppid } from '#service';
import { AUTH_TYPES, type AuthType } from '#wechat';

export class LinkPath extends ComponentPath {
  @Matches(/^[0-9a-f]{32}$/, { message: 'link_id must be 32 hexadecimal digits' }) readonly link_id!: string;
}

export class CreateLinkRequest {
  /**
   * Which accounts may be picked: 1 official accounts, 2 mini programs, 3 both, 4 mini-program promoters, 5 Channels,
   * 6 all three, 8 sales assistants.
   */
  @IsOptional() @IsIn(AUTH_TYPES) readonly auth_type?: AuthType;
  /** Only this account may be authorized; wins over `auth_type`. */
  @IsOptional() @IsAppid() @Checked('refused') readonly biz_appid?: string;
  /** Permission sets to ask for; default: all that the component has released. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(9_999, { each: true })
  readonly category_ids?: number[];
  /** The caller's own; comes back with the return. */
  @IsOptional() @IsString() @MaxLength(512) readonly state?: string;
  /** Where the merchant's browser goes afterwards, signed; absent: a page of ours says what happened. */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true })
  @Length(8, 2048)
  readonly return_url?: string;
  /** How many authorizations may come of it. Default 1. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100_000) readonly max_uses?: number;
  /** Seconds. Default 7 days. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(60) @Max(90 * 86_400) readonly expires_in?: number;
}

/** A permission set that one platform at a time can hold. */
export class ExclusiveSetView {
  readonly id!: number;
  readonly name!: { en: string; zh: string };
}

export class LinkView {
  readonly link_id!: string;
  readonly component_appid!: string;
  /** To be opened by the merchant's administrator, from a page, a message or a QR code. */
  readonly url!: string;
  readonly auth_type!: number;
  readonly biz_appid!: string | null;
  readonly category_ids!: number[];
  /** What the merchant gives up at another provider that has it now, as far as we know what this platform asks for. The page that the link opens says so, too. */
  readonly exclusive_sets!: ExclusiveSetView[];
  readonly state!: string | null;
  readonly return_url!: string | null;
  readonly max_uses!: number;
  /** Authorizations that came of it. */
  readonly uses!: number;
  readonly expires_at!: string;
  readonly created_at!: string;
  readonly revoked_at!: string | null;
}

export class CreatedLinkView extends LinkView {
  /**
   * Shown once. The return carries `signature`: HMAC-SHA256 in hex over its other parameters, sorted by name, as `name=value` joined
   * by `&`, values percent-encoded as in the URL.
   */
  readonly return_secret!: string;
}
