import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { RunReleaseCheck } from './release-check.dto.js';
import { ReleaseCheckService } from './release-check.service.js';

@Controller('_control/release-check')
export class ReleaseCheckController {
  constructor(private readonly check: ReleaseCheckService) {}

  @Post()
  @HttpCode(200)
  run(@Body() body: RunReleaseCheck) {
    return this.check.run(body);
  }
}
