import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import type { OnboardingGoal, OnboardingStart, OnboardingState } from '#persistence';
import { Checked, ComponentPath, IsAppid, PageOf, PageQuery } from '#service';
import { GOALS, ONBOARDING_STATES } from './onboarding.domain.js';
import { PAPER_NAME } from './papers.domain.js';
import { STEP_NAMES, type StepName } from './steps.domain.js';

const PERSONS = ['merchant', 'administrator', 'responsible_person', 'operator', 'second_person'] as const;
const isTrue = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);

export class OnboardingPath extends ComponentPath {
  @Matches(/^[0-9a-f]{32}$/, { message: 'onboarding_id must be 32 hexadecimal digits' }) readonly onboarding_id!: string;
}

export class OnboardingPaperPath extends OnboardingPath {
  @Matches(PAPER_NAME, { message: 'name must be small letters, digits, - and _' }) readonly name!: string;
}

export class OnboardingSearch extends PageQuery {
  @IsOptional() @IsIn(ONBOARDING_STATES) readonly state?: OnboardingState;
  @IsOptional() @IsIn(STEP_NAMES) readonly step?: StepName;
  @IsOptional() @IsIn(GOALS) readonly goal?: OnboardingGoal;
  /** Only those that wait for this person. */
  @IsOptional() @IsIn(PERSONS) readonly task_who?: (typeof PERSONS)[number];
  /** Only those that a person must do something for. */
  @IsOptional() @Transform(isTrue) @IsBoolean() readonly has_task?: boolean;
  @IsOptional() @IsString() @Length(1, 128) readonly reference?: string;
  @IsOptional() @IsAppid() @Checked('all') readonly authorizer_appid?: string;
}

export class OnboardingWords {
  readonly en!: string;
  readonly zh!: string;
}

export class OnboardingTask {
  /** What kind, as a word: `register`, `face-check`, `authority-sms`, `give-papers`, … */
  readonly code!: string;
  readonly who!: (typeof PERSONS)[number];
  readonly what!: OnboardingWords;
  /** To be shown to that person. */
  readonly url!: string | null;
  readonly since!: string | null;
  /** The deadline, if there is one. */
  readonly until!: string | null;
  /** Data and papers that are missing. */
  readonly missing!: string[];
  readonly approval_id!: string | null;
}

export class OnboardingFieldError {
  readonly field!: string;
  readonly message!: string;
}

export class OnboardingProblem {
  readonly code!: string;
  readonly detail!: string;
  readonly errcode!: number | null;
  readonly rid!: string | null;
  readonly remedy!: OnboardingWords | null;
  readonly errors!: OnboardingFieldError[];
  /** Nobody has to do anything: it is tried again. */
  readonly passes!: boolean;
}

export class OnboardingStepView {
  readonly name!: StepName;
  readonly state!: 'done' | 'now' | 'later';
}

export class OnboardingView {
  readonly onboarding_id!: string;
  readonly component_appid!: string;
  readonly reference!: string;
  /** Whom it is for, as far as a list needs it. */
  readonly label!: string;
  readonly start!: OnboardingStart;
  readonly goal!: OnboardingGoal;
  /** `running` by itself · `waiting` for a person, see `task` · `failed`: mend what `problem` says, and retry · `done` · `cancelled`. */
  readonly state!: OnboardingState;
  readonly step!: StepName;
  readonly step_since!: string;
  readonly steps!: OnboardingStepView[];
  /** The mini program. */
  readonly authorizer_appid!: string | null;
  readonly task!: OnboardingTask | null;
  readonly problem!: OnboardingProblem | null;
  /** Names of papers that are here. */
  readonly papers!: string[];
  /** Names of papers that the data mention, and that are not here. */
  readonly papers_missing!: string[];
  readonly registration_id!: string | null;
  readonly certification_id!: string | null;
  readonly verification_id!: string | null;
  readonly application_id!: string | null;
  readonly release_id!: number | null;
  readonly next_look_at!: string | null;
  readonly created_at!: string;
  readonly updated_at!: string;
  readonly ended_at!: string | null;
}

export class OnboardingPage extends PageOf(OnboardingView) {}

export class OnboardingMoveView {
  readonly at!: string;
  readonly step!: string;
  /** `ordered`, `begun`, `task`, `done`, `failed`, `changed`, `paper`, `retried`, `completed`, `cancelled`. */
  readonly what!: string;
  readonly cause!: string;
  readonly detail!: Record<string, unknown> | null;
  readonly client_id!: string | null;
}

export class OnboardingMovePage extends PageOf(OnboardingMoveView) {}

export class OnboardingPaperView {
  readonly name!: string;
  readonly content_type!: string;
  readonly bytes!: number;
  readonly sha256!: string;
}

export class OnboardingStepCount {
  readonly step!: StepName;
  readonly running!: number;
  readonly waiting!: number;
  readonly failed!: number;
}

export class OnboardingTaskCount {
  readonly code!: string;
  readonly who!: (typeof PERSONS)[number];
  readonly count!: number;
  /** The nearest deadline of them. */
  readonly first_until!: string | null;
}

export class OnboardingSummary {
  readonly total!: number;
  readonly running!: number;
  /** For a person. */
  readonly waiting!: number;
  readonly failed!: number;
  readonly done!: number;
  readonly cancelled!: number;
  /** Where those are that have not ended. */
  readonly steps!: OnboardingStepCount[];
  /** What persons must do. */
  readonly tasks!: OnboardingTaskCount[];
}
