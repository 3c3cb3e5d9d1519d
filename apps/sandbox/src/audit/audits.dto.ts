import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';

export class DecideAudit {
  @IsOptional() @IsString() reason?: string;
  /** How many made-up screenshots. */
  @IsOptional() @IsInt() @Min(0) @Max(20) screenshots?: number;
  /** Ids to send as they are, instead. */
  @IsOptional() @IsArray() @IsString({ each: true }) screenshot_ids?: string[];
  @IsOptional() @IsIn(['send', 'drop']) push: 'send' | 'drop' = 'send';
  @IsOptional() @IsInt() @Min(0) push_delay_ms: number = 0;
  @IsOptional() @IsBoolean() wait: boolean = true;
}

export class AuditQuery {
  @IsOptional() @Type(() => Number) @IsIn([0, 1, 2, 3, 4]) status?: number;
  @IsOptional() @IsString() appid?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(10_000) limit: number = 100;
}

export class SetScan {
  @IsOptional() @IsBoolean() done: boolean = true;
  @IsOptional() @IsArray() @IsString({ each: true }) without_auth_list?: string[];
  @IsOptional() @IsArray() @IsString({ each: true }) without_conf_list?: string[];
}
