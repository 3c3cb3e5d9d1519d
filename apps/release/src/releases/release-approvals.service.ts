import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ReleaseApprovalEntity } from '#persistence';
import { ClientStore, ComponentRegistry, DomainError, mayActFor, mayUse } from '#service';
import type { ReleaseState } from './release.domain.js';
import type { Release } from './release.js';
import { ReleaseRepository } from './release.repository.js';
import { ReleaseGate } from './release-gate.js';

/** Before the submission nobody can look at what would go online: commit and settings may still change it. */
const APPROVABLE: ReadonlySet<ReleaseState> = new Set<ReleaseState>(['auditing', 'approved', 'graying']);

/** Four eyes: somebody else than the maker of a release agrees that it goes online. */
@Injectable()
export class ReleaseApprovals {
  constructor(
    private readonly dataSource: DataSource,
    private readonly releases: ReleaseRepository,
    private readonly gate: ReleaseGate,
    private readonly clients: ClientStore,
    private readonly components: ComponentRegistry,
  ) {}

  /** Whether a second person is needed: the component's owner says so, or the release itself. A release cannot ask for less. */
  needed({ componentAppid, policy }: Pick<Release, 'componentAppid' | 'policy'>): boolean {
    return policy.two_person === true || this.components.requiresSecondPerson(componentAppid);
  }

  /** Whether somebody else than the maker has agreed to what reviewers have, and may still agree now. */
  async agreed(row: Release): Promise<boolean> {
    const { releaseId, rolloutId, submittedAt } = row;
    const approvals = await this.dataSource.getRepository(ReleaseApprovalEntity).findBy({ releaseId });
    const standing = approvals.filter(({ at }) => submittedAt === null || at >= submittedAt).map(({ clientId }) => clientId);
    const ofAll = rolloutId === null ? undefined : await this.gate.approvedBy(rolloutId);
    for (const clientId of ofAll === undefined ? standing : [...standing, ofAll])
      if (clientId !== row.clientId && (await this.mayApprove(clientId, row.authorizerAppid))) return true;
    return false;
  }

  /** @throws DomainError `conflict` while nobody else has agreed. */
  async require(row: Release): Promise<void> {
    if (this.needed(row) && !(await this.agreed(row)))
      throw new DomainError(
        'conflict',
        'This release needs the approval of somebody else than its maker before it is published.',
      );
  }

  /** @throws DomainError `forbidden` to the maker, `conflict` before the release is submitted */
  async approve(row: Release, clientId: string, note: string | undefined): Promise<void> {
    if (row.clientId === clientId)
      throw new DomainError('forbidden', 'Somebody else than the maker of the release must approve it.');
    if (!APPROVABLE.has(row.state))
      throw new DomainError('conflict', `A release that is ${row.state} cannot be approved; it can from its submission on.`, {
        members: { state: row.state },
      });
    await this.releases.together(async (db) => {
      await db
        .createQueryBuilder()
        .insert()
        .into(ReleaseApprovalEntity)
        .values({ releaseId: row.releaseId, clientId, at: this.releases.now(), note: note ?? null })
        // Whoever approved what was submitted before approves this as well.
        .orUpdate(['at', 'note'])
        .execute();
      if (row.intent === null && row.storedState === 'approved')
        await this.releases.patch(row, { waiting: null, nextCheckAt: this.releases.now() }, db);
    });
  }

  /** An approval ends with the key: a stolen one that was revoked must not publish. */
  private async mayApprove(clientId: string, authorizerAppid: string): Promise<boolean> {
    const client = await this.clients.presentRights(clientId);
    return client !== undefined && mayUse(client, 'releases.approve') && mayActFor(client, authorizerAppid);
  }
}
