import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Client, ComponentPath, CurrentClient, NeedsScope } from '#service';
import { ComponentPage, ComponentView } from './components.dto.js';
import { ComponentsService } from './components.service.js';

@ApiTags('diagnosis')
@Controller('v1/components')
export class ComponentsController {
  constructor(private readonly components: ComponentsService) {}

  /** The components this deployment serves, and how they are doing. */
  @Get()
  @NeedsScope('authorizers:read', 'component-token')
  list(@CurrentClient() client: Client): Promise<ComponentPage> {
    return this.components.list(client);
  }

  /** One component, and how it is doing. */
  @Get(':component_appid')
  @NeedsScope('authorizers:read', 'component-token')
  get(@Param() path: ComponentPath, @CurrentClient() client: Client): Promise<ComponentView> {
    return this.components.get(path.component_appid, client);
  }
}
