import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsOptional, IsString, Length, Min, ValidateNested } from 'class-validator';
import { AuthorizerPath } from '#service';

/** One picture of a licence. */
export class Certificate {
  /** Its name, as the list of possible categories gives it. */
  @IsString() @Length(1, 200) readonly name!: string;
  /** Of `POST …/media`; valid for three days. */
  @IsString() @Length(1, 128) readonly media_id!: string;
}

export class NewCategory {
  @IsInt() @Min(1) readonly first!: number;
  @IsInt() @Min(1) readonly second!: number;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => Certificate)
  readonly certificates?: Certificate[];
}

export class AddCategories {
  /** Pairs of the list of possible categories. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => NewCategory)
  readonly categories!: NewCategory[];
  /** Why the mini program needs more categories than it may have: asked for when WeChat answers 53310. */
  @IsOptional() @IsString() @Length(1, 300) readonly apply_reason?: string;
}

export class CorrectCategory {
  /** Replace those that were refused. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => Certificate)
  readonly certificates!: Certificate[];
}

export class CategoryPath extends AuthorizerPath {
  @Type(() => Number) @IsInt() @Min(1) readonly first!: number;
  @Type(() => Number) @IsInt() @Min(1) readonly second!: number;
}

export class CategoryView {
  readonly first!: number;
  readonly first_name!: string;
  readonly second!: number;
  readonly second_name!: string;
  /** 1 in audit, 2 rejected, 3 approved. */
  readonly audit_status!: number;
  readonly audit_reason!: string;
}

export class CategoriesView {
  readonly categories!: CategoryView[];
  /** May be added in one month. */
  readonly limit!: number | null;
  /** Of these, still left. */
  readonly quota!: number | null;
  /** Held at the same time, at most. */
  readonly category_limit!: number | null;
}

/** One pair that the mini program's principal may add. */
export class PossibleCategory {
  readonly first!: number;
  readonly first_name!: string;
  readonly second!: number;
  readonly second_name!: string;
  /** Certificates are needed, and a review. */
  readonly sensitive!: boolean;
  /** Names of the certificates; within one list any will do, of each list one is needed. */
  @ApiProperty({ type: 'array', items: { type: 'array', items: { type: 'string' } } })
  readonly certificates!: string[][];
  readonly remark!: string | null;
}

export class PossibleCategories {
  readonly items!: PossibleCategory[];
}
