import { Inject, Injectable } from '@nestjs/common';
import { BrokerError } from '#broker-client';
import type { OnboardingEntity } from '#persistence';
import { ClientStore, DomainError, LOGGER, type Logger, Periodic } from '#service';
import { ReleaseConfig } from '../config/release.config.js';
import { asProblem } from '../wechat/wechat-problem.interceptor.js';
import { nextLookMs, type OnboardingData, type Problem, reminderDue, type Task } from './onboarding.domain.js';
import { type Changes, OnboardingRepository } from './onboarding.repository.js';
import { OnboardingPapers } from './onboarding-papers.repository.js';
import { LEASE_MS, must, OpenTurn, OvertakenError } from './open-turn.js';
import { dataTask, papersTask, problemOf, verdictOn } from './outcomes.domain.js';
import { papersIn } from './papers.domain.js';
import { type OnboardingStep, OPEN, type Seen, STEPS_OF_ONBOARDING } from './steps/step.js';
import { rulesOf, type StepRules, stepsOf } from './steps.domain.js';

const AT_ONCE = 8;
const MOST_LOOKS_MS = 300_000;
/** Of steps that ask WeChat itself. */
const LEAST_ASKING_MS = 10_000;
const MOST_ROUNDS = 20;
const LEAST_AGAIN_MS = 1_000;
const ASKS_WECHAT: ReadonlySet<string> = new Set(['identity', 'category', 'privacy']);

/** Carries orders on: looks where each is, begins what is open, tells whom it waits for. Every replica looks; a claim lets one of them act. */
@Injectable()
export class OnboardingRunner {
  private readonly steps: ReadonlyMap<string, OnboardingStep>;

  constructor(
    private readonly rows: OnboardingRepository,
    private readonly papers: OnboardingPapers,
    private readonly clients: ClientStore,
    @Inject(STEPS_OF_ONBOARDING) steps: readonly OnboardingStep[],
    private readonly config: ReleaseConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly periodic: Periodic,
  ) {
    this.steps = new Map(steps.map((step) => [step.name, step]));
    periodic.every('onboardings.sweep', config.RELEASE_SWEEP_MS, () => this.sweep(), 'later');
  }

  /** All that is due now. */
  async sweep(): Promise<void> {
    while (!this.periodic.isStopping) {
      const rows = await this.rows.claimDue(AT_ONCE, LEASE_MS);
      await Promise.all(rows.map((row) => this.carryOn(row)));
      if (rows.length < AT_ONCE) return;
    }
  }

  private async carryOn(claimed: OnboardingEntity): Promise<void> {
    try {
      await this.advance(claimed);
    } catch (error) {
      if (error instanceof OvertakenError) return this.rows.letGo(error.held);
      // Its claim ends by itself; the others are not to wait for it.
      this.logger.warn(
        { event: 'onboarding.unfinished', onboarding_id: claimed.onboardingId, err: error },
        'An onboarding could not be carried on; will try again',
      );
    }
  }

  private async advance(claimed: OnboardingEntity): Promise<void> {
    let row = claimed;
    const data = this.rows.dataOf(row);
    let acted = false;
    for (let round = 0; round < MOST_ROUNDS && !this.periodic.isStopping; round += 1) {
      const rules = rulesOf(row.step);
      const turn = new OpenTurn(row, data, this.rows, this.papers, this.clients);
      let seen: Seen;
      try {
        seen = await this.steps.get(rules.name)!.look(turn);
        if (seen.is === 'open') {
          const lacking = await this.lacking(turn, rules, data);
          if (lacking) seen = { is: 'waiting', task: lacking };
          else if (acted) seen = { is: 'waiting', againMs: LEAST_ASKING_MS };
          else {
            if (turn.row.task || turn.row.state !== 'running') await turn.change({ ...NO_TASK, state: 'running' });
            await this.steps.get(rules.name)!.act(turn);
            await turn.change({ facts: { ...turn.facts, tries: 0 } }, { what: 'begun', cause: 'runner' });
            row = turn.row;
            acted = true;
            continue;
          }
        }
      } catch (error) {
        if (error instanceof OvertakenError) throw error;
        return this.failed(turn, error);
      }
      row = turn.row;
      switch (seen.is) {
        case 'done': {
          const next = await this.next(row, data, rules);
          if (!next) return;
          row = next;
          acted = false;
          continue;
        }
        case 'refused':
          return this.end(row, seen.problem);
        default:
          return this.wait(row, seen);
      }
    }
    must(row, await this.rows.change(row, { ...LET_GO, nextAt: new Date(this.rows.now().getTime() + LEAST_ASKING_MS) }));
  }

  /** @returns `undefined`: it has reached its goal */
  private async next(row: OnboardingEntity, data: OnboardingData, { name }: StepRules): Promise<OnboardingEntity | undefined> {
    const steps = stepsOf(row.goal, data);
    const next = steps[steps.findIndex((step) => step.name === name) + 1];
    const free: Changes = { ...NO_TASK, problem: null, facts: { ...row.facts, tries: 0 } };
    if (next) {
      const changes: Changes = { ...free, state: 'running', step: next.name, stepSince: this.rows.now() };
      return must(row, await this.rows.change(row, changes, { what: 'done', step: name, cause: 'runner' }));
    }
    const done = must(
      row,
      await this.rows.change(
        row,
        { ...free, ...LET_GO, state: 'done', nextAt: null, endedAt: this.rows.now() },
        { what: 'completed', cause: 'runner' },
      ),
    );
    await this.papers.forget(done);
    this.logger.info({ event: 'onboarding.done', onboarding_id: row.onboardingId, goal: row.goal }, 'A merchant has arrived');
    return undefined;
  }

