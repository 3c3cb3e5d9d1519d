import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Client, ComponentPath, CurrentClient, Needs } from '#service';
import { ViolationGroupPage, ViolationPage, ViolationSearch } from './violation.dto.js';
import { ViolationService } from './violation.service.js';

/** Violations that WeChat has recorded (违规记录). */
@ApiTags('fleet')
@Controller('v1/components/:component_appid/violations')
export class ViolationController {
  constructor(private readonly violations: ViolationService) {}

  /** Newest first. */
  @Get()
  @Needs('mini-programs.read')
  list(@Param() path: ComponentPath, @Query() query: ViolationSearch, @CurrentClient() client: Client): Promise<ViolationPage> {
    return this.violations.list(path.component_appid, query, client);
  }

  /** Those of the last ninety days by rule, reason, template and version: one cause often hits many. */
  @Get('groups')
  @Needs('mini-programs.read')
  groups(@Param() path: ComponentPath, @CurrentClient() client: Client): Promise<ViolationGroupPage> {
    return this.violations.groups(path.component_appid, client);
  }
}
