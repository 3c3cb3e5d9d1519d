import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Client, ComponentPath, CurrentClient, Needs } from '#service';
import { ComponentPage, ComponentView } from './components.dto.js';
import { ComponentsService } from './components.service.js';

@ApiTags('diagnosis')
@Controller('v1/components')
export class ComponentsController {
  constructor(private readonly components: ComponentsService) {}

  /** The components this deployment serves, and how they are doing. */
  @Get()
  @Needs('components.read')
  list(@CurrentClient() client: Client): Promise<ComponentPage> {
    return this.components.list(client);
  }

  /** One component, and how it is doing. */
  @Get(':component_appid')
  @Needs('components.read')
  get(@Param() path: ComponentPath, @CurrentClient() client: Client): Promise<ComponentView> {
    return this.components.get(path.component_appid, client);
  }
}
