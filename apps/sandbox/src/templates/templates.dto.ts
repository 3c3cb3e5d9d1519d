import { IsArray, IsIn, IsInt, IsOptional, IsString, Min } from 'class-validator';

export class CreateDraft {
  @IsOptional() @IsString() user_version?: string;
  @IsOptional() @IsString() user_desc?: string;
  @IsOptional() @IsString() source_miniprogram_appid?: string;
  @IsOptional() @IsString() source_miniprogram?: string;
  @IsOptional() @IsString() developer?: string;
  @IsOptional() @IsArray() @IsString({ each: true }) pages?: string[];
  @IsOptional() @IsArray() @IsString({ each: true }) plugins?: string[];
  /** Location APIs the code calls, e.g. `getLocation`. */
  @IsOptional() @IsArray() @IsString({ each: true }) privacy_apis?: string[];
  @IsOptional() @IsInt() @Min(1) size_kb?: number;
}

export class CreateTemplate extends CreateDraft {
  @IsOptional() @IsIn([0, 1]) template_type?: 0 | 1;
}
