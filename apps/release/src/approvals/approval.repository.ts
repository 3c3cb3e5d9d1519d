import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApprovalEntity, BINDINGS, isDuplicate, SecretBox, SecretUnreadableError } from '#persistence';
import { CLOCK, type Clock, LOGGER, type Logger } from '#service';
import type { Approval, ApprovalState } from './approval.domain.js';

/** An approval as it was read; `revision` lets one of two writers win. */
export interface StoredApproval extends Approval {
  readonly revision: number;
}

export interface ApprovalFilter {
  readonly componentAppid: string;
  readonly state?: ApprovalState | undefined;
  /** Only of these mini programs, and of one each; `undefined`: all. */
  readonly authorizers?: ReadonlySet<string> | undefined;
  readonly before?: { readonly at: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Knows the table of approvals. What is not sealed by us counts as not there. */
@Injectable()
export class ApprovalRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  now(): Date {
    return new Date(this.clock.now());
  }

  async find(id: string, db: EntityManager = this.dataSource.manager): Promise<StoredApproval | undefined> {
    const row = await db.getRepository(ApprovalEntity).findOneBy({ approvalId: id });
    return row ? this.open(row) : undefined;
  }

  /** Newest first. */
  async list({ componentAppid, state, authorizers, before, limit }: ApprovalFilter): Promise<StoredApproval[]> {
    const query = this.dataSource
      .getRepository(ApprovalEntity)
      .createQueryBuilder('a')
      .where('a.component_appid = :componentAppid', { componentAppid });
    if (state) query.andWhere('a.state = :state', { state });
    if (authorizers) query.andWhere('a.authorizer_appid IN (:...list)', { list: ['-', ...authorizers] });
    if (before)
      query.andWhere('(a.created_at < :at OR (a.created_at = :at AND a.approval_id < :id))', { at: before.at, id: before.id });
    const rows = await query.orderBy('a.created_at', 'DESC').addOrderBy('a.approval_id', 'DESC').limit(limit).getMany();
    return rows.flatMap((row) => this.open(row) ?? []);
  }

  /** @returns false when there is one already: it is kept */
  async insert(approval: Approval, db: EntityManager = this.dataSource.manager): Promise<boolean> {
    const now = this.now();
    try {
      await db.getRepository(ApprovalEntity).insert({
        approvalId: approval.id,
        componentAppid: approval.componentAppid,
        authorizerAppid: approval.authorizerAppid,
        effect: approval.effect,
        state: approval.state,
        payload: this.seal(approval),
        createdAt: new Date(approval.createdAt),
        updatedAt: now,
      });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** @returns what is stored now; `undefined`: somebody else was first */
  async change(
    stored: StoredApproval,
    values: Partial<Approval>,
    db: EntityManager = this.dataSource.manager,
  ): Promise<StoredApproval | undefined> {
    const { revision, ...before } = stored;
    const approval: Approval = { ...before, ...values };
    const { affected } = await db
      .getRepository(ApprovalEntity)
      .update(
        { approvalId: stored.id, revision },
        { state: approval.state, payload: this.seal(approval), revision: revision + 1, updatedAt: this.now() },
      );
    return affected === 1 ? { ...approval, revision: revision + 1 } : undefined;
  }

  /** Always in the form that is bound to its row: no older release reads this table. */
  private seal(approval: Approval): string {
    return this.secrets.seal(JSON.stringify(approval), BINDINGS.approval(approval.id));
  }

  private open({ approvalId, payload, revision }: ApprovalEntity): StoredApproval | undefined {
    try {
      const approval = JSON.parse(this.secrets.open(payload, BINDINGS.approval(approvalId))) as Approval;
      // The form of the older release, into which keys can be brought back, is not bound to its row.
      if (approval.id === approvalId) return { ...approval, revision };
    } catch (error) {
      if (!(error instanceof SecretUnreadableError || error instanceof SyntaxError)) throw error;
    }
    this.logger.error(
      { event: 'approval.forged', approval_id: approvalId },
      'An approval in the database is not ours, and opens nothing',
    );
    return undefined;
  }
}
