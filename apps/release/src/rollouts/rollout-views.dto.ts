import { PageOf } from '#service';
import { RemedyView } from '../releases/api/release.dto.js';

/** A ring, as it would be. */
export class PreviewRing {
  /** `rest`: those that are in no ring. */
  readonly name!: string;
  readonly targets!: number;
  readonly ready!: number;
  /** What it was asked to be. */
  readonly rule!: Record<string, unknown>;
}

/** One thing that stands in the way. */
export class PreviewProblem {
  readonly authorizer_appid!: string;
  /** Such as `ext_json.window` or `authorization`. */
  readonly path!: string;
  readonly message!: string;
  readonly remedy!: RemedyView | null;
}

/** What a mini program goes back from, and to. */
export class BackView {
  readonly from!: string;
  /** As it is recorded; `null`: nothing is. */
  readonly to!: string | null;
}

/** What one mini program would be sent. */
export class PreviewRequest {
  readonly authorizer_appid!: string;
  readonly is_canary!: boolean;
  /** Body of WeChat's commit. */
  readonly commit!: Record<string, unknown>;
  /** Body of WeChat's submit_audit. */
  readonly submit_audit!: Record<string, unknown>;
  /** Of rollouts that take another one back; WeChat’s own rollback sends nothing else. */
  readonly back?: BackView;
  /** Number of its ring, if the rollout has rings. */
  readonly ring?: number;
}

/** Mini programs with the same problem. */
export class ProblemGroup {
  /** Such as `authorization` or `variables.tenant`: also what `leave_out` takes. */
  readonly path!: string;
  /** Of the first of them. */
  readonly message!: string;
  readonly remedy!: RemedyView | null;
  readonly count!: number;
  /** The first 20. */
  readonly authorizer_appids!: string[];
}

/** How far this month's submissions reach. */
export class QuotaForecast {
  /** Submissions that this rollout would make. */
  readonly needed!: number;
  /** What is left this month, without the reserve and what other rollouts have still to submit. */
  readonly available!: number;
  /** Of those needed: this month. */
  readonly fit!: number;
  /** Of those needed: not this month. */
  readonly later!: number;
  /** What the other rollouts that go have still to submit. */
  readonly others!: number;
  /** When WeChat counts anew: the first of the next month in Beijing, ISO 8601. */
  readonly renewed_at!: string;
}

export class RolloutPreview {
  /** Stands for everything that would be sent; give it to the start. */
  readonly hash!: string;
  readonly targets!: number;
  readonly ready!: number;
  /** Left out on request, see `leave_out`. */
  readonly left_out!: number;
  /** In their order; empty: it has none. */
  readonly rings!: PreviewRing[];
  /** What stands in the way, however many have it; the most frequent first. */
  readonly problem_groups!: ProblemGroup[];
  /** What keeps mini programs from going online, as it was last read; the most frequent first. `certification` only limits them. */
  readonly not_ready!: ProblemGroup[];
  /** Those that `options.not_ready` skips or lets wait: they are not among the ready ones. */
  readonly held!: number;
  /** `null`: nothing is submitted by itself, or WeChat does not say how much is left. */
  readonly forecast!: QuotaForecast | null;
  readonly requests!: PreviewRequest[];
  /** At most 500. */
  readonly problems!: PreviewProblem[];
  /** Sent all the same; at most 500. */
  readonly warnings!: PreviewProblem[];
  readonly quota!: Record<string, number> | null;
}

/** Mini programs of the rollout that is taken back which are no targets. */
export class NoTargetView {
  /** `not-published`: it put nothing online there; `moved-on`: something else is online since; `rolled-back`: it was taken back. */
  readonly why!: string;
  readonly count!: number;
  /** The first 20. */
  readonly authorizer_appids!: string[];
}

export class RollBackPreview extends RolloutPreview {
  readonly of!: number;
  readonly way!: string;
  readonly no_targets!: NoTargetView[];
}

export class RolloutCountsView {
  readonly total!: number;
  readonly pending!: number;
  /** Of the pending ones: they wait until they may go online, see `options.not_ready`. */
  readonly held!: number;
  readonly running!: number;
  /** Of those under way: they wait for a quota of their own mini program, and hold nobody up. */
  readonly waiting!: number;
  readonly succeeded!: number;
  readonly failed!: number;
  readonly skipped!: number;
}

/** Why a rollout, or a mini program of it, waits, was paused, skipped or has failed. */
export class ReasonView {
  /** Such as `quota`, `template`, `platform`, `operator`, `canary-failed`; of a mini program also `rejected`, `older`, `commit-failed`. */
  readonly code?: string;
  readonly detail?: string | null;
  /** ISO 8601. */
  readonly since?: string;
  /** So long the reason explains the waiting; then a person has to look. ISO 8601. */
  readonly explained_until?: string;
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
  readonly remedy?: RemedyView;
  /** Of `too-many-violations`: what they have in common, the most frequent first. */
  readonly causes?: Record<string, unknown>[];
}

