import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { inTransaction } from '#persistence';
import {
  type Caller,
  ClientStore,
  ComponentRegistry,
  DomainError,
  EffectGate,
  LOGGER,
  type Logger,
  mayActFor,
  requireUnrestrictedClient,
  toProblem,
} from '#service';
import { PROTECTED_EFFECTS } from '#wechat';
import { asProblem } from '../wechat/wechat-problem.interceptor.js';
import { type Approval, digestOf } from './approval.domain.js';
import type { StoredApproval } from './approval.repository.js';
import { Approvals } from './approvals.service.js';
import { type Operation, operationNamed } from './operations.js';
import { namesOf, personsIn, whoIs } from './who-is.js';

/** Stands for the caller among the arguments that are kept. */
const CALLER = '$caller';

/** A call of an operation, as it came in. */
export interface OperationCall {
  readonly operation: Operation;
  readonly instance: object;
  readonly args: readonly unknown[];
  readonly client: Caller;
  /** Names of others who had a part in what is asked for. */
  readonly makers?: readonly string[];
}

/**
 * Changes that need two persons: the first one's call is kept as it is, and made when somebody else has agreed to exactly that. Where one
 * person is enough, or what is asked for stops something, it is made at once.
 */
@Injectable()
export class ChangeRequests {
  constructor(
    private readonly gate: EffectGate,
    private readonly approvals: Approvals,
    private readonly clients: ClientStore,
    private readonly components: ComponentRegistry,
    private readonly modules: ModuleRef,
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns what the operation answers, or the approval that it waits for */
  async bring({ operation, instance, args, client, makers = [] }: OperationCall): Promise<unknown> {
    const { effect } = operation;
    const { component_appid: componentAppid, authorizer_appid: authorizerAppid } = args[0] as PathArgument;
    this.components.require(componentAppid);
    if (authorizerAppid === undefined) requireUnrestrictedClient(client);
    const about = { effect, componentAppid, authorizerAppid };
    const two =
      this.gate.needsTwo(effect, componentAppid) && (await (operation.needsTwo?.apply(instance, [...args] as never[]) ?? true));
    if (!two) return this.gate.require({ ...about, alone: true }, async () => operation.run.apply(instance, [...args]));
    return this.keep(operation, args, client, { ...about, makers });
  }

  /** So many have to agree to it. */
  neededFor(approval: Approval): number {
    return this.approvals.neededFor(approval);
  }

  private async keep(
    { name, effect }: Operation,
    args: readonly unknown[],
    client: Caller,
    {
      componentAppid,
      authorizerAppid = '',
      makers,
    }: { componentAppid: string; authorizerAppid: string | undefined; makers: readonly string[] },
  ): Promise<StoredApproval> {
    const kept = args.map((arg) => (arg === client ? CALLER : plain(arg)));
    const change = { operation: name, args: kept, clientId: client.clientId, who: whoIs(client) };
    const id = `c${randomBytes(16).toString('hex')}`;
    const what = {
      operation: name,
      effect: wordsOf(effect),
      request: kept.filter((arg) => arg !== CALLER),
      asked_by: whoIs(client),
    };
    const expiresAt = new Date(this.approvals.now().getTime() + this.components.twoPersonPolicy(componentAppid).approvalMs);
    const approval = await inTransaction(this.dataSource, async (db) => {
      const asked = await this.approvals.ask(
        {
          ...{ id, effect, componentAppid, authorizerAppid, what, change },
          // The number makes two requests of the same thing two: each agreement is for one.
          digest: digestOf({ ...what, id }),
          makers: [...new Set([...namesOf(client), ...makers])],
          persons: personsIn(client),
          expiresAt: expiresAt.toISOString(),
        },
        db,
      );
      await this.approvals.announce('requested', asked, db);
      return asked;
    });
    this.logger.info(
      { event: 'approval.requested', approval_id: id, effect, clientId: client.clientId },
      'A change waits for a second person',
    );
    return approval;
  }

  /**
   * Somebody agrees, and when they were enough it is made: once, whatever happens.
   * @returns still `open` where it takes one more @throws DomainError `forbidden`, `conflict`
   */
  async approve(approval: StoredApproval, client: Caller, note: string | undefined): Promise<StoredApproval> {
    this.requireOpen(approval);
    const agreed = await this.approvals.change(approval.id, (now) => {
      this.requireOpen(now);
      return this.approvals.withAgreement(now, now.digest, client, note);
    });
    if (!(await this.approvals.enough(agreed, agreed.digest))) return agreed;
    const executing = await this.approvals.change(approval.id, (now) => {
      this.requireOpen(now);
      return { state: 'executing' };
    });
    const outcome = await this.make(executing);
    const done = await this.approvals.change(approval.id, () => ({ state: outcome.problem ? 'failed' : 'done', outcome }));
    await this.approvals.announce('decided', done, this.dataSource.manager);
    return done;
  }

  /** @throws DomainError `conflict` */
  requireOpen({ state, expiresAt }: Approval): void {
    if (state !== 'open')
      throw new DomainError('conflict', `This change is ${state}; only one that is open can be decided about.`, {
        members: { state },
      });
    if (expiresAt !== null && Date.parse(expiresAt) <= this.approvals.now().getTime())
      throw new DomainError('conflict', 'Nobody agreed to this change in time; it has to be asked for again.', {
        members: { state: 'expired' },
      });
  }

  private async make(approval: StoredApproval): Promise<NonNullable<Approval['outcome']>> {
    const { effect, componentAppid, change } = approval;
    const authorizerAppid = approval.authorizerAppid || undefined;
    try {
      const operation = operationNamed(change?.operation ?? '');
      if (!change || !operation)
        throw new DomainError('conflict', 'This version does not know that operation; it has to be asked for again.');
      const maker = await this.clients.presentlyMay(change.clientId, operation.permission(), componentAppid);
      if (!maker || !mayAskFor(maker, authorizerAppid))
        throw new DomainError('forbidden', 'Whoever asked for it may not do so any more.');
      const instance = this.modules.get<object>(operation.of, { strict: false });
      const args = change.args.map((arg) => (arg === CALLER ? maker : arg));
      const agreed = async () => {
        const now = await this.approvals.find(approval.id);
        if (now?.state !== 'executing' || now.digest !== approval.digest || !(await this.approvals.enough(now, now.digest)))
          throw new DomainError('approval-needed', 'Nobody else agrees to this change any more.', { members: { effect } });
      };
      const answer = await this.gate.require({ effect, componentAppid, authorizerAppid, agreed }, async () =>
        operation.run.apply(instance, args),
      );
      return answer === undefined ? {} : { answer: plain(answer) };
    } catch (thrown) {
      const error = asProblem(thrown);
      if (!(error instanceof DomainError))
        this.logger.error({ event: 'approval.failed', approval_id: approval.id, err: thrown }, 'An approved change failed');
      const { type, detail = '' } =
        error instanceof DomainError ? toProblem(error) : { type: 'internal', detail: 'The error is in the log.' };
      return { problem: { code: type.split(':').pop() ?? 'internal', detail } };
    }
  }
}

interface PathArgument {
  readonly component_appid: string;
  readonly authorizer_appid?: string;
}

const mayAskFor = (client: Caller, authorizerAppid: string | undefined): boolean =>
  authorizerAppid === undefined ? client.authorizers === undefined : mayActFor(client, authorizerAppid);

const wordsOf = (effect: string) => PROTECTED_EFFECTS.find(({ id }) => id === effect)?.words.en ?? effect;
const plain = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));
