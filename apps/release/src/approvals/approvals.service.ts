import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OwnEvents } from '#inbox';
import { type Caller, ClientStore, ComponentRegistry, DomainError, mayActFor, type Permission } from '#service';
import { type Agreement, type Approval, standing } from './approval.domain.js';
import { ApprovalRepository, type StoredApproval } from './approval.repository.js';
import { namesOf, whoIs } from './who-is.js';

/** Tries against others who change the same approval. */
const TRIES = 5;

/** Who agreed to what, and whether that counts now. */
@Injectable()
export class Approvals {
  constructor(
    private readonly stored: ApprovalRepository,
    private readonly clients: ClientStore,
    private readonly components: ComponentRegistry,
    private readonly ownEvents: OwnEvents,
  ) {}

  now(): Date {
    return this.stored.now();
  }

  find(id: string): Promise<StoredApproval | undefined> {
    return this.stored.find(id);
  }

  /**
   * How many others have to agree, so that it is at least two persons' doing. What a key or a workload asked for may be that of anybody, also
   * of the first who agrees with a token: where persons are known it takes one more.
   * @param approvers that its policy asks for
   */
  needed({ persons = [] }: Pick<Approval, 'persons'>, approvers = 1): number {
    return this.clients.knowsPersons && persons.length === 0 ? approvers + 1 : approvers;
  }

  /** The same for whatever is kept: of a rollout its size counts. */
  neededFor(approval: Approval): number {
    const targets = approval.what['targets'];
    const { approversFor } = this.components.twoPersonPolicy(approval.componentAppid);
    return this.needed(approval, approval.id.startsWith('o') && typeof targets === 'number' ? approversFor(targets) : 1);
  }

  /**
   * Whether enough others agreed to this digest, each of whom may still agree now, for these mini programs.
   * @param approvers that its policy asks for
   */
  async enough(
    approval: Pick<Approval, 'id' | 'agreements' | 'makers' | 'persons' | 'componentAppid' | 'authorizerAppid'>,
    digest: string,
    approvers = 1,
  ): Promise<boolean> {
    let counted = 0;
    for (const { clientId } of standing(approval, digest, this.now()))
      if (await this.mayApprove(approval, clientId)) counted += 1;
    return counted >= this.needed(approval, approvers);
  }

  /** An agreement ends with the key it was given with: a stolen one that was revoked must not publish. */
  private async mayApprove(
    approval: Pick<Approval, 'id' | 'componentAppid' | 'authorizerAppid'>,
    clientId: string,
  ): Promise<boolean> {
    const { componentAppid, authorizerAppid } = approval;
    const client = await this.clients.presentlyMay(clientId, permissionFor(approval), componentAppid);
    if (client === undefined || this.isNobody(client)) return false;
    return authorizerAppid === '' ? client.authorizers === undefined : mayActFor(client, authorizerAppid);
  }

  /**
   * @param goesOn after failures, by whom `persons` says: what was agreed to before counts only where a person asked for it, and another person
   * lets it go on
   * @returns as it is kept: if there was one already, with its makers added to those
   */
  async ask(
    asked: Omit<Approval, 'agreements' | 'state' | 'createdAt'>,
    db?: EntityManager,
    goesOn = false,
  ): Promise<StoredApproval> {
    const approval = { ...asked, agreements: [], state: 'open', createdAt: this.now().toISOString() } as const;
    if (await this.stored.insert(approval, db)) {
      const inserted = await this.stored.find(asked.id, db);
      if (inserted) return inserted;
    }
    return this.change(
      asked.id,
      ({ makers, persons = [], agreements }) => ({
        what: asked.what,
        digest: asked.digest,
        makers: [...new Set([...makers, ...asked.makers])],
        persons: [...new Set([...persons, ...(asked.persons ?? [])])],
        // A key that goes on may be the maker's, and a key that made it that of whoever goes on.
        agreements: goesOn && this.clients.knowsPersons && !(persons.length > 0 && asked.persons?.length) ? [] : agreements,
        state: 'open',
      }),
      db,
    );
  }

