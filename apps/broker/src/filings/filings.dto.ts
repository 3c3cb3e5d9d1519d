import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsObject, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { AuthorizerPath, PageOf, PageQuery } from '#service';
import { FILING_STATES, type FilingState, MISSING, type Missing } from './filing.domain.js';
import type { ApplicationState } from './filing-applications.repository.js';
import type { VerificationState } from './filing-verifications.js';
import { FilingFormBody } from './form.dto.js';
import type { Actor } from './waiting.domain.js';

const isTrue = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);

export class FilingSearch extends PageQuery {
  @IsOptional() @IsIn(FILING_STATES) readonly state?: FilingState;
  /** Not filed, and lacks this besides. */
  @IsOptional() @IsIn(MISSING) readonly missing?: Missing;
  /** Only those of which a person must do something: rejected ones, and those with an SMS of the authority that waits or timed out. */
  @IsOptional() @Transform(isTrue) @IsBoolean() readonly person_must_act?: boolean;
}

export class FilingReason {
  /** WeChat's Chinese name of the field. */
  readonly field!: string;
  readonly error!: string;
  readonly suggestion!: string;
}

export class WordsView {
  readonly en!: string;
  readonly zh!: string;
}

export class WaitingForView {
  readonly who!: Actor;
  /** Nothing goes on until a person does something. */
  readonly person_must_act!: boolean;
  readonly what!: WordsView;
  readonly remedy!: WordsView | null;
  readonly since!: string | null;
  /** The deadline. That of the authority's SMS is the usual one, since none is published. */
  readonly until!: string | null;
  /** To be shown to that person. */
  readonly url!: string | null;
}

export class FilingView {
  readonly component_appid!: string;
  readonly authorizer_appid!: string;
  readonly state!: FilingState;
  /** WeChat's number. */
  readonly status!: number | null;
  readonly state_at!: string | null;
  /** What the mini program lacks besides the filing. */
  readonly missing!: Missing[];
  /** False: WeChat takes no application for it at the moment, because of words in its name, or while the authority's system is down. */
  readonly entrance_open!: boolean;
  readonly waiting_for!: WaitingForView | null;
  /** Why it was rejected. */
  readonly reasons!: FilingReason[];
  /** Record number of the subject (主体备案号). */
  readonly subject_record!: string | null;
  /** Record number of the mini program. */
  readonly app_record!: string | null;
  /** What was decided, and has no outcome yet that is known. */
  readonly in_progress!: 'apply' | 'withdraw' | 'cancel' | null;
  readonly read_at!: string | null;
  /** Why it could not be read last. */
  readonly read_problem!: string | null;
}

export class FilingPage extends PageOf(FilingView) {}

export class FilingConstantsView {
  /** 单位性质: type, name, remark. */
  readonly subject_types!: Record<string, unknown>[];
  /** 证件类型: type, subject_type, name, remark. */
  readonly certificate_types!: Record<string, unknown>[];
  /** Provinces with their cities and districts: type, code, name, sub_list. */
  readonly districts!: Record<string, unknown>[];
  /** 前置审批项: type, name. */
  readonly approval_types!: Record<string, unknown>[];
  /** 服务内容: type, parent_type, name, remark; a form takes second-level ones. */
  readonly content_types!: Record<string, unknown>[];
  readonly read_at!: string;
}

export class FilingMediaQuery {
  /** The field of the form that it is for, such as `icp_subject.principal_info.certificate_photo_front`. */
  @Matches(/^icp_(subject|applets|materials)\.[a-z_.]{1,100}$/, { message: 'field must be a field of the form' })
  readonly field!: string;
  /** Of pictures of certificates: the type that the form will name. WeChat takes a wrong one here, and refuses the application by it. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(1_000_000) readonly certificate_type?: number;
}

export class FilingMediaView {
  readonly type!: string;
  readonly media_id!: string;
}

export class CreateVerificationRequest {
  /** For certification and filing in one: the administrator agrees, passes the face check and an SMS on one page. Default false. */
  @IsOptional() @IsBoolean() readonly along_with_auth?: boolean;
}

