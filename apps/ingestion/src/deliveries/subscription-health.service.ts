import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type OwnEvent, OwnEvents } from '#inbox';
import { inTransaction, SubscriptionEntity } from '#persistence';
import { ComponentRegistry, LOGGER, type Logger } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { NoticeFanOut } from '../notices/notice-fan-out.service.js';
import { matches, SUBSCRIPTION_DISABLED } from '../subscribers/subscription.domain.js';
import { SubscriptionStore } from '../subscribers/subscription.store.js';
import { DeliveryRepository } from './delivery.repository.js';

/** Writing "still well" more often than this tells nobody anything. */
const NOTE_SUCCESS_EVERY_MS = 60_000;

/** Remembers how a subscription does, and switches it off when it has only failed for long. */
@Injectable()
export class SubscriptionHealth {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: SubscriptionStore,
    private readonly deliveries: DeliveryRepository,
    private readonly components: ComponentRegistry,
    private readonly ownEvents: OwnEvents,
    private readonly notices: NoticeFanOut,
    private readonly config: IngestionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async succeeded(subscription: SubscriptionEntity): Promise<void> {
    const noted = subscription.lastSuccessAt?.getTime() ?? 0;
    if (subscription.failures === 0 && Date.now() - noted < NOTE_SUCCESS_EVERY_MS) return;
    subscription.failures = 0;
    subscription.lastSuccessAt = new Date();
    await this.store.noteSuccess(subscription.subscriptionId, subscription.lastSuccessAt);
  }

  /** @param final why it must be switched off at once */
  async failed({ subscriptionId }: SubscriptionEntity, final?: string): Promise<void> {
    await this.store.noteFailure(subscriptionId, new Date());
    const now = await this.store.find(subscriptionId);
    if (!now?.failingSince) return;
    const failingS = (Date.now() - now.failingSince.getTime()) / 1_000;
    if (final) await this.disable(now, final);
    else if (failingS >= this.config.DELIVERY_DISABLE_AFTER_S)
      await this.disable(now, `every attempt failed since ${now.failingSince.toISOString()}`);
  }

  /** The database lets one caller win; the event about it is in the inbox in the same transaction. */
  private async disable(subscription: SubscriptionEntity, reason: string): Promise<void> {
    const { subscriptionId, name } = subscription;
    await inTransaction(this.dataSource, async (manager) => {
      if (!(await this.store.disable(manager, subscriptionId, reason))) return;
      await this.tell(manager, subscription, { subscription_id: subscriptionId, name, reason });
      this.logger.error(
        { event: 'subscription.disabled', subscription_id: subscriptionId, name, reason },
        'A subscription was switched off',
      );
    });
    this.store.forget();
  }

  /** To the other subscriptions of the same client that want to know. */
  private async tell(manager: EntityManager, subscription: SubscriptionEntity, data: OwnEvent['data']): Promise<void> {
    const componentAppid = subscription.componentAppid ?? this.components.all[0]!.componentAppid;
    const now = new Date();
    const subject = { componentAppid, authorizerAppid: null, kind: SUBSCRIPTION_DISABLED };
    const key = `${subscription.subscriptionId} ${now.getTime()}`;
    const eventId = await this.ownEvents.addHandedOver(manager, { ...subject, key, data }, now);
    await this.notices.add(manager, [{ ...subject, eventId }]);
    const others = await manager.getRepository(SubscriptionEntity).findBy({ clientId: subscription.clientId, state: 'enabled' });
    await this.deliveries.add(
      manager,
      others
        .filter((other) => matches({ ...other, authorizers: null }, subject))
        .map(({ subscriptionId }) => ({ ...subject, subscriptionId, eventId })),
    );
  }
}
