import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ClientEntity, SubscriptionEntity } from '#persistence';
import { Periodic, permissionsOf } from '#service';
import { commonAuthorizers } from './subscription.domain.js';

/** How long a replica may believe its list: the bound on a changed or deleted subscription, on every replica. */
const BELIEVED_MS = 1_000;

/** While MySQL is away, what was known before is no longer believed after this. */
export const STALE_MS = 5_000;

/** A subscription that may get events, with what its client lets it do now. */
export type LiveSubscription = SubscriptionEntity & { readonly webhookHosts: readonly string[] | undefined };

/** The subscriptions, with a memory of a second for the ways that ask at every event. */
@Injectable()
export class SubscriptionStore {
  private enabledList: LiveSubscription[] = [];
  private listAt = 0;
  private readAt = 0;
  private reading: Promise<LiveSubscription[]> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    periodic: Periodic,
  ) {
    periodic.every('subscriptions.read', BELIEVED_MS, () => this.enabled());
  }

  /** Those that are enabled, without waiting: about a second old; none when MySQL does not answer. */
  snapshot(): readonly LiveSubscription[] {
    return this.known() ?? [];
  }

  /** The same, but `undefined` when MySQL does not answer. */
  known(): readonly LiveSubscription[] | undefined {
    return Date.now() - this.listAt < STALE_MS ? this.enabledList : undefined;
  }

  /** Those that are enabled, at most a second old. */
  async enabled(): Promise<readonly LiveSubscription[]> {
    if (Date.now() - this.readAt < BELIEVED_MS) return this.enabledList;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  find(subscriptionId: string): Promise<SubscriptionEntity | null> {
    return this.repository().findOneBy({ subscriptionId });
  }

  /** The subscription if it may get events now, narrowed to the authorizers that its client may act for now. */
  async findLive(subscriptionId: string): Promise<LiveSubscription | undefined> {
    return (await this.live(subscriptionId))[0];
  }

  countOf(clientId: string): Promise<number> {
    return this.repository().countBy({ clientId });
  }

  async insert(row: SubscriptionEntity): Promise<SubscriptionEntity> {
    await this.repository().insert(row);
    this.forget();
    return row;
  }

  async update(subscriptionId: string, change: Partial<SubscriptionEntity>, manager?: EntityManager): Promise<void> {
    await this.repository(manager).update({ subscriptionId }, { ...change, updatedAt: new Date() });
    this.forget();
  }

  async delete(subscriptionId: string, manager: EntityManager): Promise<void> {
    await this.repository(manager).delete({ subscriptionId });
    this.forget();
  }

  /**
   * Of one client, or of all: oldest first.
   * @param after where to begin; undefined: at the first one
   */
  list(
    clientId: string | undefined,
    limit: number,
    after?: Pick<SubscriptionEntity, 'createdAt' | 'subscriptionId'>,
  ): Promise<SubscriptionEntity[]> {
    const search = this.repository()
      .createQueryBuilder('s')
      .orderBy({ 's.createdAt': 'ASC', 's.subscriptionId': 'ASC' })
      .take(limit);
    if (clientId !== undefined) search.andWhere('s.clientId = :clientId', { clientId });
    if (after) search.andWhere('(s.created_at, s.subscription_id) > (:createdAt, :subscriptionId)', after);
    return search.getMany();
  }

  /** How it does is no change of the subscription: nobody has to read it again. */
  async noteSuccess(subscriptionId: string, at: Date): Promise<void> {
    await this.repository().update({ subscriptionId }, { failures: 0, failingSince: null, lastSuccessAt: at });
  }

  async noteFailure(subscriptionId: string, at: Date): Promise<void> {
    await this.dataSource.query(
      'UPDATE f_wechat_subscription SET failures = failures + 1, failing_since = COALESCE(failing_since, ?) WHERE subscription_id = ?',
      [at, subscriptionId],
    );
  }

  /** @returns false: it was switched off already, or is gone. Of several who want it, one is told `true`. */
  async disable(manager: EntityManager, subscriptionId: string, reason: string): Promise<boolean> {
    const result = await this.repository(manager).update(
      { subscriptionId, state: 'enabled' },
      { state: 'disabled', disabledReason: reason.slice(0, 255), updatedAt: new Date() },
    );
    return result.affected === 1;
  }

  private repository(manager: EntityManager = this.dataSource.manager) {
    return manager.getRepository(SubscriptionEntity);
  }

  forget(): void {
    this.readAt = 0;
  }

  private async read(): Promise<LiveSubscription[]> {
    const at = Date.now();
    this.enabledList = await this.live();
    this.readAt = at;
    this.listAt = at;
    return this.enabledList;
  }

  /** Enabled ones, of clients that are neither revoked nor expired and may still have any; each for no more authorizers than its client has now. */
  private async live(subscriptionId?: string): Promise<LiveSubscription[]> {
    const query = this.repository()
      .createQueryBuilder('s')
      .innerJoinAndMapOne(
        's.client',
        ClientEntity,
        'c',
        'c.clientId = s.clientId AND c.revokedAt IS NULL AND (c.expiresAt IS NULL OR c.expiresAt > :now)',
        { now: new Date() },
      )
      .where(`s.state = 'enabled'`);
    if (subscriptionId !== undefined) query.andWhere('s.subscriptionId = :subscriptionId', { subscriptionId });
    const rows = (await query.getMany()) as (SubscriptionEntity & { client: ClientEntity })[];
    const allowed = rows.filter(({ client, componentAppid }) => isAllowed(client, componentAppid));
    return allowed.map(({ client, ...row }) => ({
      ...row,
      authorizers: commonAuthorizers(row.authorizers, client.authorizers),
      webhookHosts: client.options?.webhook_hosts,
    }));
  }
}

/** Whether its client may still have subscriptions at all, and this one's component. */
const isAllowed = ({ scopes, options }: ClientEntity, componentAppid: string | null): boolean =>
  permissionsOf(scopes).has('subscriptions.write') &&
  (!options?.components || (componentAppid !== null && options.components.includes(componentAppid)));
