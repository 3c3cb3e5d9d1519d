import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { PageOf, PageQuery } from '#service';
import type { AuthorizerKind, AuthorizerState } from './authorizer.domain.js';

export const STATES = ['active', 'degraded', 'needs_reauthorization', 'cancelled'] as const;
export const KINDS = ['official_account', 'mini_program', 'channels', 'store', 'talent', 'supplier'] as const;

export class AuthorizerSearch extends PageQuery {
  /** Part of the name, of the owner's name, or the beginning of an appid or original id. */
  @IsOptional() @IsString() @MaxLength(100) readonly q?: string;
  @IsOptional() @IsIn(KINDS) readonly kind?: AuthorizerKind;
  @IsOptional() @IsIn(STATES) readonly state?: AuthorizerState;
  /** Id of a permission set (权限集) that must be granted. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) readonly permission_set?: number;
}

export class PermissionSetView {
  readonly id!: number;
  /** Absent for a set that WeChat added after this build. */
  readonly name?: { en: string; zh: string };
  /** Only one service provider at a time can hold it. */
  readonly exclusive?: boolean;
}

export class AuthorizerView {
  readonly component_appid!: string;
  readonly authorizer_appid!: string;
  readonly state!: AuthorizerState;
  /** Why it is in that state; null when active. */
  readonly state_reason!: string | null;
  readonly state_at!: string | null;
  readonly kind!: AuthorizerKind | null;
  readonly nick_name!: string | null;
  readonly user_name!: string | null;
  readonly principal_name!: string | null;
  readonly head_img!: string | null;
  readonly permission_sets!: PermissionSetView[];
  readonly granted_at!: string | null;
  readonly cancelled_at!: string | null;
  /** Since when WeChat's listing does not have it any more. */
  readonly missing_since!: string | null;
}

export class AuthorizerPage extends PageOf(AuthorizerView) {}

export class AuthorizerDetailsView extends AuthorizerView {
  /** `authorizer_info` as WeChat gave it. */
  readonly profile!: Record<string, unknown> | null;
  readonly profile_at!: string | null;
}
