import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, type Client, ComponentPath, CurrentClient, Needs } from '#service';
import { TagsBody } from '../settings/settings.dto.js';
import { FleetPage, FleetSearch, FleetSummary } from './fleet.dto.js';
import { FleetService } from './fleet.service.js';

@ApiTags('fleet')
@Controller('v1/components/:component_appid')
export class FleetController {
  constructor(private readonly fleet: FleetService) {}

  /** Mini programs and what they run, as last read: this list never calls WeChat. */
  @Get('mini-programs')
  @Needs('mini-programs.read')
  search(@Param() path: ComponentPath, @Query() query: FleetSearch, @CurrentClient() client: Client): Promise<FleetPage> {
    return this.fleet.search(path.component_appid, query, client);
  }

  /** How many run which version. */
  @Get('mini-programs/summary')
  @Needs('mini-programs.read')
  summary(@Param() path: ComponentPath, @CurrentClient() client: Client): Promise<FleetSummary> {
    return this.fleet.summary(path.component_appid, client);
  }

  /** Replaces its tags, by which rollouts find it. */
  @Put('authorizers/:authorizer_appid/tags')
  @Needs('tags.write')
  @Audited('mini-program.tags')
  async tags(@Param() path: AuthorizerPath, @Body() body: TagsBody): Promise<TagsBody> {
    await this.fleet.tag(path.component_appid, path.authorizer_appid, body.tags);
    return { tags: [...new Set(body.tags)] };
  }
}
