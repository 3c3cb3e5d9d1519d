import { Type } from 'class-transformer';
import { IsInt, Min } from 'class-validator';
import { ComponentPath } from '../tokens/tokens.dto.js';

export class SyncPath extends ComponentPath {
  @Type(() => Number) @IsInt() @Min(1) sync_id!: number;
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
  problem!: string | null;
}
