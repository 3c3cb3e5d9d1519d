import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { AuthorizerPath, Checked, IsAppid, PageOf, PageQuery } from '#service';

const STATES = ['asking', 'unclear', 'open', 'upheld', 'rejected', 'withdrawn', 'refused', 'not-sent'] as const;

export class AppealSearch extends PageQuery {
  @IsOptional() @IsAppid() @Checked('narrowed') readonly authorizer_appid?: string;
  @IsOptional() @IsIn(STATES) readonly state?: (typeof STATES)[number];
}

export class ViolationPath extends AuthorizerPath {
  /** WeChat's number of the record, such as `2_11100`. */
  @Matches(/^[\w-]{1,64}$/) readonly illegal_record_id!: string;
}

export class AppealMaterialBody {
  @IsString() @Length(1, 2_000) readonly reason!: string;
  /** Media ids of temporary material (`media/upload`, three days), at least one. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(256, { each: true })
  readonly proof_media_ids!: string[];
}

export class MakeAppeal {
  /** One for each content of the record, in its order: one for a record with one content. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => AppealMaterialBody)
  readonly appeal_materials!: AppealMaterialBody[];
}

export class AppealView {
  readonly appeal_id!: string;
  readonly authorizer_appid!: string;
  /** `null`: an event told of it, which does not name the record. */
  readonly illegal_record_id!: string | null;
  /** `asking`, `unclear` (whether WeChat has it is not known yet), `open`, `upheld`, `rejected`, `withdrawn`, `refused`, `not-sent`. */
  readonly state!: string;
  /** By a platform, or by the merchant on mp.weixin.qq.com. */
  readonly by_provider!: boolean | null;
  readonly audit_reason!: string | null;
  /** Of a refused one: WeChat's `errcode` and `errmsg`. */
  readonly refusal!: Record<string, unknown> | null;
  readonly asked_at!: string;
  readonly audited_at!: string | null;
}

export class AppealPage extends PageOf(AppealView) {}

export class AppealMaterialView {
  readonly content!: string | null;
  readonly content_url!: string | null;
  readonly reason!: string | null;
  readonly proof_media_ids!: string[];
}

export class AppealRecordView {
  readonly appeal_record_id!: string;
  readonly state!: string;
  readonly appealed_at!: string | null;
  /** How many appeals this is. */
  readonly count!: number | null;
  readonly by_provider!: boolean | null;
  readonly audited_at!: string | null;
  readonly audit_reason!: string | null;
  /** What WeChat did. */
  readonly punishment!: string | null;
  readonly materials!: AppealMaterialView[];
}

export class AppealsAtWechat {
  readonly items!: AppealRecordView[];
}
