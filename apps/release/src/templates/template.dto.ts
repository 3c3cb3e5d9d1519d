import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Min } from 'class-validator';
import { ComponentPath, PageOf } from '#service';

export class PromoteDraft {
  /** May be 0. */
  @IsInt() @Min(0) readonly draft_id!: number;
  /** 0 normal (default), 1 standard, which WeChat no longer supports. */
  @IsOptional() @IsIn([0, 1]) readonly template_type?: 0 | 1;
}

export class TemplatePath extends ComponentPath {
  @Type(() => Number) @IsInt() @Min(0) readonly template_id!: number;
}

export class DraftPath extends ComponentPath {
  @Type(() => Number) @IsInt() @Min(0) readonly draft_id!: number;
}

export class CompareQuery {
  /** The template that is compared with; absent: the newest before. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) readonly with?: number;
}

/** An upload of a development mini program; the next upload of the same one replaces it. */
export class DraftView {
  readonly draft_id!: number;
  readonly user_version!: string;
  readonly user_desc!: string;
  readonly uploaded_at!: string;
  readonly source_miniprogram_appid!: string | null;
  readonly source_miniprogram!: string | null;
  readonly developer!: string | null;
}

export class DraftPage extends PageOf(DraftView) {}

export class TemplateView {
  readonly template_id!: number;
  readonly draft_id!: number | null;
  readonly user_version!: string;
  readonly user_desc!: string;
  readonly created_at!: string;
  readonly source_miniprogram_appid!: string | null;
  readonly source_miniprogram!: string | null;
  readonly developer!: string | null;
  /** 0 normal, 1 standard. */
  readonly template_type!: number;
}

export class TemplatePage extends PageOf(TemplateView) {
  /** WeChat keeps 200 at most. */
  readonly limit!: number;
}

/** One member that differs. */
export class TemplateDifferenceView {
  readonly member!: string;
  readonly from!: string | null;
  readonly to!: string | null;
}

export class TemplateComparison {
  readonly from!: TemplateView;
  readonly to!: TemplateView;
  readonly differences!: TemplateDifferenceView[];
}

export class DraftComparison {
  readonly from!: TemplateView;
  readonly to!: DraftView;
  readonly differences!: TemplateDifferenceView[];
}
