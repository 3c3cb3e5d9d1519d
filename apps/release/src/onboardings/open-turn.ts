import type { OnboardingEntity } from '#persistence';
import { type Caller, type ClientStore, DomainError, type Permission } from '#service';
import type { Facts, OnboardingData } from './onboarding.domain.js';
import type { Changes, OnboardingRepository } from './onboarding.repository.js';
import type { OnboardingPapers } from './onboarding-papers.repository.js';
import type { Paper, Turn } from './steps/step.js';

/** Longer than one call of the broker takes: who was killed has let go by then, and so has the broker of what it was asked. */
export const LEASE_MS = 40_000;

/** Somebody else has changed the order: they, or the next look, go on. */
export class OvertakenError extends Error {
  constructor(readonly held: OnboardingEntity) {
    super('the order was changed meanwhile');
  }
}

/** What a step is given: what it remembers is written down at once. */
export class OpenTurn implements Turn {
  private readonly read = new Map<string, Paper>();

  constructor(
    public row: OnboardingEntity,
    readonly data: OnboardingData,
    private readonly rows: OnboardingRepository,
    private readonly papers: OnboardingPapers,
    private readonly clients: ClientStore,
  ) {}

  get facts(): Facts {
    return this.row.facts as Facts;
  }

  get app() {
    if (this.row.appid === null) throw new Error('there is no mini program yet');
    return { component_appid: this.row.componentAppid, authorizer_appid: this.row.appid };
  }

  readonly change = async (changes: Changes, deed?: Parameters<OnboardingRepository['change']>[2]): Promise<void> => {
    this.row = must(this.row, await this.rows.change(this.row, { heldUntil: this.leased(), ...changes }, deed));
  };

  readonly remember = (facts: Partial<Facts>, appid?: string): Promise<void> =>
    this.change({ facts: { ...this.facts, ...facts }, ...(appid === undefined ? {} : { appid }) });

  readonly paper = async (name: string): Promise<Paper> => {
    const paper = this.read.get(name) ?? (await this.papers.read(this.row, name));
    if (!paper) throw new DomainError('invalid-request', `The paper "${name}" is not there: PUT …/papers/${name}.`);
    this.read.set(name, paper);
    return paper;
  };

  readonly client = async (permission: Permission): Promise<Caller> => {
    const client = await this.clients.presentlyMay(this.row.clientId, permission, this.row.componentAppid);
    if (client?.authorizers === undefined && client) return client;
    throw new DomainError(
      'forbidden',
      `Whoever ordered it may not do this (any more): ${permission}. Somebody who may retries it.`,
    );
  };

  readonly makers = async (): Promise<string[]> => {
    const ids = await this.rows.shapers(this.row);
    const persons = await Promise.all(ids.map((id) => this.clients.personOf(id)));
    return [...new Set([...ids, ...persons])];
  };

  private leased(): Date {
    return new Date(this.rows.now().getTime() + LEASE_MS);
  }
}

export function must(held: OnboardingEntity, changed: OnboardingEntity | undefined): OnboardingEntity {
  if (!changed) throw new OvertakenError(held);
  return changed;
}
