import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BINDINGS, DeliveryEntity, inTransaction, isDuplicate, SecretBox, type SubscriptionEntity } from '#persistence';
import { type Client, ComponentRegistry, Cursors, DomainError, managesOthers, requireComponent } from '#service';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { FanOut } from '../deliveries/fan-out.service.js';
import { SubscriberClient } from '../subscribers/subscriber-client.service.js';
import { newSubscriptionId, replierScope, TEST_EVENT } from '../subscribers/subscription.domain.js';
import { SubscriptionStore } from '../subscribers/subscription.store.js';
import { newWebhookSecret } from '../subscribers/webhook-signature.domain.js';
import type { ChangeSubscription, CreateSubscription, SubscriptionSearch } from './subscriptions.dto.js';

const DAY_S = 86_400;

/** Of one client; a few more when it makes many at the same moment. Every replica reads all of them each second. */
const MOST = 200;

export const SUBSCRIPTIONS = new Cursors('subscriptions', undefined, /^\d{1,15}:sub_[0-9a-f]{20}$/);

export const positionOf = ({ createdAt, subscriptionId }: SubscriptionEntity): string =>
  `${createdAt.getTime()}:${subscriptionId}`;

/** Teams manage their own subscriptions; `admin` all. */
@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: SubscriptionStore,
    private readonly deliveries: DeliveryRepository,
    private readonly fanOut: FanOut,
    private readonly subscribers: SubscriberClient,
    private readonly components: ComponentRegistry,
    private readonly secrets: SecretBox,
  ) {}

  async create(client: Client, request: CreateSubscription): Promise<{ row: SubscriptionEntity; secret: string }> {
    if (client.actor.kind !== 'key')
      throw new DomainError('forbidden', 'A subscription outlasts every token: it belongs to a client key, so make it with one.');
    this.checkUrl(client, request.url);
    if (request.component_appid) this.components.require(request.component_appid);
    const componentAppid = allowedComponent(client, request.component_appid);
    const authorizers = allowedAuthorizers(client, request.authorizers);
    if ((await this.store.countOf(client.clientId)) >= MOST)
      throw new DomainError(
        'conflict',
        `This client has ${MOST} subscriptions; delete some, or let one have more kinds and merchants.`,
      );
    const secret = newWebhookSecret();
    const subscriptionId = newSubscriptionId();
    const now = new Date();
    try {
      const row = await this.store.insert({
        subscriptionId,
        clientId: client.clientId,
        name: request.name,
        url: request.url,
        componentAppid: componentAppid ?? null,
        authorizers,
        kinds: [...new Set(request.kinds)],
        bodyFormat: request.body_format ?? 'wxplane',
        ordered: request.ordered ? 1 : 0,
        replierScope: request.replier ? scopeOf(componentAppid, authorizers) : null,
        secret: this.secrets.seal(secret, BINDINGS.webhookSecret(subscriptionId)),
        previousSecret: null,
        previousSecretUntil: null,
        state: 'enabled',
        disabledReason: null,
        failingSince: null,
        failures: 0,
        lastSuccessAt: null,
        createdAt: now,
        updatedAt: now,
      });
      return { row, secret };
    } catch (error) {
      if (isDuplicate(error))
        throw new DomainError('conflict', 'Another subscription already answers the messages of this authorizer or component.');
      throw error;
    }
  }

  /** One more than the page may have, if there are so many. */
  list(client: Client, query: SubscriptionSearch): Promise<SubscriptionEntity[]> {
    const [createdMs, id] = SUBSCRIPTIONS.after(query)?.split(':') ?? [];
    const after = id === undefined ? undefined : { createdAt: new Date(Number(createdMs)), subscriptionId: id };
    return this.store.list(managesOthers(client) ? undefined : client.clientId, query.limit + 1, after);
  }

  /** @throws DomainError `not-found`, also for another client's */
  async get(client: Client, subscriptionId: string): Promise<SubscriptionEntity> {
    const row = await this.store.find(subscriptionId);
    if (!row || (row.clientId !== client.clientId && !managesOthers(client)))
      throw new DomainError('not-found', `There is no subscription ${subscriptionId}.`);
    return row;
  }

  async change(client: Client, subscriptionId: string, request: ChangeSubscription): Promise<SubscriptionEntity> {
    await this.get(client, subscriptionId);
    if (request.url !== undefined) this.checkUrl(client, request.url);
    await this.store.update(subscriptionId, {
      ...(request.name === undefined ? {} : { name: request.name }),
      ...(request.url === undefined ? {} : { url: request.url }),
      ...(request.kinds === undefined ? {} : { kinds: [...new Set(request.kinds)] }),
      ...(request.ordered === undefined ? {} : { ordered: request.ordered ? 1 : 0 }),
      ...(request.body_format === undefined ? {} : { bodyFormat: request.body_format }),
      ...(request.state === 'enabled' ? { state: 'enabled', disabledReason: null, failingSince: null, failures: 0 } : {}),
      ...(request.state === 'disabled' ? { state: 'disabled', disabledReason: 'switched off by its client' } : {}),
    });
    return this.get(client, subscriptionId);
  }

  async delete(client: Client, subscriptionId: string): Promise<void> {
    await this.get(client, subscriptionId);
    await inTransaction(this.dataSource, async (manager) => {
      await this.store.delete(subscriptionId, manager);
      await this.deliveries.cancelAll(subscriptionId, manager);
    });
  }

  /** A new secret; the former one signs as well for a while. */
  async rotate(client: Client, subscriptionId: string, overlapS = DAY_S): Promise<{ row: SubscriptionEntity; secret: string }> {
    const { secret: former } = await this.get(client, subscriptionId);
    const secret = newWebhookSecret();
    await this.store.update(subscriptionId, {
      secret: this.secrets.seal(secret, BINDINGS.webhookSecret(subscriptionId)),
      previousSecret: overlapS > 0 ? former : null,
      previousSecretUntil: overlapS > 0 ? new Date(Date.now() + overlapS * 1_000) : null,
    });
    return { row: await this.get(client, subscriptionId), secret };
  }

  async test(client: Client, subscriptionId: string): Promise<string> {
    await this.get(client, subscriptionId);
    const replay = randomBytes(8).toString('hex');
    await this.deliveries.add(this.dataSource.manager, [
      { subscriptionId, eventId: '0', authorizerAppid: null, kind: TEST_EVENT, replay },
    ]);
    const row = await this.dataSource.getRepository(DeliveryEntity).findOneByOrFail({ subscriptionId, replay });
    await this.fanOut.wake([subscriptionId]).catch(() => undefined);
    return row.deliveryId;
  }

  private checkUrl(client: Client, url: string): void {
    const problem = this.subscribers.problemOf(url, client.webhookHosts);
    if (problem) throw new DomainError('invalid-request', `url: ${problem}.`, { errors: [{ field: 'url', message: problem }] });
  }
}

/** A client that may use some components only names one of them, unless it has one alone. @throws DomainError `forbidden`, `invalid-request` */
function allowedComponent(client: Client, wanted: string | undefined): string | undefined {
  if (client.components === undefined) return wanted;
  if (wanted !== undefined) requireComponent(client, wanted);
  else if (client.components.size !== 1)
    throw new DomainError('invalid-request', 'component_appid: name it, since this client may use some components only.');
  return wanted ?? [...client.components][0];
}

/** A client that may act for some authorizers only can ask for the events of those only. */
function allowedAuthorizers(client: Client, wanted: readonly string[] | undefined): string[] | null {
  if (client.authorizers === undefined) return wanted ? [...new Set(wanted)] : null;
  const beyond = wanted?.find((appid) => !client.authorizers?.has(appid));
  if (beyond) throw new DomainError('forbidden', `Client "${client.name}" may not act for ${beyond}.`);
  return [...(wanted ?? client.authorizers)];
}

function scopeOf(componentAppid: string | undefined, authorizers: readonly string[] | null): string {
  if (!componentAppid || (authorizers && authorizers.length !== 1))
    throw new DomainError('invalid-request', 'A replier names its component, and either one authorizer or none.');
  return replierScope(componentAppid, authorizers?.[0]);
}
