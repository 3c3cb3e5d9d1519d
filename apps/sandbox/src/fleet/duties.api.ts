import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK } from '../protocol/route.js';
import { World } from '../world/world.service.js';
import { FleetStore } from './fleet.store.js';

const WINDOW_S = 90 * 86_400;

/** Violations and trade management (fleet reference §1.1, §3.1, §3.2). */
@Injectable()
export class DutiesApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly store: FleetStore,
  ) {
    const trade = { token: 'authorizer', method: 'POST', sets: [18, 142] } as const;
    const order = '/wxa/sec/order';
    registry.add(
      {
        token: 'authorizer',
        method: 'POST',
        sets: [76],
        path: '/wxa/getillegalrecords',
        handle: (call: AuthorizerCall) => this.violations(call),
      },
      {
        ...trade,
        path: `${order}/is_trade_managed`,
        handle: (call: AuthorizerCall) => ({ ...OK, is_trade_managed: this.traded(call) !== undefined }),
      },
      {
        ...trade,
        path: `${order}/is_trade_management_confirmation_completed`,
        handle: (call: AuthorizerCall) => ({ ...OK, completed: this.traded(call)?.confirmed ?? false }),
      },
    );
  }

  /** "Only start: 90 days after it; only end: 90 days before it; none: the last 90 days." */
  private violations({ merchant, body }: AuthorizerCall): Json {
    const [start, end] = [body['start_time'], body['end_time']].map((time) => (time === undefined ? undefined : Number(time)));
    const to = end ?? (start === undefined ? this.world.nowS : start + WINDOW_S);
    const from = start ?? to - WINDOW_S;
    const records = (this.store.violations.get(merchant.appid) ?? []).filter(
      ({ create_time }) => create_time >= from && create_time <= to,
    );
    return { ...OK, records };
  }

  private traded({ merchant, body }: AuthorizerCall) {
    refuse(body['appid'] !== merchant.appid, 40013);
    return this.store.traded.get(merchant.appid);
  }
}
