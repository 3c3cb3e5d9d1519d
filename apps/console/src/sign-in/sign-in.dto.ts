import { IsIn, IsOptional, IsString, Length } from 'class-validator';

export class StartQuery {
  /** The page to come back to. */
  @IsOptional() @IsString() @Length(1, 2_000) readonly return?: string;
  @IsOptional() @IsIn(['1']) readonly again?: '1';
}

export class LinkBody {
  /** What stands behind `#` in a one-time link. */
  @IsString() @Length(1, 4_096) readonly link!: string;
}
