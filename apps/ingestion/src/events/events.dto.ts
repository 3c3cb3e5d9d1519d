import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import { Checked, IsAppid, IsTime, PageOf, PageQuery, TimeRange } from '#service';
import { PROGRESS, type Progress } from './progress.domain.js';

const STATES = ['received', 'queued', 'mismatch', 'stale'] as const;
const KIND = /^[\w.*-]{1,96}$/;

export class EventPath {
  @Matches(/^\d{1,20}$/, { message: 'event_id must be a number' }) readonly event_id!: string;
}

/** Which events. */
export class EventMatch {
  @IsOptional() @IsAppid() @Checked('narrowed') readonly component_appid?: string;
  @IsOptional() @IsAppid() @Checked('narrowed') readonly authorizer_appid?: string;
  /** A pattern: `weapp_audit_*`. */
  @IsOptional() @Matches(KIND) readonly kind?: string;
}

/** `from` and `to` are about when they were received. */
export class EventSearch extends IntersectionType(EventMatch, TimeRange, PageQuery) {
  @IsOptional() @IsIn(STATES) readonly state?: (typeof STATES)[number];
}

export class ReplayEvent {
  /** To this subscription; absent: to broker and release. */
  @IsOptional() @Matches(/^sub_[0-9a-f]{20}$/) readonly subscription_id?: string;
  /** Act on an event that was kept as `mismatch` or `stale`: a person has looked at it. */
  @IsOptional() @IsBoolean() readonly accept?: boolean;
}

export class ReplayRange extends EventMatch {
  @IsOptional() @Matches(/^sub_[0-9a-f]{20}$/) readonly subscription_id?: string;
  /** Received at or after; ISO 8601 with its zone. */
  @IsTime() readonly from!: string;
  /** Received before. */
  @IsTime() readonly to!: string;
}

export class ReplayResult {
  /** How many events go out again. */
  readonly events!: number;
}

export class EventView {
  readonly event_id!: string;
  readonly component_appid!: string;
  readonly authorizer_appid!: string | null;
  readonly family!: 'component' | 'authorizer' | 'wxplane';
  readonly kind!: string;
  /** `received`: not handed over yet · `queued`: handed over · `mismatch`, `stale`: kept, not acted on. What came of it says `progress`. */
  readonly state!: (typeof STATES)[number];
  /**
   * `waiting` · `handed_over`: broker or release has it · `done` · `failed` · `no_consumer`: they act on none of its kind (subscribers get
   * theirs all the same) · `kept`: `mismatch` or `stale`.
   */
  @ApiProperty({ enum: PROGRESS }) readonly progress!: Progress;
  /** CreateTime of WeChat. */
  readonly create_time!: string | null;
  readonly received_at!: string;
  readonly handed_over_at!: string | null;
  readonly note!: string | null;
}

export class EventEffectView {
  /** `broker`, `release`, … */
  readonly consumer!: string;
  readonly state!: 'done' | 'skipped' | 'failed';
  readonly attempts!: number;
  readonly note!: string | null;
  readonly at!: string;
}

export class EventWithContent extends EventView {
  readonly effects!: EventEffectView[];
  /** The typed event, without tickets and codes; `null` when it cannot be read. Only with the scope `events:read`. */
  readonly content?: Record<string, unknown> | null;
  /** Only when it cannot be read: what came, as it came, without tickets and codes. `note` says what is wrong with it. */
  readonly raw?: string;
}

export class EventPage extends PageOf(EventView) {}
