import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ReleaseApprovalEntity } from '#persistence';
import { type Caller, ClientStore, DomainError, EffectGate, mayActFor } from '#service';
import { differing, digestOf, idOfRelease, type Sent, sentOf, standing } from '../approvals/approval.domain.js';
import type { StoredApproval } from '../approvals/approval.repository.js';
import { Approvals } from '../approvals/approvals.service.js';
import { Deciders } from '../approvals/deciders.js';
import { namesOf, personsIn } from '../approvals/who-is.js';
import { ExtSettingsService } from '../requests/ext-settings.service.js';
import { unlessWithheld } from '../sealed/withheld.js';
import { TemplateService } from '../templates/template.service.js';
import type { ReleaseState } from './release.domain.js';
import type { Release } from './release.js';
import { ReleaseRepository } from './release.repository.js';
import { ReleaseGate, type RolloutAgreement } from './release-gate.js';

/** Before the submission nobody can look at what would go online: commit and settings may still change it. */
const APPROVABLE: ReadonlySet<ReleaseState> = new Set<ReleaseState>(['auditing', 'approved', 'graying']);

const LONG_AGO = new Date(0);
const NONE: RolloutAgreement = { approval: undefined, digest: '', frozen: undefined, needed: 1, approvedBy: undefined };

/** Four eyes: somebody else than all who had a part in a release agrees that exactly this goes online. */
@Injectable()
export class ReleaseApprovals implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly releases: ReleaseRepository,
    private readonly rollouts: ReleaseGate,
    private readonly approvals: Approvals,
    private readonly gate: EffectGate,
    private readonly clients: ClientStore,
    private readonly settings: ExtSettingsService,
    private readonly templates: TemplateService,
    private readonly deciders: Deciders,
  ) {}

  onModuleInit(): void {
    this.deciders.register('r', {
      approve: async (id, client, note, seen) => this.approve(await this.releases.get(id), client, note, seen),
      present: async (id) => {
        const row = await this.releases.get(id);
        // What cannot be read is sent to nobody either: what was kept of it is shown.
        return unlessWithheld(() => lookedAt(row));
      },
    });
  }

  /** Whether a second person is needed: the component's owner says so, or the release itself. A release cannot ask for less. */
  needed({ componentAppid, policy }: Pick<Release, 'componentAppid' | 'policy'>): boolean {
    return policy.two_person === true || this.isRequired(componentAppid);
  }

  /** Whoever has a part in what these mini programs are sent. */
  async makersOf(componentAppid: string, appids: readonly string[], templateId: number, profile?: string): Promise<string[]> {
    const [promoter, writers] = await Promise.all([
      this.templates.promoterOf(componentAppid, templateId),
      this.settings.writersOf(componentAppid, appids, profile),
    ]);
    return [...(promoter === undefined ? [] : [promoter]), ...writers];
  }

  /** Keeps, sealed, who had a part in a release that was just made. Part of the transaction in which it is. */
  async made(db: EntityManager, row: Release, makers: readonly string[], persons: readonly string[]): Promise<void> {
    if (!this.needed(row)) return;
    const what = sentOf(row);
    await this.approvals.ask({ ...aboutOf(row), what, digest: digestOf(what), makers, persons, expiresAt: null }, db);
  }

  /** Somebody else has a part in it from now on. */
  async joined(row: Release, client: Caller): Promise<void> {
    if (!this.needed(row)) return;
    const ofAll = row.rolloutId === null ? undefined : await this.rollouts.agreement(row.rolloutId);
    const makers = [...(ofAll?.approval?.makers ?? (row.clientId === null ? [] : [row.clientId])), ...namesOf(client)];
    const persons = [...(ofAll?.approval?.persons ?? []), ...personsIn(client)];
    const what = sentOf(row);
    await this.approvals.ask({ ...aboutOf(row), what, digest: digestOf(what), makers, persons, expiresAt: null });
  }

  /** Whether enough others have agreed to exactly what reviewers have, and may still agree now. */
  async agreed(row: Release, allowOlder = false): Promise<boolean> {
    const what = whatOf(row, allowOlder);
    const digest = digestOf(what);
    const own = await this.approvals.find(idOfRelease(row.releaseId));
    if (own && (await this.approvals.enough(own, digest))) return true;
    const ofAll = row.rolloutId === null ? undefined : await this.rollouts.agreement(row.rolloutId);
    if (ofAll?.frozen) return this.agreedWithAll(row, allowOlder, ofAll);
    // Made before approvals were bound to what is sent; where the component's owner wants two persons, none of these count.
    return own === undefined && !this.isRequired(row.componentAppid) && this.agreedFormerly(row, ofAll?.approvedBy);
  }

  private async agreedWithAll(
    row: Release,
    allowOlder: boolean,
    { approval, digest, frozen, needed }: RolloutAgreement,
  ): Promise<boolean> {
    if (!approval || frozen?.get(row.authorizerAppid) !== targetDigest(row, allowOlder)) return false;
    return this.approvals.enough({ ...approval, authorizerAppid: row.authorizerAppid }, digest, needed);
  }

  /** Whether others agreed to it once, whatever has become of their word since. */
  async wasAgreedTo(row: Release): Promise<boolean> {
    const own = await this.approvals.find(idOfRelease(row.releaseId));
    if (own && standing(own, digestOf(whatOf(row)), LONG_AGO).length >= this.approvals.needed(own)) return true;
    const { approval, digest, frozen, needed } = row.rolloutId === null ? NONE : await this.rollouts.agreement(row.rolloutId);
    if (!approval || frozen?.get(row.authorizerAppid) !== targetDigest(row, false)) return false;
    return standing(approval, digest, LONG_AGO).length >= this.approvals.needed(approval, needed);
  }

  /** @throws DomainError `approval-needed` while not enough others have agreed to exactly this */
  async require(row: Release, allowOlder = false): Promise<void> {
    if (!this.needed(row) || (await this.agreed(row, allowOlder))) return;
    const own = await this.approvals.find(idOfRelease(row.releaseId));
    const was = own && own.agreements.length > 0 ? differing(own.what, whatOf(row, allowOlder)) : [];
    const changed = was.length > 0 ? ` What was approved is not what would be sent now: ${was.join(', ')} differ.` : '';
    throw new DomainError(
      'approval-needed',
      `This release needs the approval of somebody else than its makers before it is published.${changed}`,
      { members: { approval_id: idOfRelease(row.releaseId), digest: digestOf(whatOf(row, allowOlder)), changed: was } },
    );
  }

  /** It waits for somebody else: subscribers are told, once for what is there now. */
  async announce(row: Release): Promise<void> {
    const own = await this.approvals.find(idOfRelease(row.releaseId));
    if (!own) return;
    const asked = await this.approvals.change(own.id, () => lookedAt(row));
    await this.releases.together((db) => this.approvals.announce('requested', asked, db));
  }

  /**
   * @param seen digest of what they looked at; `undefined`: whatever is there
   * @throws DomainError `forbidden` to whoever had a part in it, `conflict` before the release is submitted
   */
  async approve(row: Release, client: Caller, note: string | undefined, seen?: string): Promise<void> {
    const own = (await this.approvals.find(idOfRelease(row.releaseId))) ?? (await this.asked(row, client));
    this.approvals.requireAnother(own, client);
    if (!APPROVABLE.has(row.state))
      throw new DomainError('conflict', `A release that is ${row.state} cannot be approved; it can from its submission on.`, {
        members: { state: row.state },
      });
    await this.releases.together(async (db) => {
      await this.approvals.agree(own.id, lookedAt(row), client, { note, seen }, db);
      // Replicas of the last release look there.
      await db
        .createQueryBuilder()
        .insert()
        .into(ReleaseApprovalEntity)
        .values({ releaseId: row.releaseId, clientId: client.clientId, at: this.releases.now(), note: note ?? null })
        .orIgnore()
        .execute();
      if (row.intent === null && row.storedState === 'approved')
        await this.releases.patch(row, { waiting: null, nextCheckAt: this.releases.now() }, db);
    });
  }

  /** Of a release that was made without asking: with those who had a part in its rollout, or in itself. */
  private async asked(row: Release, client: Caller): Promise<StoredApproval> {
    const ofAll = row.rolloutId === null ? undefined : await this.rollouts.agreement(row.rolloutId);
    if (!ofAll?.approval && this.isRequired(row.componentAppid))
      throw new DomainError(
        'conflict',
        'This release was made before its component required two persons, and nothing says for certain who made it: make it once more.',
      );
    const makers = ofAll?.approval?.makers ?? (row.clientId === null ? [] : [row.clientId]);
    const persons = ofAll?.approval?.persons ?? [];
    this.approvals.requireAnother({ makers }, client);
    const what = whatOf(row);
    return this.approvals.ask({ ...aboutOf(row), what, digest: digestOf(what), makers, persons, expiresAt: null });
  }

  private isRequired(componentAppid: string): boolean {
    return this.gate.needsTwo('release', componentAppid);
  }

  /** As the last release counted: by the time, and by the key. */
  private async agreedFormerly(row: Release, ofAll: string | undefined): Promise<boolean> {
    const { releaseId, submittedAt, componentAppid, authorizerAppid } = row;
    const rows = await this.dataSource.getRepository(ReleaseApprovalEntity).findBy({ releaseId });
    const standing = rows.filter(({ at }) => submittedAt === null || at >= submittedAt).map(({ clientId }) => clientId);
    for (const clientId of ofAll === undefined ? standing : [...standing, ofAll]) {
      if (clientId === row.clientId) continue;
      const client = await this.clients.presentlyMay(clientId, 'releases.approve', componentAppid);
      if (client && mayActFor(client, authorizerAppid)) return true;
    }
    return false;
  }
}

const aboutOf = ({
  releaseId,
  componentAppid,
  authorizerAppid,
}: Pick<Release, 'releaseId' | 'componentAppid' | 'authorizerAppid'>) => ({
  id: idOfRelease(releaseId),
  effect: 'release' as const,
  componentAppid,
  authorizerAppid,
});

/** What is agreed to of one release: all that was sent, and when it was submitted, so that what is submitted next is agreed to anew. */
function whatOf(row: Release, allowOlder = false): Record<string, unknown> {
  return {
    ...sentOf(withOlder(row, allowOlder)),
    release_id: row.releaseId,
    submitted_at: row.submittedAt?.toISOString() ?? null,
  };
}

const lookedAt = (row: Release) => {
  const what = whatOf(row);
  return { what, digest: digestOf(what) };
};

const targetDigest = (row: Release, allowOlder: boolean): string => digestOf(sentOf(withOlder(row, allowOlder)));

/** That it may take a newer version's place is part of what is agreed to. */
function withOlder(row: Release, allowOlder: boolean): Sent {
  return allowOlder && !row.policy.allow_older ? { ...row, policy: { ...row.policy, allow_older: true } } : row;
}
