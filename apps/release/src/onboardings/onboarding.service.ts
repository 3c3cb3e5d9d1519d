import { Injectable } from '@nestjs/common';
import type { OnboardingEntity, OnboardingGoal } from '#persistence';
import { type Client, ComponentRegistry, Cursors, DomainError, type Permission } from '#service';
import { unlessWithheld } from '../sealed/withheld.js';
import type { Facts, OnboardingData } from './onboarding.domain.js';
import type {
  OnboardingMovePage,
  OnboardingPage,
  OnboardingPaperView,
  OnboardingSearch,
  OnboardingSummary,
  OnboardingView,
} from './onboarding.dto.js';
import { OnboardingRepository } from './onboarding.repository.js';
import { NO_TASK } from './onboarding.runner.js';
import { toMoveView, toOnboardingView, toSummary } from './onboarding.view.js';
import { OnboardingJournal } from './onboarding-journal.js';
import { OnboardingPapers } from './onboarding-papers.repository.js';
import type { CreateOnboarding, OnboardingChange } from './onboarding-request.dto.js';
import { idOf } from './steps/category.js';
import { missingMembers, permissionsOf, STEPS } from './steps.domain.js';

const ONBOARDINGS = new Cursors('onboardings');
const HISTORY = new Cursors('onboarding-history');
const OVER: readonly string[] = ['done', 'cancelled'];
const TRIES = 5;
const REPORTED_AT_ONCE = 200;

/** Orders as callers give, mend and end them. What happens to them is done by the runner. */
@Injectable()
export class OnboardingService {
  constructor(
    private readonly rows: OnboardingRepository,
    private readonly papers: OnboardingPapers,
    private readonly journal: OnboardingJournal,
    private readonly components: ComponentRegistry,
  ) {}

  /** The same once more is the one that is there. */
  async create(componentAppid: string, body: CreateOnboarding, client: Client): Promise<OnboardingView> {
    this.components.require(componentAppid);
    const { reference, goal, ...given } = plain(body);
    const data: OnboardingData = given;
    requireComplete(goal, data);
    requirePermissions(goal, data, client);
    const made = { componentAppid, reference, goal, data, step: STEPS[0]!.name, clientId: client.clientId };
    const row = (await this.rows.create(made)) ?? (await this.same(componentAppid, reference, goal, data));
    return this.view(row);
  }

  async list(componentAppid: string, query: OnboardingSearch): Promise<OnboardingPage> {
    this.components.require(componentAppid);
    const { state, step, goal, reference, limit } = query;
    const rows = await this.rows.search(componentAppid, {
      ...{ state, step, goal, reference },
      taskWho: query.task_who,
      hasTask: query.has_task,
      appid: query.authorizer_appid,
      before: ONBOARDINGS.after(query),
      limit: limit + 1,
    });
    const papers = await this.papers.namesOf(rows);
    return ONBOARDINGS.page(
      rows,
      query,
      (row) => row.rowId,
      (row) => this.viewWith(row, papers.get(row.rowId) ?? []),
    );
  }

  async get(componentAppid: string, onboardingId: string): Promise<OnboardingView> {
    return this.view(await this.find(componentAppid, onboardingId));
  }

  async history(
    componentAppid: string,
    onboardingId: string,
    query: { readonly cursor?: string; readonly limit: number },
  ): Promise<OnboardingMovePage> {
    const row = await this.find(componentAppid, onboardingId);
    const moves = await this.journal.of(row, HISTORY.after(query), query.limit + 1);
    return HISTORY.page(moves, query, (move) => move.historyId, toMoveView);
  }

  async summary(componentAppid: string): Promise<OnboardingSummary> {
    this.components.require(componentAppid);
    return toSummary(await this.rows.counts(componentAppid));
  }

  /** All of them, newest first. */
  async *every(componentAppid: string): AsyncGenerator<OnboardingView> {
    this.components.require(componentAppid);
    let before: string | undefined;
    do {
      const rows = await this.rows.search(componentAppid, { before, limit: REPORTED_AT_ONCE });
      const papers = await this.papers.namesOf(rows);
      for (const row of rows) yield this.viewWith(row, papers.get(row.rowId) ?? []);
      before = rows.length === REPORTED_AT_ONCE ? rows.at(-1)?.rowId : undefined;
    } while (before !== undefined);
  }

  /** Members that are given take the place of those that were; one that has failed goes on. */
  async change(componentAppid: string, onboardingId: string, body: OnboardingChange, client: Client): Promise<OnboardingView> {
    const { goal: wanted, ...given } = plain(body);
    const changed = await this.alter(componentAppid, onboardingId, (row) => {
      const data = { ...this.rows.dataOf(row), ...given };
      const goal = wanted ?? row.goal;
      requireComplete(goal, data);
      requirePermissions(goal, data, client);
      const members = Object.keys(given);
      const deed = { what: 'changed', cause: 'request', detail: { members }, clientId: client.clientId } as const;
      return { changes: { goal, ...this.again(row, data, client) }, deed, data };
    });
    return this.view(changed);
  }

  /** Goes on from its first step: what is done is seen to be done, what had failed is begun anew. */
  async retry(componentAppid: string, onboardingId: string, client: Client): Promise<OnboardingView> {
    const changed = await this.alter(componentAppid, onboardingId, (row) => {
      const data = this.rows.dataOf(row);
      requirePermissions(row.goal, data, client);
      const deed = { what: 'retried', cause: 'request', clientId: client.clientId } as const;
      return { changes: this.again(row, data, client), deed };
    });
    return this.view(changed);
  }

