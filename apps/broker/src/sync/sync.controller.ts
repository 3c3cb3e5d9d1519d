import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccessLog, type Client, ComponentPath, CurrentClient, NeedsScope, requireWholePlatform } from '#service';
import { SyncPath, SyncResponse } from './sync.dto.js';
import { SyncService } from './sync.service.js';

@ApiTags('authorizers')
@Controller('v1/components/:component_appid/authorizers/sync')
export class SyncController {
  constructor(
    private readonly syncs: SyncService,
    private readonly accessLog: AccessLog,
  ) {}

  /** Starts a run through WeChat's list of authorizers. Ask for its progress by its id. */
  @Post()
  @HttpCode(202)
  @NeedsScope('authorizations:write')
  async start(
    @Param() path: ComponentPath,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<SyncResponse> {
    requireWholePlatform(client);
    const sync = await this.syncs.start(path.component_appid, client.clientId);
    this.accessLog.recordRequest(client, request, {
      action: 'authorizers.sync',
      componentAppid: path.component_appid,
      subject: String(sync.sync_id),
    });
    return sync;
  }

  /** How far a run has come. */
  @Get(':sync_id')
  @NeedsScope('authorizers:read', 'authorizations:write')
  get(@Param() path: SyncPath, @CurrentClient() client: Client): Promise<SyncResponse> {
    requireWholePlatform(client);
    return this.syncs.get(path.component_appid, path.sync_id);
  }
}
