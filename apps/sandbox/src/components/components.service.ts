import { ConflictException, Injectable } from '@nestjs/common';
import { TicketService } from '../pushes/ticket.service.js';
import type { Component, ComponentOptions } from '../world/model.js';
import { USUAL_SET_IDS } from '../world/permission-sets.js';
import { World } from '../world/world.service.js';
import type { CreateComponent, PatchComponent } from './components.dto.js';

const DEFAULTS = {
  name: '示例服务商 Demo Platform',
  ip_whitelist: [] as string[],
  published: true,
  test_list: [] as string[],
  permission_sets: [...USUAL_SET_IDS],
  ticket_push: true,
  ticket_interval_s: 600,
  ticket_first_retry_s: 5,
  former_token_grace_s: 300,
  auth_event_repeats: 0,
  message_tries: 3,
  push_retry_ms: 1000,
  referrer_check: 'strict',
  submit_limit: 1000,
  speedup_limit: 10,
  refresh_mode: 'same',
  list_refresh_tokens: true,
  info_refresh_tokens: true,
  personal: false,
} as const;

const SECRET_OPTIONS = new Set([
  'component_appsecret',
  'push_token',
  'encoding_aes_key',
  'previous_push_token',
  'previous_encoding_aes_key',
]);

@Injectable()
export class ComponentsService {
  constructor(
    private readonly world: World,
    private readonly tickets: TicketService,
  ) {}

  create(body: CreateComponent): Component {
    if (this.world.components.has(body.component_appid)) throw new ConflictException(`component ${body.component_appid} exists`);
    const component: Component = {
      appid: body.component_appid,
      options: structuredClone({ ...DEFAULTS, ...body }) as unknown as ComponentOptions,
      tickets: [],
      tokens: {},
      authorizations: new Map(),
      drafts: new Map(),
      templates: new Map(),
      nextDraftId: 0,
      nextTemplateId: 0,
      monthly: { month: '', submitUsed: 0, speedupUsed: 0 },
      ticketAccepted: false,
      domains: { server: { testing: [], published: [] }, jump: { testing: [], published: [] } },
    };
    this.world.components.set(component.appid, component);
    this.tickets.start(component);
    return component;
  }

  patch(appid: string, change: PatchComponent): Component {
    const component = this.world.component(appid);
    const { options } = component;
    if (change.encoding_aes_key && change.encoding_aes_key !== options.encoding_aes_key) {
      options.previous_encoding_aes_key = options.encoding_aes_key;
    }
    if (change.push_token && change.push_token !== options.push_token) options.previous_push_token = options.push_token;
    Object.assign(options, change);
    if (change.ticket_push !== undefined || change.ticket_interval_s !== undefined) {
      this.tickets.stop(component);
      this.tickets.start(component);
    }
    return component;
  }

  remove(appid: string): void {
    const component = this.world.component(appid);
    this.tickets.stop(component);
    this.world.components.delete(appid);
    for (const [value, token] of this.world.tokens) if (token.component === component) this.world.tokens.delete(value);
  }
}

export function componentView(component: Component, reveal = false) {
  const options = Object.entries(component.options).map(([name, value]) => [
    name,
    !reveal && value && SECRET_OPTIONS.has(name) ? '***' : value,
  ]);
  return {
    ...(Object.fromEntries(options) as ComponentOptions),
    tickets: component.tickets.length,
    ticket_accepted: component.ticketAccepted,
    authorizations: component.authorizations.size,
    drafts: component.drafts.size,
    templates: component.templates.size,
  };
}
