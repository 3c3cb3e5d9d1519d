import { Type } from 'class-transformer';
import { IsInt, Min } from 'class-validator';
import type { SyncEntity } from '#persistence';
import { ComponentPath } from '#service';

export class SyncPath extends ComponentPath {
  @Type(() => Number) @IsInt() @Min(1) sync_id!: number;
}

export class SyncProfiles {
  total!: number;
  read!: number;
  /** WeChat gave none of these. */
  failed!: number;
  per_minute!: number;
  /** `null`: not to be told yet. */
  seconds_left!: number | null;
}

export class SyncResponse {
  sync_id!: number;
  component_appid!: string;
  state!: 'waiting' | 'running' | 'done' | 'failed';
  created_at!: string;
  started_at!: string | null;
  finished_at!: string | null;
  /** Authorizations WeChat says there are. */
  total!: number | null;
  /** Read so far. */
  seen!: number;
  /** Were not known here. */
  added!: number;
  /** Refresh tokens that were missing here, or differed. */
  recovered!: number;
  /** Known here, not in WeChat's listing: marked, never deleted. */
  missing!: number;
  /** Profiles and permission sets that were not known; `null` until the list is read. */
  profiles!: SyncProfiles | null;
  problem!: string | null;
}

/** How far they are read, as its row knows it. */
export function profilesOf(row: SyncEntity, now: Date): SyncProfiles | null {
  const { listedAt, profilesTotal: total, profilesRead: read, profilesFailed: failed } = row;
  if (listedAt === null || total === null) return null;
  const minutes = ((row.finishedAt ?? row.heartbeatAt ?? now).getTime() - listedAt.getTime()) / 60_000;
  const per_minute = minutes > 0 ? Math.round((read + failed) / minutes) : 0;
  const left = Math.max(0, total - read - failed);
  const seconds_left = row.finishedAt ? 0 : per_minute > 0 ? Math.ceil((left * 60) / per_minute) : null;
  return { total, read, failed, per_minute, seconds_left };
}
