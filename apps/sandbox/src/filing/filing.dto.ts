import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';

export class AuditLineBody {
  @IsString() key_name!: string;
  @IsString() error!: string;
  @IsString() suggest!: string;
}

export class DecideFiling {
  /** Of a rejection; absent: one made-up line. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => AuditLineBody) audit_data?: AuditLineBody[];
}

export class DecideFace {
  @IsBoolean() passed!: boolean;
  /** A failure that ends the task; absent: it may be tried again. */
  @IsOptional() @IsBoolean() final: boolean = false;
}

export class DecideCertification {
  @IsIn(['agree', 'refuse', 'face-pass', 'phone-pass', 'pay', 'return', 'pass', 'fail', 'finish'])
  act!: 'agree' | 'refuse' | 'face-pass' | 'phone-pass' | 'pay' | 'return' | 'pass' | 'fail' | 'finish';
  @IsOptional() @IsString() reason: string = '';
}

export class DecideProcedure {
  @IsIn(['next', 'return', 'fail', 'reject']) act!: 'next' | 'return' | 'fail' | 'reject';
  @IsOptional() @IsString() reason: string = '';
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => AuditLineBody) audit_data?: AuditLineBody[];
}