  /** Nothing more happens by itself. What WeChat has been asked for goes on there. */
  async cancel(componentAppid: string, onboardingId: string, client: Client): Promise<OnboardingView> {
    const changed = await this.alter(componentAppid, onboardingId, () => ({
      changes: { ...NO_TASK, state: 'cancelled', nextAt: null, endedAt: this.rows.now() },
      deed: { what: 'cancelled', cause: 'request', clientId: client.clientId },
    }));
    await this.papers.forget(changed);
    return this.view(changed);
  }

  async putPaper(
    componentAppid: string,
    onboardingId: string,
    name: string,
    file: { readonly contentType: string; readonly data: Buffer },
    client: Client,
  ): Promise<OnboardingPaperView> {
    const row = await this.find(componentAppid, onboardingId);
    requireOpen(row);
    const sha256 = await this.papers.put(row, name, file.contentType, file.data);
    await this.rows.poke(row, { what: 'paper', cause: 'request', detail: { name }, clientId: client.clientId });
    return { name, content_type: file.contentType, bytes: file.data.length, sha256 };
  }

  private again(row: OnboardingEntity, data: OnboardingData, client: Client) {
    const now = this.rows.now();
    const facts = row.facts as Facts;
    const { registration_id, certification_id, verification_id, application_id, release_id, nickname_audit_id } = facts;
    const failed = row.state === 'failed';
    const begun = [registration_id, certification_id, verification_id, application_id, release_id, facts.nickname_asked_at];
    const changes = Object.values(facts.approvals ?? {});
    const categories = (data.categories ?? []).map(idOf);
    const name = nickname_audit_id === undefined ? [] : [`name-${nickname_audit_id}`];
    const past = [...(facts.past ?? []), ...begun, ...changes, ...categories, ...name].filter((id) => id !== undefined);
    return {
      ...(failed ? { facts: { ...facts, past: [...new Set(past)], tries: 0 } } : {}),
      ...(failed ? NO_TASK : {}),
      ...{
        state: 'running' as const,
        step: STEPS[0]!.name,
        stepSince: now,
        nextAt: now,
        problem: null,
        clientId: client.clientId,
      },
    };
  }

  /** Reads, and writes if nobody else has written meanwhile. */
  private async alter(
    componentAppid: string,
    onboardingId: string,
    to: (row: OnboardingEntity) => {
      changes: Parameters<OnboardingRepository['change']>[1];
      deed: Parameters<OnboardingRepository['change']>[2];
      data?: OnboardingData;
    },
  ): Promise<OnboardingEntity> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const row = await this.find(componentAppid, onboardingId);
      requireOpen(row);
      const { changes, deed, data } = to(row);
      const changed = await this.rows.change(row, changes, deed, data);
      if (changed) return changed;
    }
    throw new DomainError('conflict', 'It moves at this moment: try again.', { retryAfterS: 1 });
  }

  private async same(componentAppid: string, reference: string, goal: OnboardingGoal, data: OnboardingData) {
    const row = await this.rows.byReference(componentAppid, reference);
    if (row && row.goal === goal && JSON.stringify(this.rows.dataOf(row)) === JSON.stringify(data)) return row;
    throw new DomainError('conflict', `There is another order with the reference "${reference}", with other data.`, {
      members: { onboarding_id: row?.onboardingId ?? null },
      remedy: {
        en: 'Change that one (PATCH), or give another reference.',
        zh: '请修改已有订单（PATCH），或使用其他 reference。',
      },
    });
  }

  private async find(componentAppid: string, onboardingId: string): Promise<OnboardingEntity> {
    this.components.require(componentAppid);
    const row = await this.rows.find(componentAppid, onboardingId);
    if (!row) throw new DomainError('not-found', 'There is no such onboarding.');
    return row;
  }

  private async view(row: OnboardingEntity): Promise<OnboardingView> {
    return this.viewWith(row, (await this.papers.namesOf([row])).get(row.rowId) ?? []);
  }

  private viewWith(row: OnboardingEntity, papers: readonly string[]): OnboardingView {
    return toOnboardingView(
      row,
      unlessWithheld(() => this.rows.dataOf(row)),
      papers,
    );
  }
}

function requireOpen({ state }: OnboardingEntity): void {
  if (OVER.includes(state)) throw new DomainError('conflict', `The order is ${state}.`, { members: { state } });
}

function requireComplete(goal: OnboardingGoal, data: OnboardingData): void {
  const missing = missingMembers(goal, data);
  if (missing.length === 0) return;
  throw new DomainError('invalid-request', `For the goal "${goal}" it takes besides: ${missing.join(', ')}.`, {
    errors: missing.map((field) => ({ field, message: `${field} is needed for the goal "${goal}"` })),
  });
}

/** An order does nothing that whoever gives it may not do. */
export function requirePermissions(goal: OnboardingGoal, data: OnboardingData, client: Client): void {
  const lacking = permissionsOf(goal, data).filter((permission: Permission) => !client.permissions.has(permission));
  if (lacking.length > 0)
    throw new DomainError('forbidden', `For the goal "${goal}" it takes permissions besides: ${lacking.join(', ')}.`, {
      members: { permissions: lacking },
    });
}

/** Only what was given, as JSON has it. */
const plain = <T extends object>(body: T): T => JSON.parse(JSON.stringify(body)) as T;
