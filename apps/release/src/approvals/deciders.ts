import { Injectable } from '@nestjs/common';
import type { Caller } from '#service';
import type { StoredApproval } from './approval.repository.js';

/** What a release or a rollout does when somebody agrees to it, or does not. */
export interface Decider {
  approve(id: number, client: Caller, note: string | undefined): Promise<unknown>;
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
