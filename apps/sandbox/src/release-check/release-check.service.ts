import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AuthorizationService } from '../authorizers/authorization.service.js';
import { MerchantsService } from '../merchants/merchants.service.js';
import { PushService } from '../pushes/push.service.js';
import type { PushRecord } from '../pushes/push-log.service.js';
import { TicketService } from '../pushes/ticket.service.js';
import { readElement } from '../pushes/xml.domain.js';
import { UsersService } from '../users/users.service.js';
import type { Authorization, Component, Merchant, MerchantKind } from '../world/model.js';
import { newOpenid } from '../world/random.js';
import { World } from '../world/world.service.js';
import type { RunReleaseCheck } from './release-check.dto.js';

/** WeChat's test accounts (authorization reference §4). */
const GROUPS: ReadonlyArray<Record<MerchantKind, readonly [appid: string, userName: string]>> = [
  { mp: ['wx570bc396a51b8ff8', 'gh_3c884a361561'], miniprogram: ['wxd101a85aa106f53e', 'gh_8dad206e9538'] },
  { mp: ['wx9252c5e0bb1836fc', 'gh_c0f28a78b318'], miniprogram: ['wxc39235c15087f6f3', 'gh_905ae9d01059'] },
  { mp: ['wx8e1097c5bc82cde9', 'gh_3f222ed8d140'], miniprogram: ['wx7720d01d4b2a4500', 'gh_393666f1fdf4'] },
  { mp: ['wx14550af28c71a144', 'gh_26128078e9ab'], miniprogram: ['wx05d483572dcd5d8b', 'gh_39abb5d4e1b7'] },
  { mp: ['wxa35b9c23cfe664eb', 'gh_2b3713f184a6'], miniprogram: ['wx5910277cae6fd970', 'gh_7818dcb60240'] },
];
const TEXT = 'TESTCOMPONENT_MSG_TYPE_TEXT';
const MESSAGE_SET: Record<MerchantKind, number> = { mp: 1, miniprogram: 19 };
const CODE_LIFE_S = 600;
const LOOK_EVERY_MS = 50;

export interface CheckCase {
  name: string;
  passed: boolean;
  skipped: boolean;
  detail: string;
}

/** 全网发布接入检测: authorises a pair of test accounts, plays the cases, takes the authorization back. */
@Injectable()
export class ReleaseCheckService {
  constructor(
    private readonly world: World,
    private readonly merchants: MerchantsService,
    private readonly authorizations: AuthorizationService,
    private readonly pushes: PushService,
    private readonly tickets: TicketService,
    private readonly users: UsersService,
  ) {}

  async run(order: RunReleaseCheck): Promise<{ group: number; passed: boolean; cases: CheckCase[] }> {
    const group = order.group ?? 1 + Math.floor(Math.random() * GROUPS.length);
    const component = this.at(this.world.component(order.component_appid), order);
    const cases: CheckCase[] = [];
    cases.push(pushCase('ticket', await this.tickets.push(component).done));
    const [mp, mini] = (['mp', 'miniprogram'] as const).map((kind) => this.account(group, kind)) as [Merchant, Merchant];
    const granted = [mp, mini].map((merchant) => this.authorizations.grant(component, merchant, { alwaysPush: true }));
    const told = await Promise.all(granted.map((one) => one.push!.done));
    cases.push(pushCase('authorized', ...told));
    try {
      cases.push(await this.passiveText(component, mp));
      cases.push(await this.apiText('mp_api_text', component, mp, order.timeout_ms));
      cases.push(await this.apiText('miniprogram_api_text', component, mini, order.timeout_ms));
      cases.push(await this.event(component, mp));
    } finally {
      const ended = await Promise.all(granted.map(({ authorization }) => this.authorizations.cancel(authorization).done));
      cases.push(pushCase('unauthorized', ...ended));
    }
    return { group, passed: cases.every((one) => one.passed || one.skipped), cases };
  }

