import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';

export class CallQuery {
  @IsOptional() @IsString() path?: string;
  @IsOptional() @IsString() appid?: string;
  @IsOptional() @Type(() => Number) @IsInt() errcode?: number;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(5000) limit: number = 100;
  @IsOptional() @IsIn(['0', '1']) reveal?: '0' | '1';
}

export class CallCountQuery {
  @IsOptional() @IsIn(['appid']) by?: 'appid';
  @IsOptional() @IsString() path?: string;
}
