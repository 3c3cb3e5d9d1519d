import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ReleaseApprovalEntity } from '#persistence';
import { DomainError } from '#service';
import type { Release } from './release.js';
import { ReleaseRepository } from './release.repository.js';
import { ReleaseGate } from './release-gate.js';

/** Four eyes: somebody else than the maker of a release agrees that it goes online. */
@Injectable()
export class ReleaseApprovals {
  constructor(
    private readonly dataSource: DataSource,
    private readonly releases: ReleaseRepository,
    private readonly gate: ReleaseGate,
  ) {}

  async agreed(row: Release): Promise<boolean> {
    const approvals = await this.dataSource.getRepository(ReleaseApprovalEntity).findBy({ releaseId: row.releaseId });
    return approvals.some((approval) => approval.clientId !== row.clientId) || this.agreedToRollout(row);
  }

  private async agreedToRollout({ rolloutId, clientId }: Release): Promise<boolean> {
    const approvedBy = rolloutId === null ? undefined : await this.gate.approvedBy(rolloutId);
    return approvedBy !== undefined && approvedBy !== clientId;
  }

  /** @throws DomainError `conflict` while nobody else has agreed. */
  async require(row: Release): Promise<void> {
    if (row.policy.two_person && !(await this.agreed(row)))
      throw new DomainError(
        'conflict',
        'This release needs the approval of somebody else than its maker before it is published.',
      );
  }

  /** @throws DomainError `forbidden` to the maker */
  async approve(row: Release, clientId: string, note: string | undefined): Promise<void> {
    if (row.clientId === clientId)
      throw new DomainError('forbidden', 'Somebody else than the maker of the release must approve it.');
    await this.releases.together(async (db) => {
      await db
        .createQueryBuilder()
        .insert()
        .into(ReleaseApprovalEntity)
        .values({ releaseId: row.releaseId, clientId, at: this.releases.now(), note: note ?? null })
        .orIgnore()
        .execute();
      if (row.intent === null && row.storedState === 'approved')
        await this.releases.patch(row, { waiting: null, nextCheckAt: this.releases.now() }, db);
    });
  }
}