  private async lacking(turn: OpenTurn, { needs }: StepRules, data: OnboardingData): Promise<Task | undefined> {
    if (needs === undefined) return undefined;
    if (data[needs] === undefined) return dataTask([needs]);
    const names = (await this.papers.namesOf([turn.row])).get(turn.row.rowId) ?? [];
    const missing = [...new Set(papersIn(data[needs]).map(({ paper }) => paper))].filter((name) => !names.includes(name)).sort();
    return missing.length > 0 ? papersTask(missing) : undefined;
  }

  private async wait(row: OnboardingEntity, { task, againMs }: Extract<Seen, { is: 'waiting' }>): Promise<void> {
    const now = this.rows.now();
    const least = ASKS_WECHAT.has(row.step) ? LEAST_ASKING_MS : Math.max(1_000, this.config.RELEASE_SWEEP_MS);
    const inMs = againMs ?? nextLookMs(now.getTime() - row.stepSince.getTime(), least, MOST_LOOKS_MS);
    const nextAt = new Date(now.getTime() + inMs);
    const plain = { ...LET_GO, nextAt, problem: null, facts: { ...row.facts, tries: 0 } };
    if (!task) {
      must(row, await this.rows.change(row, { ...plain, ...NO_TASK, state: 'running' }));
      return;
    }
    const about = { task: { ...task }, taskCode: task.code, taskWho: task.who, taskUntil: dateOf(task.until) };
    const known = row.task !== null && JSON.stringify(row.task) === JSON.stringify(about.task);
    if (!known) {
      const told = { taskSince: now, remindedAt: now, state: 'waiting' as const };
      const deed = { what: 'task', cause: 'runner', detail: { code: task.code, who: task.who, until: task.until } } as const;
      must(row, await this.rows.change(row, { ...plain, ...about, ...told }, deed));
      return;
    }
    const kept = must(row, await this.rows.change(row, { ...plain, state: 'waiting' }));
    const since = row.remindedAt?.getTime() ?? now.getTime();
    if (reminderDue(now.getTime(), since, row.taskUntil?.getTime())) await this.rows.remind(kept);
  }

  /** What passes is tried again, what somebody has to mend ends it until then. */
  private async failed(turn: OpenTurn, thrown: unknown): Promise<void> {
    const { row } = turn;
    const error = asProblem(thrown);
    const tries = (turn.facts.tries ?? 0) + 1;
    const verdict = verdictOn(error, tries, thrown instanceof BrokerError && thrown.code === 'forbidden');
    if (verdict.is === 'mend') return this.refused(turn, verdict.problem);
    if (verdict.is === 'unknown')
      this.logger.error(
        { event: 'onboarding.error', onboarding_id: row.onboardingId, err: thrown },
        'A step failed unexpectedly',
      );
    const backTo = error instanceof DomainError ? error.extras.members?.['back_to'] : undefined;
    const back = typeof backTo === 'string' ? { step: backTo, stepSince: this.rows.now() } : {};
    const nextAt = new Date(this.rows.now().getTime() + verdict.againMs);
    must(
      row,
      await this.rows.change(row, {
        ...back,
        ...LET_GO,
        nextAt,
        facts: { ...turn.facts, tries },
        problem: { ...problemOf(error), passes: true },
      }),
    );
  }

  /** What was refused may have left something behind, which is remembered before it ends: mended, that does not count. */
  private async refused(turn: OpenTurn, problem: Problem): Promise<void> {
    const seen = await this.steps
      .get(rulesOf(turn.row.step).name)!
      .look(turn)
      .catch((error: unknown) => {
        if (error instanceof OvertakenError) throw error;
        return OPEN;
      });
    // It has come about all the same.
    if (seen.is === 'done' || seen.is === 'waiting') return this.wait(turn.row, { is: 'waiting', againMs: LEAST_AGAIN_MS });
    return this.end(turn.row, problem);
  }

  private async end(row: OnboardingEntity, problem: Problem): Promise<void> {
    const changes: Changes = { ...NO_TASK, ...LET_GO, state: 'failed', problem: { ...problem }, nextAt: null };
    const detail = { code: problem.code, errcode: problem.errcode ?? null };
    must(row, await this.rows.change(row, changes, { what: 'failed', cause: 'runner', detail }));
    this.logger.info({ event: 'onboarding.failed', onboarding_id: row.onboardingId, ...detail }, 'An onboarding needs somebody');
  }
}

const LET_GO: Changes = { heldUntil: null };

export const NO_TASK: Changes = {
  task: null,
  taskCode: null,
  taskWho: null,
  taskSince: null,
  taskUntil: null,
  remindedAt: null,
};

const dateOf = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text));
