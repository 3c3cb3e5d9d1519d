import type { AppPath } from '#broker-client';
import type { OnboardingEntity } from '#persistence';
import type { Caller, Permission } from '#service';
import type { Facts, OnboardingData, Problem, Task } from '../onboarding.domain.js';
import type { StepName } from '../steps.domain.js';

/** What is seen of a step. */
export type Seen =
  | { readonly is: 'done' }
  /** Nothing has been begun that still counts: it is to be done. */
  | { readonly is: 'open' }
  /** It goes on elsewhere. Without a task nobody has to do anything. */
  | { readonly is: 'waiting'; readonly task?: Task | undefined; readonly againMs?: number | undefined }
  | { readonly is: 'refused'; readonly problem: Problem };

export interface Paper {
  readonly type: string;
  readonly data: Buffer;
  readonly sha256: string;
}

/** One look at an order. */
export interface Turn {
  readonly row: OnboardingEntity;
  readonly data: OnboardingData;
  readonly facts: Facts;
  /** The mini program. @throws Error before there is one */
  readonly app: AppPath;
  /** Written down before it goes on. */
  remember(facts: Partial<Facts>, appid?: string): Promise<void>;
  /** @throws DomainError when it is not there */
  paper(name: string): Promise<Paper>;
  /** Whoever ordered it, as far as they may do this now. @throws DomainError `forbidden` */
  client(permission: Permission): Promise<Caller>;
  /** Names of all who shaped what the order sends: none of them is a second person for it, whoever gave it last. */
  makers(): Promise<string[]>;
}

/**
 * A step on the way. Nothing is done twice since it is looked before: what was begun, by a process that was killed or by somebody else, is
 * found and followed; the operations that a step calls have stored their own intent.
 */
export interface OnboardingStep {
  readonly name: StepName;
  /** How it stands, from where it is done. May ask WeChat, changes nothing there. */
  look(turn: Turn): Promise<Seen>;
  /** Begins it. Afterwards it is looked again. */
  act(turn: Turn): Promise<void>;
}

/** All of them, by injection. */
export const STEPS_OF_ONBOARDING = Symbol('steps of an onboarding');

export const DONE: Seen = { is: 'done' };
export const OPEN: Seen = { is: 'open' };
/** It failed before somebody mended it. */
export const isPast = ({ facts }: Turn, id: string | number): boolean => facts.past?.includes(id) ?? false;
