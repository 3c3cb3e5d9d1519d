import { BadRequestException, Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { AuthorizationService } from '../authorizers/authorization.service.js';
import { PushService, type PushTicket } from '../pushes/push.service.js';
import { pushView } from '../pushes/push-log.service.js';
import { readElement, type XmlFields } from '../pushes/xml.domain.js';
import type { Component, Merchant } from '../world/model.js';
import { newOpenid, urlSafe } from '../world/random.js';
import { World } from '../world/world.service.js';
import { BulkMerchants, CreateMerchant, MerchantQuery, PatchMerchant, UserMessage } from './merchants.dto.js';
import { MerchantsService } from './merchants.service.js';

@Controller('_control/merchants')
export class MerchantsController {
  constructor(
    private readonly world: World,
    private readonly merchants: MerchantsService,
    private readonly authorizations: AuthorizationService,
    private readonly pushes: PushService,
  ) {}

  @Post()
  create(@Body() body: CreateMerchant) {
    return this.merchants.view(this.merchants.create(body));
  }

  @Post('bulk')
  bulk(@Body() body: BulkMerchants) {
    const component = body.authorize_to ? this.world.component(body.authorize_to) : undefined;
    const appids: string[] = [];
    const refreshTokens: Record<string, string> = {};
    let number = 1;
    while (appids.length < body.count) {
      const appid = `${body.appid_prefix}${String(number++).padStart(6, '0')}`;
      if (this.world.merchants.has(appid)) continue;
      const merchant = this.merchants.create({ appid, kind: body.kind });
      appids.push(appid);
      if (!component) continue;
      const { authorization } = this.authorizations.grant(component, merchant, {
        sets: body.sets,
        push: body.push ? 'send' : 'none',
      });
      if (!body.exchanged) continue;
      authorization.exchangedGrant = authorization.grant;
      refreshTokens[appid] = authorization.refreshToken;
    }
    return {
      created: appids.length,
      first_appid: appids[0],
      last_appid: appids.at(-1),
      appids,
      ...(body.exchanged && { refresh_tokens: refreshTokens }),
    };
  }

  @Get()
  list(@Query() query: MerchantQuery) {
    const { total, merchants } = this.merchants.list(query);
    return { total, merchants: merchants.map((merchant) => this.merchants.view(merchant)) };
  }

  @Get(':appid')
  read(@Param('appid') appid: string) {
    return this.merchants.view(this.world.merchant(appid));
  }

  @Patch(':appid')
  patch(@Param('appid') appid: string, @Body() body: PatchMerchant) {
    return this.merchants.view(Object.assign(this.world.merchant(appid), body));
  }

  /** A user writes to the account. */
  @Post(':appid/messages')
  @HttpCode(200)
  async message(@Param('appid') appid: string, @Body() body: UserMessage) {
    const merchant = this.world.merchant(appid);
    const component = this.world.componentOf(appid, body.component_appid);
    const record = await this.sendAsUser(component, merchant, body).done;
    return { push: pushView(record), reply: record.reply };
  }

  private sendAsUser(component: Component, merchant: Merchant, body: UserMessage): PushTicket {
    const openid = body.openid ?? newOpenid();
    if (body.xml) {
      const kind = readElement(body.xml, 'Event') ?? readElement(body.xml, 'MsgType') ?? 'custom';
      return this.pushes.send({ component, merchant, kind, message: body.xml, openid });
    }
    if (body.event) return this.pushes.accountEvent(component, merchant, body.event, userEvent(body), { openid });
    if (body.content === undefined) throw new BadRequestException('content, event or xml is needed');
    return this.pushes.userText(component, merchant, openid, body.content);
  }
}

const WITH_EVENT_KEY = /^(un)?subscribe$|^(SCAN|CLICK|VIEW)$/;

/** Events of users have an `EventKey` also when it says nothing; one that came by a code has the code's ticket. */
function userEvent({ event = '', event_key = '' }: UserMessage): XmlFields {
  if (!WITH_EVENT_KEY.test(event) && !event_key) return {};
  const scanned = event === 'SCAN' || event_key.startsWith('qrscene_');
  return { EventKey: event_key, ...(scanned && { Ticket: `gQ${urlSafe(94)}==` }) };
}
