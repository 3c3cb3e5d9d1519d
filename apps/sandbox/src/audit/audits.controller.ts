import {
  Body,
  ConflictException,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  ParseEnumPipe,
  ParseIntPipe,
  Post,
  Query,
} from '@nestjs/common';
import { pushView } from '../pushes/push-log.service.js';
import type { AuditTicket } from '../world/app-code.js';
import { World } from '../world/world.service.js';
import { AuditService, type Verdict } from './audit.service.js';
import { AuditQuery, DecideAudit, SetScan } from './audits.dto.js';

const VERDICTS = { approve: 'approve', reject: 'reject', delay: 'delay', withdraw: 'withdraw' } as const;

@Controller('_control')
export class AuditsController {
  constructor(
    private readonly world: World,
    private readonly audits: AuditService,
  ) {}

  @Get('audits')
  list(@Query() query: AuditQuery) {
    const found = [...this.world.audits.values()].filter(
      (ticket) =>
        (query.status === undefined || ticket.status === query.status) && (!query.appid || ticket.appid === query.appid),
    );
    return { total: found.length, audits: found.slice(-query.limit).reverse() };
  }

  @Post('audits/:auditid/:verdict')
  @HttpCode(200)
  async decide(
    @Param('auditid', ParseIntPipe) auditid: number,
    @Param('verdict', new ParseEnumPipe(VERDICTS)) verdict: Verdict,
    @Body() body: DecideAudit,
  ) {
    const ticket = this.world.audits.get(auditid);
    if (!ticket) throw new NotFoundException(`no audit ${auditid}`);
    return this.apply(ticket, verdict, body);
  }

  @Post('merchants/:appid/audit/:verdict')
  @HttpCode(200)
  async decideOf(
    @Param('appid') appid: string,
    @Param('verdict', new ParseEnumPipe(VERDICTS)) verdict: Verdict,
    @Body() body: DecideAudit,
  ) {
    const ticket = this.world.merchant(appid).code?.ticket;
    if (!ticket) throw new ConflictException(`${appid} has no audit`);
    return this.apply(ticket, verdict, body);
  }

  @Post('merchants/:appid/scan')
  @HttpCode(200)
  scan(@Param('appid') appid: string, @Body() body: SetScan) {
    const trial = this.world.merchant(appid).code?.trial;
    if (!trial) throw new ConflictException(`${appid} has no trial version`);
    trial.scanDoneAt = body.done ? this.world.now : Number.POSITIVE_INFINITY;
    if (body.without_auth_list) trial.without_auth_list = body.without_auth_list;
    if (body.without_conf_list) trial.without_conf_list = body.without_conf_list;
    return { ok: true };
  }

  private async apply(ticket: AuditTicket, verdict: Verdict, body: DecideAudit) {
    const push = this.audits.decide(ticket, verdict, {
      reason: body.reason,
      screenshots: body.screenshot_ids ?? body.screenshots,
      push: body.push,
      pushDelayMs: body.push_delay_ms,
    });
    if (body.wait) await push?.done;
    return { audit: ticket, push: push ? pushView(push.record) : null };
  }
}
