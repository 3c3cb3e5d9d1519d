import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { AuthorizerKind, AuthorizerState } from './authorizer.domain.js';

export const STATES = ['active', 'degraded', 'needs_reauthorization', 'cancelled'] as const;
export const KINDS = ['official_account', 'mini_program', 'channels', 'store', 'talent', 'supplier'] as const;

export class ListAuthorizersQuery {
  /** Part of the name, of the owner's name, or the beginning of an appid or original id. */
  @IsOptional() @IsString() @MaxLength(100) q?: string;
  @IsOptional() @IsIn(KINDS) kind?: AuthorizerKind;
  @IsOptional() @IsIn(STATES) state?: AuthorizerState;
  /** Id of a permission set (权限集) that must be granted. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) permission_set?: number;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(500) limit?: number;
  @IsOptional() @IsString() @MaxLength(64) cursor?: string;
}

export class PermissionSetResponse {
  id!: number;
  /** Absent for a set that WeChat added after this build. */
  name?: { en: string; zh: string };
  /** Only one service provider at a time can hold it. */
  exclusive?: boolean;
}

export class AuthorizerSummary {
  component_appid!: string;
  authorizer_appid!: string;
  state!: AuthorizerState;
  /** Why it is in that state; null when active. */
  state_reason!: string | null;
  state_at!: string | null;
  kind!: AuthorizerKind | null;
  nick_name!: string | null;
  user_name!: string | null;
  principal_name!: string | null;
  head_img!: string | null;
  permission_sets!: PermissionSetResponse[];
  granted_at!: string | null;
  cancelled_at!: string | null;
  /** Since when WeChat's listing does not have it any more. */
  missing_since!: string | null;
}

export class AuthorizerListResponse {
  items!: AuthorizerSummary[];
  next_cursor!: string | null;
}

export class AuthorizerResponse extends AuthorizerSummary {
  /** `authorizer_info` as WeChat gave it. */
  profile!: Record<string, unknown> | null;
  profile_at!: string | null;
}
