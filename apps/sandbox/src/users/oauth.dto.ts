import { IsIn, IsOptional, IsString, IsUrl, MaxLength } from 'class-validator';

export class AuthorizeQuery {
  @IsString() appid!: string;
  @IsString() component_appid!: string;
  @IsUrl({ require_tld: false, require_protocol: true }) redirect_uri!: string;
  @IsIn(['code']) response_type!: 'code';
  @IsIn(['snsapi_base', 'snsapi_userinfo']) scope!: 'snsapi_base' | 'snsapi_userinfo';
  @IsOptional() @IsString() @MaxLength(128) state?: string;
}
