import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Audited, auditChange, type Client, CurrentClient, Needs } from '#service';
import { toSubscriptionView } from './subscription.view.js';
import {
  ChangeSubscription,
  CreateSubscription,
  RotateSecret,
  SubscriptionPage,
  SubscriptionPath,
  SubscriptionSearch,
  SubscriptionView,
  SubscriptionWithSecret,
  TestDelivery,
} from './subscriptions.dto.js';
import { positionOf, SUBSCRIPTIONS, SubscriptionsService } from './subscriptions.service.js';

@ApiTags('subscriptions')
@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(private readonly subscriptions: SubscriptionsService) {}

  /**
   * Has events posted to a URL. The answer holds the signing secret, this once. Every replica knows of the subscription within seconds;
   * what came in between is made up for a few seconds later.
   */
  @Post()
  @Needs('subscriptions.write')
  @Audited('subscription.create', { idempotent: false })
  async create(@Body() body: CreateSubscription, @CurrentClient() client: Client): Promise<SubscriptionWithSecret> {
    const { row, secret } = await this.subscriptions.create(client, body);
    return { ...toSubscriptionView(row), secret };
  }

  /** The client's own subscriptions, oldest first. */
  @Get()
  @Needs('subscriptions.read')
  async list(@Query() query: SubscriptionSearch, @CurrentClient() client: Client): Promise<SubscriptionPage> {
    return SUBSCRIPTIONS.page(await this.subscriptions.list(client, query), query, positionOf, toSubscriptionView);
  }

  /** One subscription, and how its deliveries are doing. */
  @Get(':subscription_id')
  @Needs('subscriptions.read')
  async get(@Param() path: SubscriptionPath, @CurrentClient() client: Client): Promise<SubscriptionView> {
    return toSubscriptionView(await this.subscriptions.get(client, path.subscription_id));
  }

  /** Changes it, or switches it off and on. */
  @Patch(':subscription_id')
  @Needs('subscriptions.write')
  @Audited('subscription.change')
  async change(
    @Param() path: SubscriptionPath,
    @Body() body: ChangeSubscription,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<SubscriptionView> {
    const before = toSubscriptionView(await this.subscriptions.get(client, path.subscription_id));
    const after = toSubscriptionView(await this.subscriptions.change(client, path.subscription_id, body));
    auditChange(request, before, after);
    return after;
  }

  /** Nothing more is sent, within a second on every replica. */
  @Delete(':subscription_id')
  @Needs('subscriptions.write')
  @HttpCode(204)
  @Audited('subscription.delete')
  async delete(@Param() path: SubscriptionPath, @CurrentClient() client: Client, @Req() request: FastifyRequest): Promise<void> {
    auditChange(request, toSubscriptionView(await this.subscriptions.get(client, path.subscription_id)), undefined);
    await this.subscriptions.delete(client, path.subscription_id);
  }

  /** A new secret; the former one signs as well for a while. */
  @Post(':subscription_id/rotate-secret')
  @Needs('subscriptions.write')
  @HttpCode(200)
  @Audited('subscription.rotate-secret', { idempotent: false })
  async rotate(
    @Param() path: SubscriptionPath,
    @Body() body: RotateSecret,
    @CurrentClient() client: Client,
  ): Promise<SubscriptionWithSecret> {
    const { row, secret } = await this.subscriptions.rotate(client, path.subscription_id, body.overlap_s);
    return { ...toSubscriptionView(row), secret };
  }

  /** Sends a `wxplane.test` event. */
  @Post(':subscription_id/test')
  @Needs('subscriptions.write')
  @HttpCode(202)
  @Audited('subscription.test')
  async test(@Param() path: SubscriptionPath, @CurrentClient() client: Client): Promise<TestDelivery> {
    const delivery_id = await this.subscriptions.test(client, path.subscription_id);
    return { delivery_id };
  }
}
