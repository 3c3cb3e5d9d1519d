import { IsInt, IsOptional, IsString, Min } from 'class-validator';

export class SetQuotas {
  @IsOptional() @IsString() component_appid?: string;
  @IsOptional() @IsInt() @Min(0) submit_limit?: number;
  @IsOptional() @IsInt() @Min(0) submit_used?: number;
  @IsOptional() @IsInt() @Min(0) speedup_limit?: number;
  @IsOptional() @IsInt() @Min(0) speedup_used?: number;
  @IsOptional() @IsString() path?: string;
  @IsOptional() @IsString() appid?: string;
  @IsOptional() @IsInt() @Min(0) daily_limit?: number;
  @IsOptional() @IsInt() @Min(0) used?: number;
  @IsOptional() @IsInt() @Min(0) per_minute?: number;
}
