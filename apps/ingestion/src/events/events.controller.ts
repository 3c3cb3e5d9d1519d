import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Audited, type AuditedCall, auditAs, type Client, CurrentClient, mayUse, Needs } from '#service';
import { EVENTS } from './event.repository.js';
import { toEventView } from './event.view.js';
import { EventPage, EventPath, EventSearch, EventWithContent, ReplayEvent, ReplayRange, ReplayResult } from './events.dto.js';
import { EventsService } from './events.service.js';

@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  /** What WeChat pushed, newest first, without content. */
  @Get()
  @Needs('events.list')
  async search(@Query() query: EventSearch, @CurrentClient() client: Client): Promise<EventPage> {
    const rows = await this.events.search(client, query);
    return EVENTS.page(
      rows,
      query,
      ([row]) => row.eventId,
      ([row, progress]) => toEventView(row, progress),
    );
  }

  /** One event, what was done with it, and (scope `events:read`) its content. Looking at content is in the audit log. */
  @Get(':event_id')
  @Needs('events.list')
  @Audited('event.reveal', { idempotent: false, entry: ({ answer }) => (answer && !('content' in answer) ? null : {}) })
  async get(@Param() path: EventPath, @CurrentClient() client: Client): Promise<EventWithContent> {
    const { row, effects } = await this.events.get(client, path.event_id);
    const may = mayUse(client, 'events.read');
    const content = may ? this.events.contentOf(row) : undefined;
    return {
      ...toEventView(row, this.events.progress(row, effects)),
      effects: effects.map(({ consumer, state, attempts, note, at }) => ({
        consumer,
        state,
        attempts,
        note,
        at: at.toISOString(),
      })),
      ...(content === undefined ? {} : { content }),
      ...(content === null ? { raw: this.events.rawOf(row) } : {}),
    };
  }

  /** Sends every event of a range out again: to one subscription, or (scope `admin`) to broker and release. */
  @Post('replay')
  @Needs('events.replay')
  @HttpCode(202)
  @Audited('event.replay-range', { entry: ({ body, answer }) => ({ subject: rangeText(body, answer) }) })
  async replayRange(@Body() body: ReplayRange, @CurrentClient() client: Client): Promise<ReplayResult> {
    return { events: await this.events.replayRange(client, body) };
  }

  /** Sends one event out again. */
  @Post(':event_id/replay')
  @Needs('events.replay')
  @HttpCode(202)
  @Audited('event.replay')
  async replay(
    @Param() path: EventPath,
    @Body() body: ReplayEvent,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<ReplayResult> {
    const { events, accepted } = await this.events.replayOne(client, path.event_id, body);
    if (accepted) auditAs(request, { action: 'event.accept' });
    return { events };
  }
}

/** What a range was, refused ones included, and how many events went out again. */
function rangeText(body: AuditedCall['body'], answer: AuditedCall['answer']): string {
  const { from = '', to = '', subscription_id = '' } = body;
  const count = answer ? `${answer['events']} events` : '';
  return `${from}/${to} ${subscription_id} ${count}`.trim().slice(0, 128);
}
