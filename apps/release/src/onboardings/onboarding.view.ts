import type { OnboardingEntity, OnboardingHistoryEntity, OnboardingState } from '#persistence';
import { csvField } from '../rollouts/rollout.domain.js';
import { type Facts, labelOf, type OnboardingData, type Problem, type Task } from './onboarding.domain.js';
import type {
  OnboardingMoveView,
  OnboardingProblem,
  OnboardingSummary,
  OnboardingTask,
  OnboardingTaskCount,
  OnboardingView,
} from './onboarding.dto.js';
import type { OnboardingCount } from './onboarding.repository.js';
import { papersOf } from './papers.domain.js';
import { STEP_NAMES, type StepName, stepsOf } from './steps.domain.js';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** @param data `undefined`: they cannot be read any more. @param papers names of those that are here */
export function toOnboardingView(
  row: OnboardingEntity,
  data: OnboardingData | undefined,
  papers: readonly string[],
): OnboardingView {
  const facts = row.facts as Facts;
  const names = stepsOf(row.goal, data ?? {}).map(({ name }) => name);
  const at = names.indexOf(row.step as StepName);
  const over = row.state === 'done';
  return {
    onboarding_id: row.onboardingId,
    component_appid: row.componentAppid,
    reference: row.reference,
    label: data ? labelOf(data) : '',
    start: row.start,
    goal: row.goal,
    state: row.state,
    step: row.step as StepName,
    step_since: row.stepSince.toISOString(),
    steps: names.map((name, index) => ({ name, state: over || index < at ? 'done' : index === at ? 'now' : 'later' })),
    authorizer_appid: row.appid,
    task: row.task && toTask(row.task as unknown as Task, row.taskSince),
    problem: row.problem && toProblemView(row.problem as unknown as Problem),
    papers: [...papers],
    papers_missing: over || !data ? [] : papersOf(data).filter((name) => !papers.includes(name)),
    registration_id: facts.registration_id ?? null,
    certification_id: facts.certification_id ?? null,
    verification_id: facts.verification_id ?? null,
    application_id: facts.application_id ?? null,
    release_id: facts.release_id ?? null,
    next_look_at: iso(row.nextAt),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    ended_at: iso(row.endedAt),
  };
}

function toTask({ code, who, what, url, until, missing, approval_id }: Task, since: Date | null): OnboardingTask {
  return {
    code,
    who,
    what: { ...what },
    url: url ?? null,
    since: iso(since),
    until: until ?? null,
    missing: [...(missing ?? [])],
    approval_id: approval_id ?? null,
  };
}

function toProblemView({ code, detail, errcode, rid, remedy, errors, ...rest }: Problem): OnboardingProblem {
  return {
    code,
    detail,
    errcode: errcode ?? null,
    rid: rid ?? null,
    remedy: remedy ? { ...remedy } : null,
    errors: (errors ?? []).map(({ field, message }) => ({ field, message })),
    passes: (rest as { passes?: boolean }).passes === true,
  };
}

/** What is open, by step and by task. */
export function toSummary(counts: readonly OnboardingCount[]): OnboardingSummary {
  const sum = (holds: (one: OnboardingCount) => boolean) => counts.filter(holds).reduce((total, { count }) => total + count, 0);
  const inState = (state: OnboardingState) => sum((one) => one.state === state);
  const steps = STEP_NAMES.map((step) => {
    const there = (state: OnboardingState) => sum((one) => one.step === step && one.state === state);
    return { step, running: there('running'), waiting: there('waiting'), failed: there('failed') };
  });
  const tasks = new Map<string, OnboardingTaskCount>();
  for (const { taskCode, taskWho, count, firstUntil } of counts) {
    if (taskCode === null || taskWho === null) continue;
    const known = tasks.get(`${taskCode} ${taskWho}`);
    const until = [known?.first_until, firstUntil?.toISOString()].filter((at) => at != null).sort()[0] ?? null;
    const who = taskWho as OnboardingTaskCount['who'];
    tasks.set(`${taskCode} ${taskWho}`, { code: taskCode, who, count: (known?.count ?? 0) + count, first_until: until });
  }
  return {
    total: sum(() => true),
    running: inState('running'),
    waiting: inState('waiting'),
    failed: inState('failed'),
    done: inState('done'),
    cancelled: inState('cancelled'),
    steps: steps.filter(({ running, waiting, failed }) => running + waiting + failed > 0),
    tasks: [...tasks.values()].sort((a, b) => b.count - a.count),
  };
}

const COLUMNS = ['onboarding_id', 'reference', 'label', 'start', 'goal', 'state', 'step', 'authorizer_appid'] as const;
export const CSV_HEAD = `\uFEFF${[...COLUMNS, 'task', 'who', 'until', 'url', 'problem', 'errcode', 'detail', 'created_at', 'updated_at', 'ended_at'].join(',')}\r\n`;

export function toCsvLine(view: OnboardingView): string {
  const { task, problem } = view;
  const cells = [
    ...COLUMNS.map((column) => view[column]),
    ...[task?.code, task?.who, task?.until, task?.url, problem?.code, problem?.errcode, problem?.detail],
    ...[view.created_at, view.updated_at, view.ended_at],
  ];
  return `${cells.map(csvField).join(',')}\r\n`;
}

export function toMoveView({ at, step, what, cause, detail, clientId }: OnboardingHistoryEntity): OnboardingMoveView {
  return { at: at.toISOString(), step, what, cause, detail, client_id: clientId };
}
