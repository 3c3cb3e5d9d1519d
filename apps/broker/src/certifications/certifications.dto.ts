import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { AuthorizerPath, PageOf, PageQuery } from '#service';
import { FilingHintView, FilingReason, WaitingForView, WordsView } from '../filings/filings.dto.js';
import { FilingFormBody } from '../filings/form.dto.js';
import type { CertificationState } from './certification.domain.js';
import { CertificationDataBody } from './certification-form.dto.js';

export class CertificateSearch extends PageQuery {
  /** Only those whose certification ends within so many days, or has ended; the earliest first. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(3_650) readonly ends_within_days?: number;
}

export class CertificateView {
  readonly component_appid!: string;
  readonly authorizer_appid!: string;
  /** When a certification that was made here passed. */
  readonly certified_at!: string | null;
  /** When the yearly certification ends; null: not known. */
  readonly ends_at!: string | null;
  /** `wechat` it said so; `year` a year from the certification. */
  readonly ends_from!: 'wechat' | 'year' | null;
  /** Below 0: it has ended. */
  readonly days_left!: number | null;
  /** What WeChat said of the end. */
  readonly message!: string | null;
}

export class CertificatePage extends PageOf(CertificateView) {}

export class DispatchView {
  readonly provider?: string;
  readonly contact?: string;
  readonly dispatched_at?: string;
}

export class CertificationRefusalView {
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
  readonly hints?: FilingHintView[];
  readonly remedy?: WordsView;
}

export class CertificationAuditView {
  /** Fields of the filing that WeChat did not take. */
  readonly hints!: FilingHintView[];
  /** Why the filing was rejected. */
  readonly reasons!: FilingReason[];
}

export class CertificationView {
  readonly certification_id!: string;
  readonly component_appid!: string;
  readonly authorizer_appid!: string;
  /** `single`, or `with_filing`: both in one. */
  readonly kind!: 'single' | 'with_filing';
  readonly state!: CertificationState;
  readonly state_at!: string;
  readonly waiting_for!: WaitingForView | null;
  /** WeChat's taskid, or procedure_id. */
  readonly task_id!: string | null;
  /** WeChat's numbers. */
  readonly task_status!: number | null;
  readonly apply_status!: number | null;
  readonly procedure_status!: number | null;
  readonly order_id!: string | null;
  /** Why it was returned for correction, or failed in the end. */
  readonly reason!: string | null;
  readonly audit!: CertificationAuditView | null;
  /** The reviewing company. */
  readonly dispatch!: DispatchView | null;
  readonly refusal!: CertificationRefusalView | null;
  /** 1 the platform's prepaid pack, 2 the merchant. */
  readonly pay_type!: number;
  /** The order that was returned, and submitted again with this one. */
  readonly replaces!: string | null;
  readonly created_at!: string;
  readonly ended_at!: string | null;
  readonly read_at!: string | null;
  readonly read_problem!: string | null;
}

export class CertificationDetailsView extends CertificationView {
  /** As it was sent; of names, numbers and addresses of people only the ends. */
  readonly form!: Record<string, unknown>;
}

export class CertificationPage extends PageOf(CertificationView) {}

export class CertificationOverview extends CertificateView {
  /** The newest order. */
  readonly order!: CertificationView | null;
}

export class BeginCertificationRequest {
  @IsObject() @ValidateNested() @Type(() => CertificationDataBody) readonly auth_data!: CertificationDataBody;
  /** An order that was returned for correction, which is submitted again. */
  @IsOptional() @Matches(/^ce_[0-9a-f]{24}$/, { message: 'again_for must be a certification_id' }) readonly again_for?: string;
}

export class BeginBothRequest {
  @IsObject() @ValidateNested() @Type(() => CertificationDataBody) readonly auth_data!: CertificationDataBody;
  /** The form of the filing; its face check must have been made with `along_with_auth`. */
  @IsObject() @ValidateNested() @Type(() => FilingFormBody) readonly form!: FilingFormBody;
}

export class CertificationPath extends AuthorizerPath {
  @Matches(/^ce_[0-9a-f]{24}$/, { message: 'certification_id must be one that was answered here' })
  readonly certification_id!: string;
}

export class MaterialView {
  readonly media_id!: string;
}

export class IdentityView {
  /** For `auth_identification`. */
  readonly name!: string;
  /** The groups that it is in, the widest first. */
  readonly groups!: string[];
  /** What proves it. */
  readonly requirement!: string | null;
}

export class IdentityPage extends PageOf(IdentityView) {}

export class CertificationStepView {
  readonly certification_id!: string | null;
  readonly at!: string;
  readonly from!: string | null;
  readonly to!: string;
  readonly cause!: string;
  readonly client_id!: string | null;
  readonly detail!: Record<string, unknown> | null;
}

export class CertificationHistoryPage extends PageOf(CertificationStepView) {}
