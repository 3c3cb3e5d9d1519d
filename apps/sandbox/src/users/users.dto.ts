import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import type { CodeKind } from './users.service.js';

export class CreateJsCode {
  @IsString() appid!: string;
  @IsOptional() @IsString() openid?: string;
  @IsOptional() @IsString() unionid?: string;
  @IsOptional() @IsIn(['login', 'oauth', 'phone']) kind: CodeKind = 'login';
  @IsOptional() @IsIn(['snsapi_base', 'snsapi_userinfo']) scope: 'snsapi_base' | 'snsapi_userinfo' = 'snsapi_userinfo';
}

export class MessageQuery {
  @IsOptional() @IsString() appid?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(1000) limit: number = 100;
}
