import { Type } from 'class-transformer';
import { IsInt, Min } from 'class-validator';
import { ComponentPath } from '#service';

export class SyncPath extends ComponentPath {
  @Type(() => Number) @IsInt() @Min(1) readonly sync_id!: number;
}

export class SyncProfiles {
  readonly total!: number;
  readonly read!: number;
  /** WeChat gave none of these. */
  readonly failed!: number;
  readonly per_minute!: number;
  /** `null`: not to be told yet. */
  readonly seconds_left!: number | null;
}

export class SyncView {
  readonly sync_id!: number;
  readonly component_appid!: string;
  readonly state!: 'waiting' | 'running' | 'done' | 'failed';
  readonly created_at!: string;
  readonly started_at!: string | null;
  readonly finished_at!: string | null;
  /** Authorizations WeChat says there are. */
  readonly total!: number | null;
  /** Read so far. */
  readonly seen!: number;
  /** Were not known here. */
  readonly added!: number;
  /** Refresh tokens that were missing here, or differed. */
  readonly recovered!: number;
  /** Known here, not in WeChat's listing: marked, never deleted. */
  readonly missing!: number;
  /** Profiles and permission sets that were not known; `null` until the list is read. */
  readonly profiles!: SyncProfiles | null;
  readonly problem!: string | null;
}
