import { BadRequestException, Body, Controller, HttpCode, Post } from '@nestjs/common';
import { World } from '../world/world.service.js';
import { SetQuotas } from './quotas.dto.js';
import { Quotas } from './quotas.service.js';

@Controller('_control/quotas')
export class QuotasController {
  constructor(
    private readonly world: World,
    private readonly quotas: Quotas,
  ) {}

  @Post()
  @HttpCode(200)
  set(@Body() body: SetQuotas) {
    if (!body.component_appid && !body.path) throw new BadRequestException('component_appid or path is needed');
    if (body.component_appid) this.setMonthly(body.component_appid, body);
    if (body.path) this.setPath(body.path, body);
    return { ok: true };
  }

  private setMonthly(appid: string, body: SetQuotas): void {
    const component = this.world.component(appid);
    const monthly = this.quotas.monthly(component);
    if (body.submit_limit !== undefined) component.options.submit_limit = body.submit_limit;
    if (body.speedup_limit !== undefined) component.options.speedup_limit = body.speedup_limit;
    if (body.submit_used !== undefined) monthly.submitUsed = body.submit_used;
    if (body.speedup_used !== undefined) monthly.speedupUsed = body.speedup_used;
  }

  private setPath(path: string, body: SetQuotas): void {
    this.quotas.setLimit(path, body.appid, {
      ...(body.daily_limit !== undefined && { daily: body.daily_limit }),
      ...(body.per_minute !== undefined && { perMinute: body.per_minute }),
    });
    if (body.used !== undefined && body.appid) this.quotas.setUsed(path, body.appid, body.used);
  }
}
