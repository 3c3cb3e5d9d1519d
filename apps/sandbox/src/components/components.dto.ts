import { OmitType, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Min,
} from 'class-validator';
import type { RefreshMode } from '../world/model.js';

const AES_KEY = /^[A-Za-z0-9]{43}$/;
const URL = /^https?:\/\/\S+$/;

/** Defaults are in `components.service.ts`, so that the same rules serve a change of some fields. */
export class CreateComponent {
  @Matches(/^wx\w{4,30}$/) component_appid!: string;
  @IsString() @Length(1, 128) component_appsecret!: string;
  @IsString() @Length(1, 128) push_token!: string;
  @Matches(AES_KEY, { message: 'encoding_aes_key must be 43 characters of a-z A-Z 0-9' }) encoding_aes_key!: string;
  @IsOptional() @IsString() previous_push_token?: string;
  @IsOptional() @Matches(AES_KEY) previous_encoding_aes_key?: string;
  @Matches(URL) auth_event_url!: string;
  @Matches(/^https?:\/\/\S*\$APPID\$\S*$/, { message: 'message_event_url must hold $APPID$' }) message_event_url!: string;
  /** host or host:port */
  @Matches(/^[\w.-]+(:\d+)?$/) authorization_domain!: string;
  @IsOptional() @IsString() oauth_domain?: string;
  @IsOptional() @IsString() name?: string;
  @IsOptional() @IsArray() @IsString({ each: true }) @ArrayMaxSize(100) ip_whitelist?: string[];
  @IsOptional() @IsBoolean() published?: boolean;
  @IsOptional() @IsArray() @IsString({ each: true }) @ArrayMaxSize(10) test_list?: string[];
  @IsOptional() @IsArray() @IsInt({ each: true }) permission_sets?: number[];
  @IsOptional() @IsBoolean() ticket_push?: boolean;
  @IsOptional() @IsNumber() @Min(1) ticket_interval_s?: number;
  @IsOptional() @IsNumber() @Min(0) ticket_first_retry_s?: number;
  @IsOptional() @IsNumber() @Min(0) former_token_grace_s?: number;
  @IsOptional() @IsInt() @Min(0) auth_event_repeats?: number;
  @IsOptional() @IsInt() @Min(1) message_tries?: number;
  @IsOptional() @IsInt() @Min(0) push_retry_ms?: number;
  @IsOptional() @IsIn(['strict', 'lenient', 'off']) referrer_check?: 'strict' | 'lenient' | 'off';
  @IsOptional() @IsInt() @Min(0) submit_limit?: number;
  @IsOptional() @IsInt() @Min(0) speedup_limit?: number;
  @IsOptional() @IsIn(['same', 'rotate', 'empty', 'absent']) refresh_mode?: RefreshMode;
  @IsOptional() @IsBoolean() list_refresh_tokens?: boolean;
  @IsOptional() @IsBoolean() info_refresh_tokens?: boolean;
  @IsOptional() @IsBoolean() personal?: boolean;
}

export class PatchComponent extends PartialType(OmitType(CreateComponent, ['component_appid'] as const)) {}
