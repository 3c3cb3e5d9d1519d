import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, type Client, ComponentPath, CurrentClient, DomainError, Needs, requireUnrestrictedClient } from '#service';
import { SyncPath, SyncView } from './sync.dto.js';
import { SyncService } from './sync.service.js';

@ApiTags('authorizers')
@Controller('v1/components/:component_appid/authorizers/sync')
export class SyncController {
  constructor(private readonly syncs: SyncService) {}

  /** Starts a run through WeChat's list of authorizers. Ask for its progress by its id. */
  @Post()
  @HttpCode(202)
  @Needs('authorizers.sync')
  @Audited('authorizers.sync')
  start(@Param() path: ComponentPath, @CurrentClient() client: Client): Promise<SyncView> {
    requireUnrestrictedClient(client);
    return this.syncs.start(path.component_appid, client.clientId);
  }

  /** How far a run has come. */
  @Get(':sync_id')
  @Needs('syncs.read')
  async get(@Param() path: SyncPath, @CurrentClient() client: Client): Promise<SyncView> {
    if (client.authorizers !== undefined)
      throw new DomainError('not-found', 'There is no sync for a client with a list of accounts.');
    return this.syncs.get(path.component_appid, path.sync_id);
  }
}
