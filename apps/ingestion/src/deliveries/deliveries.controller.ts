import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { DeliveryEntity } from '#persistence';
import { Audited, type Client, CurrentClient, NeedsScope } from '#service';
import { DeliveryList, DeliveryPath, DeliverySearch, DeliveryView, DeliveryWithAttempts } from './deliveries.dto.js';
import { DeliveriesService } from './deliveries.service.js';

@ApiTags('deliveries')
@Controller('v1/deliveries')
@NeedsScope('subscriptions:write')
export class DeliveriesController {
  constructor(@Inject(DeliveriesService) private readonly deliveries: DeliveriesService) {}

  /** Newest first. */
  @Get()
  async search(@Query() query: DeliverySearch, @CurrentClient() client: Client): Promise<DeliveryList> {
    const { rows, next } = await this.deliveries.search(client, query);
    return { items: rows.map(toView), next_cursor: next };
  }

  /** One, with its attempts. */
  @Get(':delivery_id')
  async get(@Param() path: DeliveryPath, @CurrentClient() client: Client): Promise<DeliveryWithAttempts> {
    const { row, attempts } = await this.deliveries.get(client, path.delivery_id);
    const list = attempts.map(({ at, durationMs, status, error, excerpt }) => ({
      at: at.toISOString(),
      duration_ms: durationMs,
      status,
      error,
      excerpt,
    }));
    return { ...toView(row), attempt_list: list };
  }

  /** Tries one that failed again, now. */
  @Post(':delivery_id/retry')
  @HttpCode(202)
  @Audited('delivery.retry')
  async retry(@Param() path: DeliveryPath, @CurrentClient() client: Client): Promise<DeliveryView> {
    return toView(await this.deliveries.retry(client, path.delivery_id));
  }
}

function toView(row: DeliveryEntity): DeliveryView {
  return {
    delivery_id: row.deliveryId,
    subscription_id: row.subscriptionId,
    event_id: row.eventId === '0' ? null : row.eventId,
    kind: row.kind,
    authorizer_appid: row.authorizerAppid || null,
    replay: row.eventId !== '0' && row.replay !== '',
    state: row.state,
    attempts: row.attempts,
    next_attempt_at: row.state === 'pending' ? row.nextAttemptAt.toISOString() : null,
    last_status: row.lastStatus,
    last_error: row.lastError,
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  };
}
