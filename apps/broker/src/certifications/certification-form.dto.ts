import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsEmail,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Checked } from '#service';

const MEDIA = 512;
const TELEPHONE = /^[+\d][\d-]{4,31}$/;

export class CertificationContact {
  @IsString() @Length(1, 64) readonly name!: string;
  @IsEmail() @MaxLength(128) readonly email!: string;
  /** Only when it is submitted again. */
  @IsOptional() @Matches(TELEPHONE, { message: 'mobile must be a telephone number' }) readonly mobile?: string;
}

export class ElectronicInvoice {
  /** Taxpayer number (纳税识别号). */
  @IsString() @Length(1, 64) readonly id!: string;
  @IsOptional() @IsString() @MaxLength(256) readonly desc?: string;
}

export class VatInvoice {
  @IsOptional()
  @Matches(TELEPHONE, { message: 'enterprise_phone must be a telephone number' })
  readonly enterprise_phone?: string;
  @IsString() @Length(1, 64) readonly id!: string;
  @IsOptional() @IsString() @MaxLength(256) readonly enterprise_address?: string;
  @IsOptional() @IsString() @MaxLength(128) readonly bank_name?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly bank_account?: string;
  @IsOptional() @IsString() @MaxLength(256) readonly mailing_address?: string;
  @IsOptional() @IsString() @MaxLength(256) readonly address?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly name?: string;
  @IsOptional() @Matches(TELEPHONE, { message: 'phone must be a telephone number' }) readonly phone?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly province?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly city?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly district?: string;
  @IsOptional() @IsString() @MaxLength(256) readonly desc?: string;
}

export class CertificationInvoiceBody {
  /** 1 none, 2 electronic, 4 VAT digital. */
  @IsIn([1, 2, 4]) readonly invoice_type!: 1 | 2 | 4;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => ElectronicInvoice) readonly electronic?: ElectronicInvoice;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => VatInvoice) readonly vat?: VatInvoice;
  /** The name of the entity. */
  @IsOptional() @IsString() @MaxLength(128) readonly invoice_title?: string;
}

const Papers = (): PropertyDecorator => (target, name) => {
  for (const decorate of [IsOptional(), IsArray(), ArrayMaxSize(10), IsString({ each: true }), Length(1, MEDIA, { each: true })])
    decorate(target, name);
};

/** WeChat's `auth_data`. */
export class CertificationDataBody {
  /** 1 enterprise, 12 sole trader, 15 person; others as WeChat numbers entities. */
  @IsInt() @Min(0) @Max(1_000) readonly customer_type!: number;
  @IsObject() @ValidateNested() @Type(() => CertificationContact) readonly contact_info!: CertificationContact;
  /** Absent: none. It is always sent, since WeChat refuses an application without it. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => CertificationInvoiceBody)
  readonly invoice_info?: CertificationInvoiceBody;
  /** Media id of one picture; for all but persons. */
  @IsOptional() @IsString() @Length(1, MEDIA) readonly qualification?: string;
  /** Media ids. */
  @Papers() readonly qualification_other?: string[];
  @IsString() @Length(1, 64) readonly account_name!: string;
  /** 1 own words, 2 a trade mark. */
  @IsIn([1, 2]) readonly account_name_type!: 1 | 2;
  /** Media ids: proof, where the name hits a keyword. */
  @Papers() readonly account_supplemental?: string[];
  /** 1 the platform's prepaid pack, 2 the merchant pays. */
  @IsIn([1, 2]) readonly pay_type!: 1 | 2;
  /** The platform's appid in the service market; with `pay_type` 1. */
  @Checked('none: the platform’s own, in the service market')
  @IsOptional()
  @IsString()
  @Length(1, 64)
  readonly service_appid?: string;
  /** Persons: the `name` of a leaf of `identities`. */
  @IsOptional() @IsString() @Length(1, 64) readonly auth_identification?: string;
  /** Media ids: proof of it. */
  @Papers() readonly auth_ident_material?: string[];
  /** The platform's own telephone number. */
  @Matches(TELEPHONE, { message: 'third_party_phone must be a telephone number' }) readonly third_party_phone!: string;
}