export class RolloutView {
  readonly rollout_id!: number;
  readonly component_appid!: string;
  readonly name!: string;
  readonly state!: string;
  readonly stage!: string;
  /** Name of the ring that goes now; `null`: it has none. */
  readonly ring!: string | null;
  /** Why it waits or was paused. */
  readonly reason!: ReasonView | null;
  /** `release`; `rollback` or `forward`: it takes another one back. */
  readonly kind!: string;
  /** The rollout that it takes back. */
  readonly of!: number | null;
  /** Of the rollout that is taken back, if it takes one back. */
  readonly template_id!: number;
  readonly user_version!: string;
  readonly counts!: RolloutCountsView;
  /** It is paused, or waits longer than its reason explains, or mini programs of it do. */
  readonly needs_attention!: boolean;
  /** Ended ones of all, 0 to 1. */
  readonly progress!: number;
  readonly options!: Record<string, unknown>;
  readonly policy!: Record<string, unknown>;
  readonly created_at!: string;
  readonly updated_at!: string;
  readonly finished_at!: string | null;
}

export class RolloutPage extends PageOf(RolloutView) {}

export class RolloutTargetView {
  readonly authorizer_appid!: string;
  readonly is_canary!: boolean;
  /** Number of its ring; `null`: the rollout has none. */
  readonly ring!: number | null;
  readonly state!: string;
  readonly release_id!: number | null;
  readonly release_state!: string | null;
  readonly auditid!: string | null;
  readonly attempts!: number;
  /** What went wrong, or why it was skipped: `code`, `detail`, perhaps `errcode`, `remedy`. */
  readonly reason!: ReasonView | null;
  readonly updated_at!: string;
}

export class RolloutTargetPage extends PageOf(RolloutTargetView) {}

/** What a retry would do. */
export class RetryPreview {
  /** Mini programs that would begin again. */
  readonly targets!: number;
  /** Of these: reviewers have the release there is, or have approved it; it is carried on. */
  readonly carried_on!: number;
  /** Of these: they get a new release. */
  readonly new_releases!: number;
  /** Submissions of this month's quota that this takes, at most. */
  readonly submissions!: number;
  /** `null`: WeChat does not say now. */
  readonly quota!: Record<string, number> | null;
}

/** Mini programs that one thing keeps from their goal. */
export class RolloutFailureView {
  /** Stands for it, also in a retry: `rejected.3f2a91c0`, `commit-failed.85013`, `older`. */
  readonly cause!: string;
  /** `failed`, `skipped`, or `running` of those that wait by themselves. */
  readonly state!: string;
  readonly count!: number;
  /** Of these: a retry carries on the release there is, and takes no submission. */
  readonly carried_on!: number;
  /** As it was said of the first of them. */
  readonly reason!: ReasonView;
  /** The first 20. */
  readonly authorizer_appids!: string[];
}

export class RolloutFailures extends PageOf(RolloutFailureView) {}

export class RolloutHistoryView {
  /** ISO 8601. */
  readonly at!: string;
  /** `started`, `paused`, `waiting`, `resumed`, `retried`, `approved`, `widened`, `pace-changed`, `set-aside`, `taken-over`, `completed`, `aborted`. */
  readonly what!: string;
  readonly from_state!: string | null;
  readonly to_state!: string;
  /** The person, or the key; `null`: the rollout did it by itself. */
  readonly actor!: string | null;
  /** A note, a reason, how many. */
  readonly detail!: Record<string, unknown> | null;
}

export class RolloutHistoryPage extends PageOf(RolloutHistoryView) {}

/** How many mini programs stand where. Together they are all. */
export class RolloutStagesView {
  /** Not begun. */
  readonly pending!: number;
  /** Being committed and scanned, or ready to be submitted. */
  readonly preparing!: number;
  readonly in_review!: number;
  /** Approved, and not published yet. */
  readonly approved!: number;
  readonly gray!: number;
  /** The goal of the rollout's policy is reached. */
  readonly succeeded!: number;
  readonly failed!: number;
  readonly skipped!: number;
}

/** Mini programs that are under way and wait for the same. */
export class RolloutWaitView {
  /** `account` (a quota of its own), `review` (of another version), `approval`, `window`, `gray-pause`, `operator`, `rollout`. */
  readonly for!: string;
  readonly count!: number;
}

export class RolloutPaceView {
  /** Mini programs that ended within the last hour, or since the rollout began if that is sooner. */
  readonly ended!: number;
  /** Seconds that this was counted over. */
  readonly within_s!: number;
  /** Seconds that are left if it goes on so; `null`: that cannot be said. */
  readonly left_s!: number | null;
  /** What decides how fast it is: `paused`, `quota`, `waiting`, `approval`, `reviewers`, `pace`; `null`: it has ended. */
  readonly limited_by!: string | null;
  /** When a limit that has an end ends, ISO 8601. */
  readonly limited_until!: string | null;
}

/** How far one ring has come. */
export class RolloutRingView {
  readonly name!: string;
  /** `done`, `now` or `ahead`. */
  readonly at!: string;
  readonly total!: number;
  readonly pending!: number;
  readonly running!: number;
  readonly succeeded!: number;
  readonly failed!: number;
  readonly skipped!: number;
}

export class RolloutSummary {
  readonly rollout!: RolloutView;
  readonly stages!: RolloutStagesView;
  /** In their order; empty: it has none. */
  readonly rings!: RolloutRingView[];
  readonly waits!: RolloutWaitView[];
  readonly pace!: RolloutPaceView;
}

export class TargetLeft {
  readonly authorizer_appid!: string;
  readonly state!: string;
  readonly release_id!: number | null;
  /** Why it was left where it is, and what can be done. */
  readonly message!: string;
}

export class SetAsideView {
  readonly set_aside!: number;
  readonly left!: TargetLeft[];
  readonly rollout!: RolloutView;
}

export class PausedRollouts {
  /** Those that were paused by this. */
  readonly rollout_ids!: number[];
}
