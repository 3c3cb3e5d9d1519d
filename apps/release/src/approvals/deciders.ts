import { Injectable } from '@nestjs/common';
import type { Caller } from '#service';
import type { Approval } from './approval.domain.js';
import type { StoredApproval } from './approval.repository.js';

/** What would be sent, and what stands for it. */
export type Looked = Pick<Approval, 'what' | 'digest'>;

/** What a release or a rollout does when somebody agrees to it, or does not. */
export interface Decider {
  /**
   * @param seen digest of what was looked at; `undefined`: they agree to whatever is there
   * @throws DomainError `conflict` when that is something else now
   */
  approve(id: number, client: Caller, note: string | undefined, seen: string | undefined): Promise<unknown>;
  /** What would be sent now, where that may change without anybody being asked anew. Absent: what is kept says it. */
  present?(id: number): Promise<Looked | undefined>;
}

/** Releases and rollouts say here what an approval of theirs means: they know approvals, approvals do not know them. */
@Injectable()
export class Deciders {
  private readonly known = new Map<string, Decider>();

  /** @param kind first letter of the approval's id */
  register(kind: 'r' | 'o', decider: Decider): void {
    this.known.set(kind, decider);
  }

  of({ id }: Pick<StoredApproval, 'id'>): { readonly decider: Decider; readonly number: number } | undefined {
    const decider = this.known.get(id[0] ?? '');
    return decider && { decider, number: Number(id.slice(1)) };
  }
}
