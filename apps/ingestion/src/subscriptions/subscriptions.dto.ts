import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { AreAppids, Checked, IsAppid, PAGE_MAX, PageOf, PageQuery } from '#service';

const KIND = /^[\w.*-]{1,96}$/;

export class SubscriptionPath {
  @Matches(/^sub_[0-9a-f]{20}$/, { message: 'subscription_id must look like sub_…' }) readonly subscription_id!: string;
}

export class SubscriptionSearch extends PageQuery {
  // Callers of the release before, which had no pages, read one and take it for all.
  @ApiPropertyOptional({ default: PAGE_MAX }) override readonly limit: number = PAGE_MAX;
}

export class CreateSubscription {
  /** For people. */
  @IsString() @Length(1, 128) readonly name!: string;
  /** https; must lead to a public address. */
  @IsString() @Length(1, 2048) readonly url!: string;
  /** Absent: every component. */
  @IsOptional() @IsAppid() @Checked('refused') readonly component_appid?: string;
  /** Absent: all authorizers, and events that belong to none. */
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(1_000) @AreAppids() @Checked('refused') readonly authorizers?: string[];
  /** Patterns such as `message.*`, `weapp_audit_*`, `authorized`, `*`. */
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(100) @Matches(KIND, { each: true }) readonly kinds!: string[];
  /** The events of one authorizer one after the other: one that fails holds the following ones back. */
  @IsOptional() @IsBoolean() readonly ordered?: boolean;
  /** `wxcomponent`: the plain JSON that WeChat's own wxcomponent forwards, and `$APPID$` in the URL's path replaced. Default `wxplane`. */
  @IsOptional() @IsIn(['wxplane', 'wxcomponent']) readonly body_format?: 'wxplane' | 'wxcomponent';
  /** Its answers are sent to the user (被动回复). Needs `component_appid`; at most one for an authorizer, and one for the component. */
  @IsOptional() @IsBoolean() readonly replier?: boolean;
}

export class ChangeSubscription {
  @IsOptional() @IsString() @Length(1, 128) readonly name?: string;
  @IsOptional() @IsString() @Length(1, 2048) readonly url?: string;
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(100) @Matches(KIND, { each: true }) readonly kinds?: string[];
  @IsOptional() @IsBoolean() readonly ordered?: boolean;
  @IsOptional() @IsIn(['wxplane', 'wxcomponent']) readonly body_format?: 'wxplane' | 'wxcomponent';
  /** `enabled` also forgets former failures; what waited is sent then. */
  @IsOptional() @IsIn(['enabled', 'disabled']) readonly state?: 'enabled' | 'disabled';
}

export class RotateSecret {
  /** How long the former secret signs as well. Default one day. */
  @IsOptional() @IsInt() @Min(0) @Max(2_592_000) readonly overlap_s?: number;
}

export class SubscriptionView {
  readonly subscription_id!: string;
  readonly name!: string;
  readonly url!: string;
  readonly client_id!: string;
  readonly component_appid!: string | null;
  readonly authorizers!: string[] | null;
  readonly kinds!: string[];
  readonly ordered!: boolean;
  readonly body_format!: 'wxplane' | 'wxcomponent';
  readonly replier!: boolean;
  readonly state!: 'enabled' | 'disabled';
  readonly disabled_reason!: string | null;
  /** First failure after the last success. */
  readonly failing_since!: string | null;
  readonly last_success_at!: string | null;
  /** Until then the former secret signs as well. */
  readonly previous_secret_until!: string | null;
  readonly created_at!: string;
}

export class SubscriptionWithSecret extends SubscriptionView {
  /** `whsec_…`; shown this once. */
  readonly secret!: string;
}

export class SubscriptionPage extends PageOf(SubscriptionView) {}

export class TestDelivery {
  readonly delivery_id!: string;
}
