import { IsBoolean, IsIn, IsInt, IsNumber, IsObject, IsOptional, IsString, Max, Min } from 'class-validator';

export const FAULT_ACTIONS = ['delay', 'status', 'html', 'empty', 'body', 'hang', 'cut', 'errcode'] as const;

export class CreateFault {
  /** A path, a prefix with `*`, or `*`. */
  @IsString() path!: string;
  @IsOptional() @IsString() appid?: string;
  @IsIn(FAULT_ACTIONS) action!: (typeof FAULT_ACTIONS)[number];
  /** Execute the call first and spoil only its answer. */
  @IsOptional() @IsBoolean() after: boolean = false;
  @IsOptional() @IsInt() @Min(0) delay_ms: number = 0;
  /** The answer waits until the fault is deleted. */
  @IsOptional() @IsBoolean() hold: boolean = false;
  @IsOptional() @IsInt() @Min(200) @Max(599) status: number = 502;
  @IsOptional() @IsInt() errcode: number = -1;
  @IsOptional() @IsString() errmsg?: string;
  /** What an `errcode` answer says besides, such as the `hints` of 86202. */
  @IsOptional() @IsObject() details?: Readonly<Record<string, unknown>>;
  @IsOptional() @IsString() body?: string;
  @IsOptional() @IsString() content_type?: string;
  /** How many calls it spoils; 0 = all. */
  @IsOptional() @IsInt() @Min(0) times: number = 1;
  @IsOptional() @IsNumber() @Min(0) @Max(1) share?: number;
}
