import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { pushView } from '../pushes/push-log.service.js';
import { TicketService } from '../pushes/ticket.service.js';
import { World } from '../world/world.service.js';
import { CreateComponent, PatchComponent } from './components.dto.js';
import { ComponentsService, componentView } from './components.service.js';

@Controller('_control/components')
export class ComponentsController {
  constructor(
    private readonly world: World,
    private readonly components: ComponentsService,
    private readonly tickets: TicketService,
  ) {}

  @Post()
  create(@Body() body: CreateComponent) {
    return componentView(this.components.create(body));
  }

  @Get()
  list() {
    return { components: [...this.world.components.values()].map((component) => componentView(component)) };
  }

  @Get(':component')
  read(@Param('component') appid: string) {
    return componentView(this.world.component(appid));
  }

  @Patch(':component')
  patch(@Param('component') appid: string, @Body() body: PatchComponent) {
    return componentView(this.components.patch(appid, body));
  }

  @Delete(':component')
  remove(@Param('component') appid: string) {
    this.components.remove(appid);
    return { ok: true };
  }

  @Post(':component/ticket')
  @HttpCode(200)
  async ticket(@Param('component') appid: string) {
    return pushView(await this.tickets.push(this.world.component(appid)).done);
  }
}
