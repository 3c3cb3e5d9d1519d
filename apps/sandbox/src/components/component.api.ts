import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type ApiCall, type ComponentCall, type Json, text } from '../protocol/route.js';
import { TicketService } from '../pushes/ticket.service.js';
import { TokenService } from '../tokens/token.service.js';
import type { Component } from '../world/model.js';
import { newPreAuthCode } from '../world/random.js';
import { World } from '../world/world.service.js';

/** Ticket service, component token, pre-auth code (authorization reference §5.1). */
@Injectable()
export class ComponentApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly tickets: TicketService,
    private readonly tokens: TokenService,
  ) {
    registry.add(
      { method: 'POST', path: '/cgi-bin/component/api_start_push_ticket', token: 'none', handle: (call) => this.startPush(call) },
      { method: 'POST', path: '/cgi-bin/component/api_component_token', token: 'none', handle: (call) => this.token(call) },
      {
        method: 'POST',
        path: '/cgi-bin/component/api_create_preauthcode',
        token: 'component',
        handle: (call) => this.preAuthCode(call),
      },
      { method: 'GET', path: '/cgi-bin/token', token: 'none', handle: (call) => this.ordinaryToken(call) },
    );
  }

  private startPush(call: ApiCall): Json {
    const component = this.bySecret(call, 'component_secret');
    if (component.options.ticket_push) return { errcode: 0, errmsg: 'in a normal state' };
    component.options.ticket_push = true;
    this.tickets.start(component);
    return { errcode: 0, errmsg: 'ok' };
  }

  private token(call: ApiCall): Json {
    const component = this.bySecret(call, 'component_appsecret');
    const given = text(call.body['component_verify_ticket']);
    const ticket = component.tickets.find((candidate) => candidate.value === given);
    if (!ticket) throw new ApiError(61006);
    refuse(ticket.expiresAt <= this.world.now, 61005);
    const token = this.tokens.issueComponentToken(component);
    return { component_access_token: token.value, expires_in: this.tokens.expiresIn(token) };
  }

  private preAuthCode(call: ComponentCall): Json {
    checkComponentAppid(call);
    const seconds = this.world.settings.pre_auth_code_s;
    const value = newPreAuthCode();
    this.world.keepPreAuthCode({ value, component: call.component, expiresAt: this.world.now + seconds * 1000, used: false });
    return { pre_auth_code: value, expires_in: seconds };
  }

  /** The ordinary token call is not for components. */
  private ordinaryToken(call: ApiCall): Json {
    throw new ApiError(this.world.components.has(call.query['appid'] ?? '') ? 61024 : 40013);
  }

  private bySecret(call: ApiCall, field: string): Component {
    const component = this.world.components.get(text(call.body['component_appid']));
    if (!component) throw new ApiError(40013);
    const secret = text(call.body[field]);
    refuse(!secret, 41004);
    refuse(secret !== component.options.component_appsecret, 40125);
    return component;
  }
}

/** The body must name the component whose token it is. */
export function checkComponentAppid(call: ComponentCall): void {
  const named = text(call.body['component_appid']);
  refuse(!named, 41018);
  refuse(named !== call.component.appid, 40013);
}
