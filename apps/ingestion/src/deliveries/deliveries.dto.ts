import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { PageOf, PageQuery } from '#service';

export const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'cancelled'] as const;

export class DeliveryPath {
  @Matches(/^\d{1,20}$/, { message: 'delivery_id must be a number' }) readonly delivery_id!: string;
}

export class DeliverySearch extends PageQuery {
  @IsOptional() @IsString() @MaxLength(32) readonly subscription_id?: string;
  @IsOptional() @Matches(/^\d{1,20}$/) readonly event_id?: string;
  @IsOptional() @IsIn(DELIVERY_STATES) readonly state?: (typeof DELIVERY_STATES)[number];
}

export class DeliveryView {
  readonly delivery_id!: string;
  readonly subscription_id!: string;
  /** `null`: a test event. */
  readonly event_id!: string | null;
  readonly kind!: string;
  readonly authorizer_appid!: string | null;
  readonly replay!: boolean;
  readonly state!: (typeof DELIVERY_STATES)[number];
  readonly attempts!: number;
  readonly next_attempt_at!: string | null;
  readonly last_status!: number | null;
  readonly last_error!: string | null;
  readonly created_at!: string;
  readonly finished_at!: string | null;
}

export class DeliveryAttemptView {
  readonly at!: string;
  readonly duration_ms!: number;
  /** HTTP status; `null`: no answer. */
  readonly status!: number | null;
  readonly error!: string | null;
  /** Begin of the answer. */
  readonly excerpt!: string | null;
}

export class DeliveryWithAttempts extends DeliveryView {
  readonly attempt_list!: DeliveryAttemptView[];
}

export class DeliveryPage extends PageOf(DeliveryView) {}
