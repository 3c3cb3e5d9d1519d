import { Body, Controller, Get, Header, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { World } from '../world/world.service.js';
import { PatchSettings, StateQuery } from './settings.dto.js';
import { StatePage } from './state.page.js';
import { StateService } from './state.service.js';

const HTML = 'text/html; charset=utf-8';

@Controller()
export class StateController {
  constructor(
    private readonly world: World,
    private readonly state: StateService,
    private readonly page: StatePage,
  ) {}

  /** With the process id: whoever starts it can tell it from somebody else's on the same port. */
  @Get('_control/health')
  @Header('x-process-id', String(process.pid))
  health() {
    return { status: 'ok' };
  }

  @Post('_control/reset')
  @HttpCode(200)
  reset() {
    this.world.reset();
    this.world.clock.reset();
    return { ok: true };
  }

  @Get('_control/settings')
  settings() {
    return this.world.settings;
  }

  @Patch('_control/settings')
  change(@Body() body: PatchSettings) {
    return Object.assign(this.world.settings, body);
  }

  @Get('_control/state')
  dump(@Query() query: StateQuery) {
    return this.state.dump(query, query.reveal === '1');
  }

  @Get()
  @Header('content-type', HTML)
  home() {
    return this.page.render();
  }

  /** The changing part of the page, which it reads again and again. */
  @Get('_control/page')
  @Header('content-type', HTML)
  fragment() {
    return this.page.body().text;
  }
}
