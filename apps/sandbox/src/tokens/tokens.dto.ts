import { IsIn, IsInt, IsOptional, IsString, Min } from 'class-validator';
import type { RefreshMode } from '../world/model.js';

export class ExpireToken {
  @IsString() component_appid!: string;
  /** Without it: the component's own token. */
  @IsOptional() @IsString() authorizer_appid?: string;
  @IsOptional() @IsIn(['access', 'refresh']) token: 'access' | 'refresh' = 'access';
  @IsOptional() @IsIn(['expire', 'kill']) how: 'expire' | 'kill' = 'expire';
}

export class SetRefreshMode {
  @IsString() component_appid!: string;
  @IsOptional() @IsString() authorizer_appid?: string;
  @IsIn(['same', 'rotate', 'empty', 'absent']) mode!: RefreshMode;
  @IsOptional() @IsInt() @Min(1) times: number = 1;
}

export class CheckToken {
  @IsString() token!: string;
}
