import { OmitType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import type { MerchantKind } from '../world/model.js';

export class CategoryBody {
  @IsString() first_class!: string;
  @IsString() second_class!: string;
  @IsInt() first_id!: number;
  @IsInt() second_id!: number;
}

export class CreateMerchant {
  @Matches(/^wx\w{3,30}$/) appid!: string;
  @IsIn(['mp', 'miniprogram']) kind!: MerchantKind;
  @IsOptional() @IsString() nick_name?: string;
  @IsOptional() @Matches(/^gh_\w+$/) user_name?: string;
  @IsOptional() @IsString() head_img?: string;
  @IsOptional() @IsString() principal_name?: string;
  @IsOptional() @IsString() alias?: string;
  @IsOptional() @IsString() signature?: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => CategoryBody) categories?: CategoryBody[];
  @IsOptional() @IsInt() account_status?: number;
  @IsOptional() @IsInt() verify_type?: number;
  @IsOptional() @IsInt() service_type?: number;
  @IsOptional() @IsBoolean() basic_info_set?: boolean;
  @IsOptional() @IsBoolean() privacy_guide?: boolean;
  @IsOptional() @IsBoolean() mini_game?: boolean;
  @IsOptional() @IsArray() @IsString({ each: true }) privacy_api_rights?: string[];
  @IsOptional() @IsBoolean() speedup_allowed?: boolean;
  @IsOptional() @IsInt() @Min(0) tester_limit?: number;
  @IsOptional() @IsInt() @Min(0) icp_status?: number;
}

export class PatchMerchant extends PartialType(OmitType(CreateMerchant, ['appid', 'kind'] as const)) {}

export class BulkMerchants {
  @IsInt() @Min(1) @Max(200_000) count!: number;
  @IsOptional() @IsIn(['mp', 'miniprogram']) kind: MerchantKind = 'miniprogram';
  @IsOptional() @Matches(/^wx\w{1,20}$/) appid_prefix: string = 'wxbulk';
  /** A component that all of them authorize at once. */
  @IsOptional() @IsString() authorize_to?: string;
  @IsOptional() @IsArray() @IsInt({ each: true }) sets?: number[];
  /** As if the authorization codes had been exchanged already. */
  @IsOptional() @IsBoolean() exchanged: boolean = false;
  @IsOptional() @IsBoolean() push: boolean = false;
}

export class MerchantQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) offset: number = 0;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(1000) limit: number = 100;
  @IsOptional() @IsString() q?: string;
}

export class UserMessage {
  @IsOptional() @IsString() component_appid?: string;
  @IsOptional() @IsString() openid?: string;
  @IsOptional() @IsString() content?: string;
  @IsOptional() @IsString() event?: string;
  /** What was scanned or clicked: `qrscene_…` for a follower who came by a code, the key of a menu. */
  @IsOptional() @IsString() event_key?: string;
  @IsOptional() @IsString() xml?: string;
}
