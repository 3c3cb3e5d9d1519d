import { IsNumber, IsOptional, Max, Min } from 'class-validator';

export class ChangeClock {
  /** Virtual seconds per real second; 0 stops the clock. */
  @IsOptional() @IsNumber() @Min(0) @Max(1_000_000) speed?: number;
  /** Seconds to move forward. */
  @IsOptional() @IsNumber() @Min(0) jump_s?: number;
}
