import { Injectable } from '@nestjs/common';
import { DomainError } from '#service';
import { ERRCODE } from '#wechat';
import { AuditReader } from '../../audit/audit-reader.js';
import { NewerVersions } from '../../newer/newer.service.js';
import type { Release } from '../release.js';
import type { AfterRefusal } from './step.js';

/** Refusals that say that the review is not where we think it is. */
export const PICTURE_DIFFERS: readonly (readonly [number, AfterRefusal])[] = [
  [ERRCODE.CANNOT_ROLL_BACK, 'reread'],
  [ERRCODE.NOTHING_TO_RELEASE, 'reread'],
  [ERRCODE.AUDIT_NOT_APPROVED, 'reread'],
];

/** What several steps look at before they send. Each method asks WeChat. */
@Injectable()
export class StepChecks {
  constructor(
    private readonly reader: AuditReader,
    private readonly newer: NewerVersions,
  ) {}

  /**
   * `undocodeaudit` and `release` name no ticket: they act on whichever is there. It must be ours.
   * @throws DomainError `conflict`
   */
  async ownTicket(row: Release): Promise<void> {
    const latest = await this.reader.latest(row);
    if (latest?.auditid === undefined || !row.auditid || String(latest.auditid) === row.auditid) return;
    throw new DomainError(
      'conflict',
      `WeChat's latest ticket of ${row.authorizerAppid} is ${latest.auditid} (version ${latest.user_version ?? 'unknown'}), not the one of this release.`,
    );
  }

  /**
   * Something newer may have been put online since this was submitted. What some of the users have already is not newer than itself.
   * @throws OlderVersion
   */
  async nothingNewerOnline(row: Release, allowOlder: boolean | undefined): Promise<void> {
    if (allowOlder || row.policy.allow_older || row.grayPercentage !== null) return;
    await this.reader.versions(row.componentAppid, row.authorizerAppid);
    await this.newer.requireNoneOnline(row);
  }
}
