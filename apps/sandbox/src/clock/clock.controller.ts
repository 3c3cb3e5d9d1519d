import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ChangeClock } from './clock.dto.js';
import { ClockService } from './clock.service.js';

@Controller('_control/clock')
export class ClockController {
  constructor(private readonly clock: ClockService) {}

  @Get()
  read() {
    const now = this.clock.now();
    return { now_s: Math.floor(now / 1000), now_ms: now, speed: this.clock.speed };
  }

  @Post()
  @HttpCode(200)
  change(@Body() body: ChangeClock) {
    this.clock.change(body);
    return this.read();
  }
}
