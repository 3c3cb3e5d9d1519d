import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length, Matches, MaxLength, ValidateNested } from 'class-validator';
import { PageOf, PageQuery } from '#service';

const NUMBER = /^[0-9A-Za-z_-]{1,128}$/;

export class PlatformCertificate {
  /** Its number (编号) as the console shows it, not the certificate's own. */
  @Matches(NUMBER) readonly sn!: string;
  /** PEM. */
  @IsString() @Length(1, 8_000) readonly certificate!: string;
}

/** As the administrator has set them on mp.weixin.qq.com: 开发设置 – API 安全, with AES256_GCM and RSAwithSHA256. */
export class SetApiSecurityKeys {
  /** Number of the symmetric key. */
  @Matches(NUMBER) readonly symmetric_sn!: string;
  /** 32 bytes in base64. */
  @IsString() @MaxLength(128) readonly symmetric_key!: string;
  /** Number of the public key that was uploaded. */
  @Matches(NUMBER) readonly application_sn!: string;
  /** Its private half: RSA, PEM. */
  @IsString() @Length(1, 16_000) readonly application_private_key!: string;
  /** WeChat's certificate; two while one takes the place of the other. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  @ValidateNested({ each: true })
  @Type(() => PlatformCertificate)
  readonly platform_certificates!: PlatformCertificate[];
}

export class ApiSecuritySearch extends PageQuery {}

export class ApiSecurityView {
  /** A merchant, or the component itself. */
  readonly account_appid!: string;
  /** Calls of it are signed and encrypted. */
  readonly has_keys!: boolean;
  readonly symmetric_sn!: string | null;
  readonly application_sn!: string | null;
  readonly platform_sns!: string[];
  readonly set_at!: string | null;
  /** When WeChat last refused a call for want of keys, or for wrong ones, since these were set; `null`: it did not. */
  readonly demanded_at!: string | null;
  /** 40230 to 40240. */
  readonly demanded_errcode!: number | null;
}

export class ApiSecurityPage extends PageOf(ApiSecurityView) {}
