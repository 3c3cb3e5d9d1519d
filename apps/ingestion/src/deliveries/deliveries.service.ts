import { Injectable } from '@nestjs/common';
import { Brackets, DataSource } from 'typeorm';
import { type DeliveryAttemptEntity, DeliveryEntity, SubscriptionEntity } from '#persistence';
import { type Client, Cursors, DomainError, formerlyBase64, managesOthers } from '#service';
import type { DeliverySearch } from './deliveries.dto.js';
import { DeliveryRepository } from './delivery.repository.js';
import { FanOut } from './fan-out.service.js';

export const DELIVERIES = new Cursors('deliveries', formerlyBase64());

/** What became of the deliveries; a client sees those of its own subscriptions. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly deliveries: DeliveryRepository,
    private readonly fanOut: FanOut,
  ) {}

  /** One more than the page may have, if there are so many. */
  search(client: Client, query: DeliverySearch): Promise<DeliveryEntity[]> {
    const search = this.dataSource
      .getRepository(DeliveryEntity)
      .createQueryBuilder('d')
      .orderBy('d.deliveryId', 'DESC')
      .take(query.limit + 1);
    if (query.subscription_id) search.andWhere('d.subscriptionId = :subscription', { subscription: query.subscription_id });
    if (query.event_id) search.andWhere('d.eventId = :event', { event: query.event_id });
    if (query.state) search.andWhere('d.state = :state', { state: query.state });
    const before = DELIVERIES.after(query);
    if (before) search.andWhere('d.deliveryId < :before', { before });
    if (!managesOthers(client)) {
      const own = 'SELECT s.subscription_id FROM f_wechat_subscription s WHERE s.client_id = :client';
      search.andWhere(new Brackets((where) => where.where(`d.subscriptionId IN (${own})`, { client: client.clientId })));
    }
    return search.getMany();
  }

  async get(client: Client, deliveryId: string): Promise<{ row: DeliveryEntity; attempts: DeliveryAttemptEntity[] }> {
    const row = await this.deliveries.find(deliveryId);
    const subscription =
      row && (await this.dataSource.getRepository(SubscriptionEntity).findOneBy({ subscriptionId: row.subscriptionId }));
    if (!row || !(managesOthers(client) || subscription?.clientId === client.clientId))
      throw new DomainError('not-found', `There is no delivery ${deliveryId}.`);
    return { row, attempts: await this.deliveries.attempts(deliveryId) };
  }

  /** Tries again now, with the whole schedule before it. */
  async retry(client: Client, deliveryId: string): Promise<DeliveryEntity> {
    const { row } = await this.get(client, deliveryId);
    if (row.state === 'delivered') throw new DomainError('conflict', 'It was delivered; replay its event to send it again.');
    await this.deliveries.startAgain(row);
    await this.fanOut.wake([row.subscriptionId]).catch(() => undefined);
    return (await this.get(client, deliveryId)).row;
  }
}
