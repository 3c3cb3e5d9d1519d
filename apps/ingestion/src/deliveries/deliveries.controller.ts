import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, type Client, CurrentClient, Needs } from '#service';
import { DeliveryPage, DeliveryPath, DeliverySearch, DeliveryView, DeliveryWithAttempts } from './deliveries.dto.js';
import { DELIVERIES, DeliveriesService } from './deliveries.service.js';
import { toDeliveryView } from './delivery.view.js';

@ApiTags('deliveries')
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  /** Newest first. */
  @Get()
  @Needs('subscriptions.read')
  async search(@Query() query: DeliverySearch, @CurrentClient() client: Client): Promise<DeliveryPage> {
    return DELIVERIES.page(await this.deliveries.search(client, query), query, (row) => row.deliveryId, toDeliveryView);
  }

  /** One, with its attempts. */
  @Get(':delivery_id')
  @Needs('subscriptions.read')
  async get(@Param() path: DeliveryPath, @CurrentClient() client: Client): Promise<DeliveryWithAttempts> {
    const { row, attempts } = await this.deliveries.get(client, path.delivery_id);
    const list = attempts.map(({ at, durationMs, status, error, excerpt }) => ({
      at: at.toISOString(),
      duration_ms: durationMs,
      status,
      error,
      excerpt,
    }));
    return { ...toDeliveryView(row), attempt_list: list };
  }

  /** Tries one that failed again, now. */
  @Post(':delivery_id/retry')
  @Needs('subscriptions.write')
  @HttpCode(202)
  @Audited('delivery.retry')
  async retry(@Param() path: DeliveryPath, @CurrentClient() client: Client): Promise<DeliveryView> {
    return toDeliveryView(await this.deliveries.retry(client, path.delivery_id));
  }
}
