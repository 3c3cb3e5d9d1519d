import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Query,
} from '@nestjs/common';
import { World } from '../world/world.service.js';
import { PushService, type PushTicket, SYSTEM_OPENID } from './push.service.js';
import { PushFaults } from './push-faults.service.js';
import { PushLog, pushView } from './push-log.service.js';
import { CreatePushFault, PushQuery, SendPush } from './pushes.dto.js';
import { TicketService } from './ticket.service.js';
import { readElement } from './xml.domain.js';

@Controller('_control')
export class PushesController {
  constructor(
    private readonly world: World,
    private readonly pushes: PushService,
    private readonly tickets: TicketService,
    private readonly log: PushLog,
    private readonly faults: PushFaults,
  ) {}

  @Post('pushes')
  @HttpCode(200)
  async send(@Body() body: SendPush) {
    const sent = Array.from({ length: body.repeat }, () => this.sendOne(body));
    return { pushes: (await Promise.all(sent.map((ticket) => ticket.done))).map((record) => pushView(record, true)) };
  }

  @Post('pushes/:id/replay')
  @HttpCode(200)
  async replay(@Param('id', ParseIntPipe) id: number) {
    const former = this.log.find(id);
    if (!former) throw new NotFoundException(`no push ${id}`);
    return pushView(await this.pushes.replay(former).done);
  }

  @Get('pushes')
  list(@Query() query: PushQuery) {
    return this.log.list(query, query.reveal === '1');
  }

  /** One, with its content. */
  @Get('pushes/:id')
  one(@Param('id', ParseIntPipe) id: number) {
    const record = this.log.find(id);
    if (!record) throw new NotFoundException(`no push ${id}`);
    return pushView(record, true);
  }

  @Delete('pushes')
  clear() {
    this.log.clear();
    return { ok: true };
  }

  @Post('push-faults')
  addFault(@Body() body: CreatePushFault) {
    return this.faults.add(body);
  }

  @Get('push-faults')
  listFaults() {
    return { faults: this.faults.list() };
  }

  @Delete('push-faults/:id')
  removeFault(@Param('id', ParseIntPipe) id: number) {
    this.faults.remove(id);
    return { ok: true };
  }

  @Delete('push-faults')
  clearFaults() {
    this.faults.clear();
    return { ok: true };
  }

  private sendOne(body: SendPush): PushTicket {
    const component = this.world.component(body.component_appid);
    const { tamper, timestamp, nonce } = body;
    const wire = { tamper, timestamp, nonce };
    if (body.channel === 'events') {
      if (body.info_type === 'component_verify_ticket' && !body.fields && !body.xml) return this.tickets.push(component, wire);
      const kind = body.kind ?? body.info_type ?? readElement(body.xml ?? '', 'InfoType') ?? 'custom';
      const head = { AppId: component.appid, CreateTime: body.create_time ?? this.world.nowS, InfoType: body.info_type ?? kind };
      return this.pushes.send({
        component,
        kind,
        message: body.xml ?? this.pushes.written({ ...head, ...body.fields }),
        ...wire,
      });
    }
    if (!body.authorizer_appid) throw new BadRequestException('authorizer_appid is needed for messages');
    const merchant = this.world.merchant(body.authorizer_appid);
    const openid = body.openid ?? SYSTEM_OPENID;
    const kind =
      body.kind ?? body.event ?? readElement(body.xml ?? '', 'Event') ?? readElement(body.xml ?? '', 'MsgType') ?? 'custom';
    const head = {
      ToUserName: merchant.user_name,
      FromUserName: openid,
      CreateTime: body.create_time ?? this.world.nowS,
      MsgType: 'event',
      Event: body.event ?? kind,
    };
    return this.pushes.send({
      component,
      merchant,
      kind,
      openid,
      message: body.xml ?? this.pushes.written({ ...head, ...body.fields }),
      ...wire,
    });
  }
}