  /** The component itself, or the same one reached at other URLs (its test version). */
  private at(component: Component, order: RunReleaseCheck): Component {
    const { auth_event_url: events, message_event_url: messages } = order;
    if (!events && !messages) return component;
    const options = {
      ...component.options,
      ...(events && { auth_event_url: events }),
      ...(messages && { message_event_url: messages }),
    };
    return Object.assign(Object.create(component) as Component, { options });
  }

  private account(group: number, kind: MerchantKind): Merchant {
    const [appid, userName] = GROUPS[group - 1]![kind];
    return (
      this.world.merchants.get(appid) ??
      this.merchants.create({ appid, kind, user_name: userName, nick_name: `全网发布测试 ${group}` })
    );
  }

  private async passiveText(component: Component, merchant: Merchant): Promise<CheckCase> {
    const name = 'mp_passive_text';
    if (!component.options.permission_sets.includes(MESSAGE_SET.mp)) return skipped(name);
    const openid = newOpenid();
    const record = await this.pushes.userText(component, merchant, openid, TEXT).done;
    return replyCase(name, record, openid, merchant, `${TEXT}_callback`);
  }

  /** An older case; the answer is `<Event>from_callback`. */
  private async event(component: Component, merchant: Merchant): Promise<CheckCase> {
    if (!component.options.permission_sets.includes(MESSAGE_SET.mp)) return skipped('event');
    const openid = newOpenid();
    const fields = { Latitude: 23.137466, Longitude: 113.352425, Precision: 119.385 };
    const record = await this.pushes.accountEvent(component, merchant, 'LOCATION', fields, { openid }).done;
    return replyCase('event', record, openid, merchant, 'LOCATIONfrom_callback');
  }

  private async apiText(name: string, component: Component, merchant: Merchant, timeoutMs: number): Promise<CheckCase> {
    if (!component.options.permission_sets.includes(MESSAGE_SET[merchant.kind])) return skipped(name);
    const authorization = component.authorizations.get(merchant.appid) as Authorization;
    const code = this.authorizations.newCode(authorization, CODE_LIFE_S);
    const openid = newOpenid();
    const record = await this.pushes.userText(component, merchant, openid, `QUERY_AUTH_CODE:${code.value}`).done;
    if (!record.delivered || record.reply !== null)
      return { name, passed: false, skipped: false, detail: `push: ${outcome(record)}` };
    const expected = `${code.value}_from_api`;
    for (let waited = 0; waited < timeoutMs; waited += LOOK_EVERY_MS) {
      const sent = this.users
        .messagesOf(merchant.appid)
        .some((message) => message.touser === openid && message.content === expected);
      if (sent) return { name, passed: code.used, skipped: false, detail: code.used ? 'ok' : 'the code was not exchanged' };
      await sleep(LOOK_EVERY_MS);
    }
    const detail = code.used
      ? 'code exchanged, but no customer message with it arrived'
      : 'the code of the message was not exchanged';
    return { name, passed: false, skipped: false, detail };
  }
}

const outcome = (record: PushRecord): string => record.tries.at(-1)?.error ?? (record.delivered ? 'ok' : 'not delivered');

const skipped = (name: string): CheckCase => ({
  name,
  passed: false,
  skipped: true,
  detail: 'message permission set is not among the platform’s',
});

const pushCase = (name: string, ...records: PushRecord[]): CheckCase => ({
  name,
  passed: records.every((record) => record.delivered),
  skipped: false,
  detail: records.map(outcome).join(', '),
});

function replyCase(name: string, record: PushRecord, openid: string, merchant: Merchant, content: string): CheckCase {
  const reply = record.reply ?? '';
  const read = (field: string): string | undefined => readElement(reply, field);
  const fits =
    read('MsgType') === 'text' &&
    read('Content') === content &&
    read('ToUserName') === openid &&
    read('FromUserName') === merchant.user_name;
  return {
    name,
    passed: fits,
    skipped: false,
    detail: fits ? 'ok' : `expected the encrypted text ${content}; ${outcome(record)}`,
  };
}
