import { DomainError } from '#service';
import { type Check, componentWide, type Remedy } from './preflight.domain.js';

/** The check before a submission found something; nothing was sent. */
export class PreflightRefusal extends DomainError {
  constructor(
    detail: string,
    readonly checks: readonly Check[],
    remedy: Remedy | undefined,
  ) {
    super('conflict', detail, { members: { checks }, ...(remedy ? { remedy } : {}) });
  }

  /** Nothing but a review in the way, which ends by itself. */
  get onlyPending(): boolean {
    return this.checks.every((check) => check.check === 'pending-audit');
  }

  /** What every mini program of the component would be refused for. */
  get componentWide(): Check | undefined {
    return componentWide(this.checks);
  }
}
