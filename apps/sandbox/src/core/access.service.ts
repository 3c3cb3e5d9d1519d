import { Injectable } from '@nestjs/common';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import type { ApiRoute } from '../protocol/route.js';
import type { Authorization, Component, Token } from '../world/model.js';
import { World } from '../world/world.service.js';

const SHORTEST_TOKEN = 100;

export interface Caller {
  readonly component: Component;
  readonly authorization: Authorization | undefined;
}

/** Who calls, and may they? Token life, token kind, address, publication, permission sets. */
@Injectable()
export class AccessService {
  constructor(private readonly world: World) {}

  /** The token of a call under the name its family of APIs wants. */
  tokenOf(route: ApiRoute, query: Readonly<Record<string, string | undefined>>): string | undefined {
    if (route.sns) return query['component_access_token'];
    // 2.0 pages write component_access_token, newer ones access_token: both are taken on component paths.
    if (/^\/(cgi-bin|wxa)\/component\//.test(route.path)) return query['access_token'] ?? query['component_access_token'];
    return query['access_token'];
  }

  check(route: ApiRoute, value: string | undefined, ip: string): Caller {
    const token = this.live(value, route.sns ? 41021 : 41001);
    const { component, authorization } = token;
    if (route.token === 'component') refuse(token.kind !== 'component', route.wrongKind ?? 61014);
    if (route.token === 'authorizer') refuse(token.kind !== 'authorizer', route.wrongKind ?? 48001);
    this.checkAddress(component, ip, route.path === '/sns/component/jscode2session' ? 40090 : 61004);
    if (authorization) this.checkAuthorization(authorization, route);
    return { component, authorization };
  }

  checkAddress(component: Component, ip: string, errcode = 61004): void {
    const allowed = component.options.ip_whitelist;
    refuse(allowed.length > 0 && !allowed.includes(ip), errcode, `requestIP: ${ip}`);
  }

  private live(value: string | undefined, missing: number): Token {
    if (!value) throw new ApiError(missing);
    refuse(value.length < SHORTEST_TOKEN || /[^\w-]/.test(value), 40014);
    const token = this.world.tokens.get(value);
    if (!token) throw new ApiError(40001);
    if (token.deadCode) throw new ApiError(token.deadCode);
    const now = this.world.now;
    refuse(token.expiresAt <= now, 42001);
    refuse(token.formerUntil !== undefined && token.formerUntil <= now, 40001);
    return token;
  }

  private checkAuthorization(authorization: Authorization, route: ApiRoute): void {
    const { component, merchant, sets } = authorization;
    refuse(authorization.cancelled, 61003);
    const { published, test_list: testList } = component.options;
    refuse(!published && !testList.includes(merchant.user_name), 61028);
    refuse(route.sets && !route.sets.some((set) => sets.has(set)), 61007);
  }
}
