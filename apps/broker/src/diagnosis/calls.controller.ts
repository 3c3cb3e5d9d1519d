import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AccessLog, Audited, type Client, ComponentPath, CurrentClient, Needs, PageQuery } from '#service';
import { BudgetService, beijingDay } from './budget.service.js';
import {
  AuditPage,
  AuditSearch,
  CallCountsQuery,
  CallCountsView,
  CallPage,
  CallSearch,
  type CheckpointPage,
} from './calls.dto.js';
import { CallsService } from './calls.service.js';
import { CheckpointsService } from './checkpoints.service.js';

@ApiTags('diagnosis')
@Controller('v1')
export class CallsController {
  constructor(
    private readonly calls: CallsService,
    private readonly budgets: BudgetService,
    private readonly accessLog: AccessLog,
    private readonly checkpoints: CheckpointsService,
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

  /**
   * The checkpoints of the audit log, newest first: one a minute, chained, and signed where the broker has a key. Whoever keeps one elsewhere
   * can show later that the log before it is what it was.
   */
  @Get('audit-log/checkpoints')
  @Needs('audit.read')
  listCheckpoints(@Query() query: PageQuery): Promise<CheckpointPage> {
    return this.checkpoints.list(query);
  }
}
