import { Body, ConflictException, Controller, HttpCode, Param, ParseEnumPipe, Post } from '@nestjs/common';
import { IsArray, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString } from 'class-validator';
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

class Punish {
  /** 1 warning, 2 functions, 3 taken down, 4 account, 10 (or 5) page. */
  @IsIn([1, 2, 3, 4, 5, 10]) event_type!: number;
  @IsOptional() @IsString() reason: string = '内容涉嫌欺诈';
  @IsOptional() @IsArray() @IsString({ each: true }) content: string[] = ['页面 pages/index 的商品描述'];
  @IsOptional() @IsString() rule_name: string = '运营规范 5.1';
  @IsOptional() @IsObject() detail: Record<string, unknown> = {};
}

class DecideAppeal {
  /** 2 upheld, 3 rejected, 4 withdrawn. */
  @IsIn([2, 3, 4]) status!: number;
  @IsOptional() @IsString() reason: string = '';
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

  /** A punishment (fleet reference §1.5); `detail` is a text with JSON in it. */
  @Post('punishments')
  async punish(@Param('appid') appid: string, @Body() body: Punish) {
    const punish_id = `9_${this.store.nextId('punishment')}`;
    const { event_type, reason, content, rule_name, detail } = body;
    await this.tell(appid, 'wxa_punish_event', {
      ...{ event_type, punish_id, appid, punish_time: this.world.nowS, illegal_reason: reason, illegal_content: content },
      ...{ rule_name, rule_url: 'https://developers.weixin.qq.com/miniprogram/product/', adjust_guide_url: '' },
      detail: JSON.stringify(detail),
    });
    return { punish_id };
  }

  /** WeChat decides the open appeal; an event tells of it (fleet reference §1.4: singular names). */
  @Post('appeal')
  @HttpCode(200)
  async decideAppeal(@Param('appid') appid: string, @Body() { status, reason }: DecideAppeal) {
    const appeal = (this.store.appeals.get(appid) ?? []).find(({ appeal_status }) => appeal_status === 1);
    if (!appeal) throw new ConflictException(`${appid} has no open appeal`);
    appeal.appeal_status = status;
    appeal.audit_time = this.world.nowS;
    appeal.audit_reason = reason;
    const { illegal_record_id: _, materials, ...told } = appeal;
    const material = materials.map(({ illegal_material, appeal_material: { reason: why, proof_material_ids } }) => ({
      illegal_material,
      appeal_material: { reason: why, proof_material_id: [...proof_material_ids] },
    }));
    await this.tell(appid, 'wxa_appeal_record', { ...told, appid, material } as XmlFields);
    return appeal;
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
