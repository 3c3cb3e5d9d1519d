import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { ACTS, type Act } from './status.domain.js';

export class DecideRegistration {
  /** `finish`: all that a person has to do. */
  @IsIn([...ACTS, 'finish']) act!: Act | 'finish';
}

export class LimitRegistration {
  /** 1001 to 1008. */
  @IsInt() @Min(1001) @Max(1008) code!: number;
}

export class RegistrationQuery {
  @IsOptional() @IsString() component_appid?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(10_000) limit: number = 100;
}
