import { Injectable } from '@nestjs/common';
import { componentView } from '../components/components.service.js';
import { MerchantsService } from '../merchants/merchants.service.js';
import { TokenService } from '../tokens/token.service.js';
import type { Authorization, Component, TokenPair } from '../world/model.js';
import { World } from '../world/world.service.js';

/** Everything held, for people and tests that look inside; secrets only when asked for. */
@Injectable()
export class StateService {
  constructor(
    private readonly world: World,
    private readonly merchants: MerchantsService,
    private readonly tokens: TokenService,
  ) {}

  dump(filter: { component_appid?: string; merchant_appid?: string }, reveal: boolean) {
    const secret = (value: string | undefined): string | null => (value === undefined ? null : reveal ? value : '***');
    const pair = ({ current, former }: TokenPair) => ({
      current: current
        ? { value: secret(current.value), state: this.tokens.state(current.value), expires_in: this.tokens.expiresIn(current) }
        : null,
      former: former ? { value: secret(former.value), state: this.tokens.state(former.value) } : null,
    });
    const authorization = (one: Authorization) => ({
      authorizer_appid: one.merchant.appid,
      sets: [...one.sets],
      auth_time: one.authTime,
      exchanged: one.exchangedGrant === one.grant,
      refresh_token: secret(one.refreshToken),
      tokens: pair(one.tokens),
    });
    const component = (one: Component) => ({
      ...componentView(one, reveal),
      ticket_values: one.tickets.map((ticket) => secret(ticket.value)),
      tokens: pair(one.tokens),
      quota: one.monthly,
      draft_list: [...one.drafts.values()],
      template_list: [...one.templates.values()],
      authorization_list: [...one.authorizations.values()]
        .filter((held) => !filter.merchant_appid || held.merchant.appid === filter.merchant_appid)
        .map(authorization),
    });
    return {
      now_s: this.world.nowS,
      speed: this.world.clock.speed,
      settings: this.world.settings,
      components: [...this.world.components.values()]
        .filter((one) => !filter.component_appid || one.appid === filter.component_appid)
        .map(component),
      merchants: [...this.world.merchants.values()]
        .filter((one) => !filter.merchant_appid || one.appid === filter.merchant_appid)
        .map((one) => this.merchants.view(one)),
    };
  }
}