  /**
   * @param what as it would be sent now
   * @param seen digest of what the approver looked at; `undefined`: whatever is there
   * @throws DomainError `forbidden` to whoever had a part in it, `conflict` when they looked at something else
   */
  agree(
    id: string,
    what: Pick<Approval, 'what' | 'digest'>,
    client: Caller,
    { note, seen }: { readonly note: string | undefined; readonly seen: string | undefined },
    db?: EntityManager,
  ) {
    requireSeen(what, seen);
    return this.change(
      id,
      (approval) => ({ ...what, state: 'open', ...this.withAgreement(approval, what.digest, client, note) }),
      db,
    );
  }

  /** One agreement of each person. @throws DomainError `forbidden` to whoever had a part in it */
  withAgreement(approval: Approval, digest: string, client: Caller, note: string | undefined): Pick<Approval, 'agreements'> {
    this.requireAnother(approval, client);
    const others = approval.agreements.filter(({ who }) => who !== whoIs(client));
    return { agreements: [...others, this.agreement(approval, digest, client, note)] };
  }

  private agreement(
    { componentAppid }: Pick<Approval, 'componentAppid'>,
    digest: string,
    client: Caller,
    note: string | undefined,
  ): Agreement {
    const now = this.now();
    const until = new Date(now.getTime() + this.components.twoPersonPolicy(componentAppid).approvalMs);
    return {
      who: whoIs(client),
      clientId: client.clientId,
      digest,
      at: now.toISOString(),
      until: until.toISOString(),
      note: note ?? null,
    };
  }

  /** @throws DomainError `forbidden` to whoever had a part in it, and to a key or a workload where persons are known */
  requireAnother({ makers }: Pick<Approval, 'makers'>, client: Caller): void {
    if (this.isNobody(client))
      throw new DomainError(
        'forbidden',
        'Where an issuer of persons is configured, persons approve, with their tokens (wxplane login); a key or a workload is nobody.',
      );
    if (namesOf(client).some((name) => makers.includes(name)))
      throw new DomainError('forbidden', 'Somebody else than those who had a part in it must approve it.');
  }

  /** Behind a key may be anybody, also the maker; that is taken only as long as nothing better is known. */
  private isNobody({ actor }: Caller): boolean {
    return this.clients.knowsPersons && actor.kind !== 'person';
  }

  /** What was agreed to is not what is there any more, or somebody takes their word back: nothing of it counts from now on. */
  withdraw(id: string, who: (agreement: Agreement) => boolean, db?: EntityManager): Promise<StoredApproval> {
    return this.change(id, ({ agreements }) => ({ agreements: agreements.filter((agreement) => !who(agreement)) }), db);
  }

  /** @param to works out the change from what is stored @throws DomainError `not-found`, `conflict` */
  async change(id: string, to: (approval: StoredApproval) => Partial<Approval>, db?: EntityManager): Promise<StoredApproval> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const approval = await this.stored.find(id, db);
      if (!approval) throw new DomainError('not-found', `There is no approval ${id}.`);
      const changed = await this.stored.change(approval, to(approval), db);
      if (changed) return changed;
    }
    throw new DomainError('conflict', `Others change the approval ${id} at this moment; read it again.`, { retryAfterS: 1 });
  }

  /** Tells subscribers; the same thing once. */
  async announce(
    kind: 'requested' | 'decided',
    { id, effect, componentAppid, authorizerAppid, digest, state }: Approval,
    db: EntityManager,
  ) {
    await this.ownEvents.add(
      db,
      {
        kind: `wxplane.approval_${kind}`,
        componentAppid,
        authorizerAppid: authorizerAppid || null,
        key: kind === 'requested' ? `${id} ${digest}` : `${id} ${digest} ${state} ${this.now().getTime()}`,
        data: { approval_id: id, effect, digest, state },
      },
      this.now(),
    );
  }
}

/** @throws DomainError `conflict` when what was looked at is not what would be sent */
export function requireSeen({ digest }: Pick<Approval, 'digest'>, seen: string | undefined): void {
  if (seen === undefined || seen === digest) return;
  throw new DomainError('conflict', 'What would be sent is not what was looked at (any more). Look at the approval again.', {
    members: { digest },
  });
}

/** What it takes to agree to it. */
export const permissionFor = ({ id }: Pick<Approval, 'id'>): Permission =>
  id.startsWith('r') ? 'releases.approve' : id.startsWith('o') ? 'rollouts.approve' : 'changes.approve';
