import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { PageOf, PageQuery } from '#service';
import { APPROVAL_STATES, type ApprovalState } from './approval.domain.js';

export class ApprovalPath {
  /** `r` and the number of a release, `o` and that of a rollout, or that of a change. */
  @Matches(/^(?:[ro]\d{1,10}|c[0-9a-f]{32})$/, { message: 'approval_id must be the id of an approval' })
  readonly approval_id!: string;
}

export class ApprovalSearch extends PageQuery {
  @IsOptional() @IsIn(APPROVAL_STATES) readonly state?: ApprovalState;
}

export class Decision {
  /** `withdraw`: an approver takes their approval back, or whoever asked for a change does not want it any more. */
  @IsIn(['approve', 'refuse', 'withdraw']) readonly decision!: 'approve' | 'refuse' | 'withdraw';
  /** What was looked at: if it is something else now, nothing is decided. */
  @IsOptional() @Matches(/^[0-9a-f]{64}$/, { message: 'digest must be that of the approval' }) readonly digest?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly note?: string;
}

export class AgreementView {
  /** The person, or the client where no persons are known. */
  readonly by!: string;
  readonly at!: string;
  /** It counts until then. */
  readonly until!: string;
  /** Whether it is for what is there now. */
  readonly of_this!: boolean;
  readonly note!: string | null;
}

export class ApprovalProblem {
  readonly code!: string;
  readonly detail!: string;
}

/** What others than its makers have to agree to. */
export class ApprovalView {
  readonly approval_id!: string;
  readonly component_appid!: string;
  readonly authorizer_appid!: string | null;
  /** Such as `release` or `domains`. */
  readonly effect!: string;
  readonly state!: string;
  /** SHA-256 of all that would be sent. */
  readonly digest!: string;
  /** What would be sent, or be done. */
  readonly what!: Record<string, unknown>;
  /** Who had a part in it, and cannot agree to it. */
  readonly makers!: string[];
  /** So many have to agree: one more where persons are known and none of them asked for it with a token of their own. */
  readonly approvals_needed!: number;
  readonly approvals!: AgreementView[];
  readonly created_at!: string;
  /** Of a change: it waits until then. */
  readonly expires_at!: string | null;
  /** What a change answered when it was made. */
  readonly answer!: Record<string, unknown> | null;
  /** Why a change could not be made. */
  readonly problem!: ApprovalProblem | null;
}

export class ApprovalPage extends PageOf(ApprovalView) {}
