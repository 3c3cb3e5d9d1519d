import { Injectable } from '@nestjs/common';
import { AuthorizationService } from '../authorizers/authorization.service.js';
import { MerchantsService } from '../merchants/merchants.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK } from '../protocol/route.js';
import { type Used, useOneOf } from '../world/allowance.js';
import { beijingMonth } from '../world/beijing.js';
import type { Component, Merchant } from '../world/model.js';
import { urlSafe } from '../world/random.js';
import { keepBounded, World } from '../world/world.service.js';
import { bareApp } from './bare-app.js';
import { textsOf } from './registration.api.js';
import { REUSED } from './tasks.service.js';

const A_MONTH = 5;
/** A repetition in that time meets the first call, which still runs (§6). */
const STILL_RUNS_MS = 5_000;
const KEPT = 10_000;

interface ReuseTicket {
  readonly ticket: string;
  readonly component: Component;
  readonly account: Merchant;
  readonly certify: boolean;
  usedAt: number | undefined;
}

interface Rebinding {
  readonly taskid: string;
  readonly app: Merchant;
  used: boolean;
}

/** An app that reuses the entity of an official account, and an app that gets another administrator (registration reference §6). */
@Injectable()
export class ReuseApi {
  private readonly tickets = new Map<string, ReuseTicket>();
  private readonly rebindings = new Map<string, Rebinding>();
  private readonly made = new Map<string, Used>();

  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly merchants: MerchantsService,
    private readonly authorizations: AuthorizationService,
  ) {
    registry.add(
      {
        token: 'authorizer',
        sets: [27],
        method: 'POST',
        path: '/cgi-bin/account/fastregister',
        handle: (call: AuthorizerCall) => this.register(call),
      },
      {
        token: 'authorizer',
        method: 'POST',
        path: '/cgi-bin/account/componentrebindadmin',
        handle: (call: AuthorizerCall) => this.rebind(call),
      },
    );
    const { tickets, rebindings, made } = this;
    world.keepMaps('reuses', { tickets, rebindings, made });
    world.onReset(() => {
      for (const map of [tickets, rebindings, made]) map.clear();
    });
  }

  /** The administrator of the official account agreed on the page. */
  ticketFor(component: Component, account: Merchant, certify: boolean): string {
    const ticket: ReuseTicket = { ticket: urlSafe(48), component, account, certify, usedAt: undefined };
    keepBounded(this.tickets, ticket.ticket, ticket, KEPT);
    return ticket.ticket;
  }

  /** The new administrator filled in the form. */
  taskFor(app: Merchant): string {
    const rebinding: Rebinding = { taskid: urlSafe(32), app, used: false };
    keepBounded(this.rebindings, rebinding.taskid, rebinding, KEPT);
    return rebinding.taskid;
  }

  private register({ component, merchant, body }: AuthorizerCall): Json {
    const { ticket: value } = textsOf(body, 'ticket');
    const ticket = this.tickets.get(value);
    if (!ticket || ticket.component !== component || ticket.account !== merchant) throw new ApiError(61058);
    const { now } = this.world;
    if (ticket.usedAt !== undefined) throw new ApiError(61058, now - ticket.usedAt < STILL_RUNS_MS ? 'still running' : undefined);
    refuse(merchant.verify_type < 0, 61052);
    refuse(!useOneOf(this.made, merchant.appid, beijingMonth(now), A_MONTH), 61055);
    ticket.usedAt = now;
    const app = this.merchants.create(bareApp(merchant.principal_name));
    app.register_type = REUSED;
    const { code } = this.authorizations.grant(component, app);
    const yes = this.world.settings.reuse_strings ? 'true' : true;
    const no = this.world.settings.reuse_strings ? 'false' : false;
    return {
      errcode: 0,
      errmsg: '',
      appid: app.appid,
      authorization_code: code.value,
      // Accounts start uncertified since 2023-12-25, also with reuse (§1).
      is_wx_verify_succ: no,
      is_link_succ: yes,
    };
  }

  private rebind({ merchant, body }: AuthorizerCall): Json {
    refuse(merchant.register_type === undefined, 41033);
    const rebinding = this.rebindings.get(textsOf(body, 'taskid').taskid);
    if (!rebinding) throw new ApiError(85060);
    refuse(rebinding.used || rebinding.app !== merchant, 85060);
    rebinding.used = true;
    return OK;
  }
}
