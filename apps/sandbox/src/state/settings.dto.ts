import { IsArray, IsBoolean, IsIn, IsInt, IsNumber, IsOptional, IsString, Max, Min } from 'class-validator';

export class PatchSettings {
  @IsOptional() @IsInt() @Min(1) component_token_s?: number;
  @IsOptional() @IsInt() @Min(1) authorizer_token_s?: number;
  @IsOptional() @IsInt() @Min(1) ticket_s?: number;
  @IsOptional() @IsInt() @Min(1) pre_auth_code_s?: number;
  @IsOptional() @IsInt() @Min(1) auth_code_s?: number;
  @IsOptional() @IsInt() @Min(1) push_auth_code_s?: number;
  @IsOptional() @IsBoolean() same_code?: boolean;
  @IsOptional() @IsBoolean() rotate_on_reauthorize?: boolean;
  @IsOptional() @IsInt() cancelled_errcode?: number;
  @IsOptional() @IsIn(['normal', 'drop']) redirect_mode?: 'normal' | 'drop';
  @IsOptional() @IsInt() @Min(0) redirect_delay_ms?: number;
  @IsOptional() @IsNumber() @Min(0) privacy_scan_s?: number;
  @IsOptional() @IsIn(['manual', 'auto']) audit_mode?: 'manual' | 'auto';
  @IsOptional() @IsNumber() @Min(0) audit_after_s?: number;
  @IsOptional() @IsNumber() @Min(0) @Max(1) audit_reject_share?: number;
  @IsOptional() @IsNumber() @Min(0) @Max(1) audit_delay_share?: number;
  @IsOptional() @IsString() audit_reject_reason?: string;
  @IsOptional() @IsBoolean() resubmit_needs_commit?: boolean;
  @IsOptional() @IsInt() @Min(0) write_ms?: number;
  @IsOptional() @IsInt() @Min(0) revert_daily_limit?: number;
  @IsOptional() @IsNumber() @Min(0) fast_register_s?: number;
  @IsOptional() @IsIn(['manual', 'auto']) filing_mode?: 'manual' | 'auto';
  @IsOptional() @IsNumber() @Min(0) filing_after_s?: number;
  @IsOptional() @IsBoolean() filing_open?: boolean;
  @IsOptional() @IsBoolean() filing_as_object?: boolean;
  @IsOptional() @IsBoolean() invoice_info_required?: boolean;
  @IsOptional() @IsNumber() @Min(0) verify_lag_s?: number;
  @IsOptional() @IsInt() unfiled_release?: number;
  @IsOptional() @IsIn(['auth_code', 'authorized', 'none']) registration_push?: 'auth_code' | 'authorized' | 'none';
  @IsOptional() @IsInt() registration_old_form?: number;
  @IsOptional() @IsBoolean() conversion_url?: boolean;
  @IsOptional() @IsBoolean() reuse_strings?: boolean;
  @IsOptional() @IsIn(['real', 'virtual']) push_timestamp?: 'real' | 'virtual';
  @IsOptional() @IsInt() @Min(1) push_timeout_ms?: number;
  @IsOptional() @IsIn(['xml', 'json']) push_format?: 'xml' | 'json';
  @IsOptional() @IsBoolean() raw_control_characters?: boolean;
  /** All refused with 85301 to 85303, left out without a word (85017 when none is left), or told beside errcode 0. */
  @IsOptional() @IsIn(['refuse', 'filter', 'tell']) unusable_domains?: 'refuse' | 'filter' | 'tell';
  @IsOptional() @IsIn(['any', 'GET', 'POST']) basic_info_method?: 'any' | 'GET' | 'POST';
  @IsOptional() @IsArray() @IsString({ each: true }) order_path_busy?: string[];
  @IsOptional() @IsBoolean() path_clear_counts?: boolean;
  @IsOptional() @IsBoolean() api_registered_only?: boolean;
  @IsOptional() @IsArray() @IsString({ each: true }) unfiled_domains?: string[];
  @IsOptional() @IsIn(['as-sent', 'trimmed', 'escaped']) words?: 'as-sent' | 'trimmed' | 'escaped';
}

export class StateQuery {
  @IsOptional() @IsIn(['0', '1']) reveal?: '0' | '1';
  @IsOptional() @IsString() component_appid?: string;
  @IsOptional() @IsString() merchant_appid?: string;
}