export class FilingMediaPath extends AuthorizerPath {
  /** As the upload answered it. */
  @Matches(/^[\w-]{1,256}$/) readonly media_id!: string;
}

export class VerificationPath extends AuthorizerPath {
  @Matches(/^fv_[0-9a-f]{24}$/, { message: 'verification_id must be one that was answered here' })
  readonly verification_id!: string;
}

export class VerificationView {
  readonly verification_id!: string;
  readonly state!: VerificationState;
  /** For `verify_task_id` of the form; null: WeChat's answer has not come. */
  readonly task_id!: string | null;
  readonly along_with_auth!: boolean;
  /** To be shown to the administrator; null: WeChat sends them a notice. */
  readonly verify_url!: string | null;
  /** WeChat's: 0 not begun, 1 waits, 2 failed, 3 passed. */
  readonly face_status!: number | null;
  readonly created_at!: string;
  /** Passed or not, the task is of no use after that. */
  readonly expires_at!: string;
  readonly ended_at!: string | null;
}

export class VerificationPage extends PageOf(VerificationView) {}

export class FilingFormRequest {
  /** The whole form. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => FilingFormBody) readonly form?: FilingFormBody;
  /** An earlier application of this mini program, whose form is taken, with `changes` put in: after a rejection, for example. */
  @IsOptional() @Matches(/^fa_[0-9a-f]{24}$/, { message: 'based_on must be an application_id' }) readonly based_on?: string;
  /** Members of the form that differ from `based_on`; `null` takes one away. */
  @IsOptional() @IsObject() readonly changes?: Record<string, unknown>;
}

export class FormProblemView {
  /** As WeChat's own hints name it. */
  readonly field!: string;
  readonly message!: WordsView;
}

export class FormCheckView {
  readonly ok!: boolean;
  readonly problems!: FormProblemView[];
}

export class ApplicationPath extends AuthorizerPath {
  @Matches(/^fa_[0-9a-f]{24}$/, { message: 'application_id must be one that was answered here' })
  readonly application_id!: string;
}

export class FilingHintView {
  readonly errcode!: number;
  readonly field!: string;
  readonly message!: string;
}

export class FilingRefusalView {
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
  /** What is wrong with which field, if WeChat did not take it. */
  readonly hints?: FilingHintView[];
  /** Why it was rejected later. */
  readonly reasons?: FilingReason[];
  readonly remedy?: WordsView;
}

export class ApplicationView {
  readonly application_id!: string;
  readonly component_appid!: string;
  readonly authorizer_appid!: string;
  readonly state!: ApplicationState;
  readonly refusal!: FilingRefusalView | null;
  readonly created_at!: string;
  readonly updated_at!: string;
}

export class ApplicationDetailsView extends ApplicationView {
  /** As it was sent; of names, numbers and addresses of people only the ends. */
  readonly form!: Record<string, unknown>;
}

export class ApplicationPage extends PageOf(ApplicationView) {}

export class CancelFilingRequest {
  /** `subject` the subject with all that it has filed, `mini_program` the filing of this mini program, `account` the mini program itself. */
  @IsIn(['subject', 'mini_program', 'account']) readonly what!: 'subject' | 'mini_program' | 'account';
  /** `ended` it is no longer operated, `changed` the subject's data changed and it will be filed anew. */
  @IsIn(['ended', 'changed']) readonly reason!: 'ended' | 'changed';
}

export class OnlineFilingView {
  readonly subject_record!: string | null;
  readonly app_record!: string | null;
  /** As WeChat answers it, without files; of names, numbers and addresses of people only the ends. */
  readonly icp_subject!: Record<string, unknown>;
  readonly icp_applets!: Record<string, unknown>[];
}

export class FilingStepView {
  readonly at!: string;
  readonly from!: string | null;
  readonly to!: string;
  /** client, event, poller, wechat, or the call of WeChat that said so. */
  readonly cause!: string;
  readonly client_id!: string | null;
  readonly detail!: Record<string, unknown> | null;
}

export class FilingHistoryPage extends PageOf(FilingStepView) {}
