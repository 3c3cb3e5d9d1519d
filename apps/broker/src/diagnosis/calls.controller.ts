import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AccessLog, Audited, type Client, ComponentPath, CurrentClient, Needs } from '#service';
import { BudgetService, beijingDay } from './budget.service.js';
import { AuditPage, AuditSearch, CallCountsQuery, CallCountsView, CallPage, CallSearch } from './calls.dto.js';
import { CallsService } from './calls.service.js';

@ApiTags('diagnosis')
@Controller('v1')
export class CallsController {
  constructor(
    private readonly calls: CallsService,
    private readonly budgets: BudgetService,
    private readonly accessLog: AccessLog,
  ) {}

  /** Calls of WeChat's API, newest first, kept for some days. With the `rid` WeChat's support can look one up. */
  @Get('components/:component_appid/calls')
  @Needs('calls.read')
  list(@Param() path: ComponentPath, @Query() query: CallSearch): Promise<CallPage> {
    return this.calls.calls(path.component_appid, query);
  }

  /** How often each API was called on a day, and what the operator allows. */
  @Get('components/:component_appid/call-counts')
  @Needs('calls.read')
  async counts(@Param() path: ComponentPath, @Query() query: CallCountsQuery): Promise<CallCountsView> {
    const day = query.day ?? beijingDay();
    return { component_appid: path.component_appid, day, items: await this.budgets.counts(path.component_appid, day) };
  }

  /** Who revealed or wrote what, when, from where; newest first. What other replicas counted within the last minute may be missing. */
  @Get('audit-log')
  @Needs('audit.read')
  @Audited('audit-log.read', { idempotent: false })
  async audit(@Query() query: AuditSearch, @CurrentClient() client: Client): Promise<AuditPage> {
    await this.accessLog.flush();
    return this.calls.audit(query, client);
  }
}
