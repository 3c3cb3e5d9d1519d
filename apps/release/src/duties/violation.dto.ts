import { IsOptional, IsString, MaxLength } from 'class-validator';
import { Checked, IsAppid, PageOf, PageQuery } from '#service';

export class ViolationSearch extends PageQuery {
  @IsOptional() @IsAppid() @Checked('narrowed') readonly authorizer_appid?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly rule_name?: string;
}

export class ViolationView {
  readonly authorizer_appid!: string;
  /** `record`: WeChat has noted it; `punishment`: and does something about it. */
  readonly kind!: 'record' | 'punishment';
  /** Of a punishment: `type` (1 warning, 2 functions, 3 taken down, 4 account, 10 page) and WeChat's `detail`. */
  readonly punishment!: Record<string, unknown> | null;
  /** WeChat's, such as `2_11100`: for an appeal; of a punishment its own number. */
  readonly illegal_record_id!: string;
  readonly at!: string;
  readonly reason!: string | null;
  readonly content!: string | null;
  readonly rule_name!: string | null;
  readonly rule_url!: string | null;
  /** What was online when it was heard of; null: not put there from here. */
  readonly template_id!: number | null;
  readonly version!: string | null;
}

export class ViolationPage extends PageOf(ViolationView) {}

export class ViolationGroupView {
  readonly rule_name!: string | null;
  readonly reason!: string | null;
  readonly template_id!: number | null;
  readonly version!: string | null;
  readonly records!: number;
  readonly mini_programs!: number;
  readonly first_at!: string;
  readonly last_at!: string;
}

export class ViolationGroupPage extends PageOf(ViolationGroupView) {}
