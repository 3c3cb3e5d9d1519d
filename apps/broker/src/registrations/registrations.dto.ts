import { IsBoolean, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { Checked, ComponentPath, IsAppid, PageOf, PageQuery } from '#service';
import { REGISTRATION_STATES, type RegistrationState } from './registration.domain.js';
import { REGISTRATION_WAYS, type RegistrationWay } from './ways.domain.js';

export class RegistrationPath extends ComponentPath {
  @Matches(/^[0-9a-f]{32}$/, { message: 'registration_id must be 32 hexadecimal digits' }) readonly registration_id!: string;
}

export class RegistrationSearch extends PageQuery {
  @IsOptional() @IsIn(REGISTRATION_STATES) readonly state?: RegistrationState;
  @IsOptional() @IsIn(REGISTRATION_WAYS) readonly way?: RegistrationWay;
  /** The caller's own, as it was given. */
  @IsOptional() @IsString() @Length(1, 128) readonly reference?: string;
  /** Of the mini program that came of it. */
  @IsOptional() @IsAppid() @Checked('all') readonly authorizer_appid?: string;
}

/** Which members are needed depends on `way`; those of another way are refused. */
export class CreateRegistrationRequest {
  /**
   * `enterprise`: name, code, component_phone · `personal`: wxuser · `trial`: name, openid · `trial-to-enterprise`: authorizer_appid, name,
   * code, component_phone · `trial-to-personal`: authorizer_appid, component_phone · `trial-to-account`: authorizer_appid, mp_appid ·
   * `account`: mp_appid.
   */
  @IsIn(REGISTRATION_WAYS) readonly way!: RegistrationWay;
  /** The caller's own; comes back in answers and events. */
  @IsOptional() @IsString() @Length(1, 128) readonly reference?: string;
  /** Of the company, as registered; of a trial, 4 to 30 characters without 小程序, 微信 and brands. */
  @IsOptional() @IsString() @Length(1, 200) readonly name?: string;
  /** The 18 characters of the unified social credit code (统一社会信用代码). */
  @IsOptional() @IsString() @Length(1, 64) readonly code?: string;
  /** Service number of the platform, which WeChat shows to the person. */
  @IsOptional()
  @Matches(/^\+?[0-9][0-9 -]{4,30}$/, { message: 'component_phone must be a telephone number' })
  readonly component_phone?: string;
  /** WeChat id (微信号) of the person, no openid. */
  @IsOptional() @IsString() @Length(1, 64) readonly wxuser?: string;
  /** Of the person, in an account or app of the platform. */
  @IsOptional() @IsString() @Length(1, 64) readonly openid?: string;
  /** The trial mini program that is converted. */
  @IsOptional() @IsAppid() @Checked('all') readonly authorizer_appid?: string;
  /** The official account (公众号) whose entity is reused. */
  @IsOptional() @IsAppid() @Checked('all') readonly mp_appid?: string;
  /** The mini program gets the administrator of the official account. */
  @IsOptional() @IsBoolean() readonly same_admin?: boolean;
  /** Takes the certification over; must be so for governments, media and other organisations. Default true. */
  @IsOptional() @IsBoolean() readonly copy_wx_verify?: boolean;
}

export class BilingualView {
  readonly zh!: string;
  readonly en!: string;
}

export class RegistrationView {
  readonly registration_id!: string;
  readonly component_appid!: string;
  readonly way!: RegistrationWay;
  /**
   * `preparing`: WeChat is to begin it · `waiting`: a person has to act · `submitting`: the consent is being used · `created`: made, and its
   * tokens are not here yet · `done`: an authorizer with tokens · `failed`, `expired`: it can be renewed.
   */
  readonly state!: RegistrationState;
  /** Whom it is for, as far as a list needs it. */
  readonly label!: string;
  readonly reference!: string | null;
  /** The mini program that came of it. */
  readonly authorizer_appid!: string | null;
  /** The trial that is converted, or the official account that is reused. */
  readonly source_appid!: string | null;
  /** For whoever has to act: by message, or opened on a computer for its QR code. */
  readonly page_url!: string;
  /** Who has to act; null unless it is waiting. */
  readonly who_acts!: BilingualView | null;
  /** Until when. */
  readonly expires_at!: string | null;
  /** As WeChat told it last: what it means depends on the way. */
  readonly wechat_status!: number | null;
  readonly wechat_status_text!: BilingualView | null;
  /** Why it is where it is, and what to do. */
  readonly reason!: string | null;
  readonly errcode!: number | null;
  readonly remedy!: BilingualView | null;
  /** How often it was begun: one more with each renewal. */
  readonly round!: number;
  /** When it is looked at again by itself. */
  readonly next_look_at!: string | null;
  readonly created_at!: string;
  readonly updated_at!: string;
}

export class RegistrationPage extends PageOf(RegistrationView) {}

/** As it was asked for. */
export class RegistrationRequestView {
  readonly name?: string;
  readonly code?: string;
  readonly component_phone?: string;
  readonly wxuser?: string;
  readonly openid?: string;
  readonly authorizer_appid?: string;
  readonly mp_appid?: string;
  readonly same_admin?: boolean;
  readonly copy_wx_verify?: boolean;
}

export class RegistrationMoveView {
  readonly at!: string;
  readonly from!: RegistrationState | null;
  readonly to!: RegistrationState;
  /** The request, event or reading that moved it. */
  readonly cause!: string;
  readonly reason!: string | null;
  readonly errcode!: number | null;
}

export class RegistrationDetailsView extends RegistrationView {
  readonly request!: RegistrationRequestView;
  readonly history!: RegistrationMoveView[];
}
