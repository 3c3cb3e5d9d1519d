import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { AreAppids, Checked } from '#service';
import { WAYS, type Way } from './back.domain.js';
import { RolloutOptionsDto } from './rollout.dto.js';

/** What one rollout published is taken back, as a rollout of its own. */
export class RollBack {
  /** Default: that of the rollout that is taken back, with the way before it. */
  @IsOptional() @IsString() @Length(1, 128) readonly name?: string;
  /**
   * `rollback`: WeChat puts the version before online again, without a review; once for each publication. `forward`: the last good version
   * that is recorded for each mini program is made, reviewed and published anew. Default `rollback`.
   */
  @IsOptional() @IsIn(WAYS) readonly way?: Way;
  /** Only these of those that it published. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20_000)
  @ArrayUnique()
  @AreAppids()
  @Checked('none: they name targets of a rollout, which its caller sees whole')
  readonly authorizer_appids?: string[];
  @IsOptional() @IsObject() @ValidateNested() @Type(() => RolloutOptionsDto) readonly options?: RolloutOptionsDto;
  /** As of any rollout: mini programs that another rollout has not finished with are taken over from it. */
  @IsOptional() @IsBoolean() readonly take_over?: boolean;
  /** Mini programs with a problem of these paths, as the preview's `problem_groups` name them, are left out. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(256, { each: true })
  readonly leave_out?: string[];
}

export class StartRollBack extends RollBack {
  /** `hash` of the preview: if anything has changed since, nothing is started. */
  @ApiProperty({ example: '0'.repeat(64) })
  @Matches(/^[0-9a-f]{64}$/, { message: 'preview_hash must be the hash of a preview' })
  readonly preview_hash!: string;
}
