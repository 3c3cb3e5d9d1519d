import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Approvals } from '../../approvals/approvals.service.js';
import { ChangeRequests } from '../../approvals/change-requests.js';
import { operationNamed } from '../../approvals/operations.js';
import type { Words } from '../onboarding.domain.js';
import type { Seen, Turn } from './step.js';

const AGREE: Words = {
  en: 'Somebody else agrees to the change: POST /v1/approvals/{approval_id}, or `wxplane approvals approve`.',
  zh: '请另一位操作者同意该变更：POST /v1/approvals/{approval_id}，或 wxplane approvals approve。',
};

/** Changes of a mini program that the component may want two persons for: brought about as their routes do it, by the same gate. */
@Injectable()
export class OnboardingChanges {
  constructor(
    private readonly changes: ChangeRequests,
    private readonly approvals: Approvals,
    private readonly modules: ModuleRef,
  ) {}

  /**
   * @param named the operation, such as `IdentityController.nickname` @param part under which its approval is remembered
   * @returns what it answers; `undefined`: somebody else has to agree first
   */
  async bring<T>(turn: Turn, named: string, part: string, body: object): Promise<T | undefined> {
    const operation = operationNamed(named);
    if (!operation) throw new Error(`there is no operation ${named}`);
    const client = await turn.client(operation.permission());
    const instance = this.modules.get<object>(operation.of, { strict: false });
    const path = { ...turn.app };
    const answer = await this.changes.bring({ operation, instance, args: [path, body], client, makers: await turn.makers() });
    const { agreements, id } = (answer ?? {}) as { agreements?: unknown; id?: unknown };
    if (agreements === undefined || typeof id !== 'string') return answer as T;
    await turn.remember({ approvals: { ...turn.facts.approvals, [part]: id } });
    return undefined;
  }

  /** What a change answered that somebody else has agreed to. */
  async answerOf<T>({ facts }: Turn, part: string): Promise<T | undefined> {
    const id = facts.approvals?.[part];
    const approval = id === undefined ? undefined : await this.approvals.find(id);
    return approval?.outcome?.answer as T | undefined;
  }

  /** How a change stands that waits for somebody else; `undefined`: none does. */
  async look({ facts }: Turn, part: string): Promise<Seen | undefined> {
    const id = facts.approvals?.[part];
    if (id === undefined || facts.past?.includes(id)) return undefined;
    const approval = await this.approvals.find(id);
    if (!approval || approval.state === 'done') return undefined;
    const expired = approval.expiresAt !== null && Date.parse(approval.expiresAt) <= Date.now();
    if (approval.state === 'executing') return { is: 'waiting' };
    if (approval.state === 'open' && !expired)
      return {
        is: 'waiting',
        task: {
          code: 'agree',
          who: 'second_person',
          what: AGREE,
          approval_id: id,
          until: approval.expiresAt ?? undefined,
        },
      };
    const problem = approval.outcome?.problem;
    const detail = problem?.detail ?? `The change that somebody else was asked about is ${expired ? 'expired' : approval.state}.`;
    return { is: 'refused', problem: { code: problem?.code ?? 'not-agreed', detail } };
  }
}
