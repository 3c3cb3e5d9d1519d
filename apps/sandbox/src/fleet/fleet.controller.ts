import { Body, ConflictException, Controller, HttpCode, Param, ParseEnumPipe, Post } from '@nestjs/common';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import { PushService } from '../pushes/push.service.js';
import { pushView } from '../pushes/push-log.service.js';
import type { XmlFields } from '../pushes/xml.domain.js';
import { World } from '../world/world.service.js';
import { FleetStore, type Violation } from './fleet.store.js';

const VERDICTS = { approve: 'approve', reject: 'reject' } as const;
const APPROVED = 4;
const REJECTED = 3;
const IN_AUDIT = 2;

class Decide {
  @IsOptional() @IsString() reason: string = '';
}

class NewViolation {
  @IsOptional() @IsString() reason: string = '内容涉嫌欺诈';
  /** Empty: the record has none. */
  @IsOptional() @IsString() content: string = '页面 pages/index 的商品描述';
  @IsOptional() @IsString() rule_name: string = '运营规范 5.1';
  @IsOptional() @IsInt() create_time?: number;
  /** Whether an event tells of it. */
  @IsOptional() @IsBoolean() push: boolean = true;
}

const TRADE_EVENTS = ['trade_manage_remind_access_api', 'trade_manage_remind_shipping', 'trade_manage_order_settlement'] as const;

class Trade {
  @IsOptional() @IsBoolean() managed: boolean = true;
  @IsOptional() @IsBoolean() confirmed: boolean = true;
  @IsOptional() @IsIn(TRADE_EVENTS) event?: (typeof TRADE_EVENTS)[number];
}

/** What WeChat's people and machines do with apps that are online. */
@Controller('_control/merchants/:appid')
export class FleetController {
  constructor(
    private readonly world: World,
    private readonly store: FleetStore,
    private readonly pushes: PushService,
  ) {}

  @Post('order-path/:verdict')
  @HttpCode(200)
  async orderPath(
    @Param('appid') appid: string,
    @Param('verdict', new ParseEnumPipe(VERDICTS)) verdict: keyof typeof VERDICTS,
    @Body() { reason }: Decide,
  ) {
    const asked = this.store.underAudit.get(appid);
    if (asked?.status !== IN_AUDIT) throw new ConflictException(`${appid} has no order path under audit`);
    asked.status = verdict === 'approve' ? APPROVED : REJECTED;
    if (verdict === 'approve') this.store.online.set(appid, asked);
    const { audit_id, status, apply_time, component } = asked;
    const entry = { appid, audit_id, status, apply_time, audit_time: this.world.nowS, reason };
    const push = this.pushes.event(component, 'order_path_audit_result_notify', { list: [entry] });
    await push.done;
    return { push: pushView(push.record) };
  }

  @Post('violations')
  async violation(@Param('appid') appid: string, @Body() body: NewViolation) {
    const merchant = this.world.merchant(appid);
    const record: Violation = {
      illegal_record_id: `2_${this.store.nextId('violation')}`,
      create_time: body.create_time ?? this.world.nowS,
      illegal_reason: body.reason,
      ...(body.content ? { illegal_content: body.content } : {}),
      rule_url: 'https://developers.weixin.qq.com/miniprogram/product/',
      rule_name: body.rule_name,
    };
    this.store.violations.set(appid, [...(this.store.violations.get(appid) ?? []), record]);
    if (body.push) await this.tell(appid, 'wxa_illegal_record', { ...record, appid });
    return { record, user_name: merchant.user_name };
  }

  @Post('trade')
  @HttpCode(200)
  async trade(@Param('appid') appid: string, @Body() { managed, confirmed, event }: Trade) {
    this.world.merchant(appid);
    if (managed) this.store.traded.set(appid, { confirmed });
    else this.store.traded.delete(appid);
    if (event) await this.tell(appid, event, { msg: '请尽快上报发货信息' });
    return { managed };
  }

  private async tell(appid: string, event: string, fields: XmlFields): Promise<void> {
    const merchant = this.world.merchant(appid);
    await this.pushes.accountEvent(this.world.componentOf(appid, undefined), merchant, event, fields).done;
  }
}
