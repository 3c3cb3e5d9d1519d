import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

export class Authorize {
  @IsString() component_appid!: string;
  @IsString() merchant_appid!: string;
  @IsOptional() @IsArray() @IsInt({ each: true }) sets?: number[];
  @IsOptional() @IsString() pre_auth_code?: string;
  @IsOptional() @Matches(/^https?:\/\//) redirect_uri?: string;
  /** `call`: the sandbox opens the redirect itself. */
  @IsOptional() @IsIn(['none', 'call']) redirect: 'none' | 'call' = 'call';
  @IsOptional() @IsInt() @Min(0) redirect_delay_ms: number = 0;
  @IsOptional() @IsIn(['send', 'drop']) push: 'send' | 'drop' = 'send';
  @IsOptional() @IsInt() @Min(0) push_delay_ms: number = 0;
  @IsOptional() @IsBoolean() always_push: boolean = false;
  @IsOptional() @IsBoolean() wait: boolean = true;
}

export class CancelAuthorization {
  @IsString() component_appid!: string;
  @IsString() merchant_appid!: string;
  @IsOptional() @IsIn(['send', 'drop']) push: 'send' | 'drop' = 'send';
  @IsOptional() @IsInt() @Min(0) push_delay_ms: number = 0;
}

export class AuthorizationQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) offset: number = 0;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(10_000) limit: number = 100;
}
