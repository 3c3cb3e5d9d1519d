import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Audited, auditChange, type Client, ComponentPath, CurrentClient, Needs } from '#service';
import { toChannelView, toNoticeView } from './channel.view.js';
import {
  ChangeChannel,
  ChannelPage,
  ChannelPath,
  ChannelSearch,
  ChannelTestView,
  ChannelView,
  ChannelWithCounts,
  CreateChannel,
  NoticePage,
  NoticeSearch,
  NoticesRetried,
} from './channels.dto.js';
import { CHANNELS, ChannelsService, NOTICES, positionOf } from './channels.service.js';

@ApiTags('channels')
@Controller('v1/components/:component_appid/channels')
export class ChannelsController {
  constructor(private readonly channels: ChannelsService) {}

  /** Has people told of releases by a robot or by mail. Where it leads is a secret, and is never shown again. */
  @Post()
  @Needs('channels.write')
  @Audited('channel.create')
  async create(@Param() path: ComponentPath, @Body() body: CreateChannel, @CurrentClient() client: Client): Promise<ChannelView> {
    return toChannelView(await this.channels.create(client, path.component_appid, body));
  }

  /** The channels of the component, oldest first. */
  @Get()
  @Needs('channels.read')
  async list(@Param() path: ComponentPath, @Query() query: ChannelSearch, @CurrentClient() client: Client): Promise<ChannelPage> {
    return CHANNELS.page(await this.channels.list(client, path.component_appid, query), query, positionOf, toChannelView);
  }

  /** One channel, how it does, and what waits or has failed. */
  @Get(':channel_id')
  @Needs('channels.read')
  async get(@Param() path: ChannelPath, @CurrentClient() client: Client): Promise<ChannelWithCounts> {
    const row = await this.channels.get(client, path);
    return { ...toChannelView(row), ...(await this.channels.counts(row.channelId)) };
  }

  /** Changes it, or switches it off and on. */
  @Patch(':channel_id')
  @Needs('channels.write')
  @Audited('channel.change')
  async change(
    @Param() path: ChannelPath,
    @Body() body: ChangeChannel,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<ChannelView> {
    const before = toChannelView(await this.channels.get(client, path));
    const after = toChannelView(await this.channels.change(client, path, body));
    auditChange(request, before, after);
    return after;
  }

  /** Nothing more is told there. */
  @Delete(':channel_id')
  @Needs('channels.write')
  @HttpCode(204)
  @Audited('channel.delete')
  async delete(@Param() path: ChannelPath, @CurrentClient() client: Client, @Req() request: FastifyRequest): Promise<void> {
    auditChange(request, toChannelView(await this.channels.get(client, path)), undefined);
    await this.channels.delete(client, path);
  }

  /** Sends a test message at once, and says whether it was taken; it is not tried again. */
  @Post(':channel_id/test')
  @Needs('channels.write')
  @HttpCode(200)
  @Audited('channel.test', { idempotent: false })
  async test(@Param() path: ChannelPath, @CurrentClient() client: Client): Promise<ChannelTestView> {
    const { error } = await this.channels.test(client, path);
    return { delivered: error === undefined, error: error ?? null };
  }

  /** What was told there, or waits, newest first. */
  @Get(':channel_id/notices')
  @Needs('channels.read')
  async told(@Param() path: ChannelPath, @Query() query: NoticeSearch, @CurrentClient() client: Client): Promise<NoticePage> {
    const rows = await this.channels.told(client, path, query);
    return NOTICES.page(rows, query, ({ noticeId }) => noticeId, toNoticeView);
  }

  /** Tries again what has failed for the last time. */
  @Post(':channel_id/retry')
  @Needs('channels.write')
  @HttpCode(200)
  @Audited('channel.retry')
  async retry(@Param() path: ChannelPath, @CurrentClient() client: Client): Promise<NoticesRetried> {
    return { retried: await this.channels.retry(client, path) };
  }
}
