import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsUrl, Length, Matches } from 'class-validator';
import { PageOf } from '#service';
import { LIMITS } from '#wechat';

const ADDRESS = { protocols: ['http', 'https'], require_protocol: true, require_tld: true };

export class QrRulePrefix {
  /** Such as `https://shop.example.com/table/`. */
  @IsUrl(ADDRESS, { message: 'prefix must be an address of http:// or https://' }) @Length(1, 512) readonly prefix!: string;
}

/** Ordinary QR codes with this prefix open the mini program. */
export class QrRule extends QrRulePrefix {
  /** A page of the mini program, without leading slash. */
  @Matches(/^[^/\s]\S{0,255}$/, { message: 'path must be a page path without leading slash' }) readonly path!: string;
  /** `true`: everything below the prefix belongs to this rule. */
  @IsOptional() @IsBoolean() readonly exclusive?: boolean;
  /** What is opened until the rule is published. */
  @IsIn(['development', 'trial', 'online']) readonly open_version!: 'development' | 'trial' | 'online';
  /** Addresses to try it with before it is published: they begin with the prefix. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LIMITS.qrDebugUrls)
  @IsUrl(ADDRESS, { each: true, message: 'debug_urls must be addresses of http:// or https://' })
  readonly debug_urls?: string[];
}

export class QrRuleView {
  readonly prefix!: string;
  readonly path!: string;
  readonly exclusive!: boolean;
  readonly open_version!: 'development' | 'trial' | 'online';
  readonly debug_urls!: string[];
  readonly published!: boolean;
}

export class QrRulePage extends PageOf(QrRuleView) {
  readonly total!: number | null;
  /** Publications left this month. */
  readonly publish_quota!: number | null;
}
