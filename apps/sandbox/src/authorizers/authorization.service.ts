import { ConflictException, Injectable } from '@nestjs/common';
import { PushService, type PushTicket } from '../pushes/push.service.js';
import { TokenService } from '../tokens/token.service.js';
import type { AuthCode, Authorization, Component, Merchant } from '../world/model.js';
import { permissionSet } from '../world/permission-sets.js';
import { newAuthCode, newRefreshToken } from '../world/random.js';
import { World } from '../world/world.service.js';

export interface GrantOptions {
  sets?: readonly number[] | undefined;
  /** `none`: nothing is pushed and nothing recorded; `drop`: recorded as lost */
  push?: 'send' | 'drop' | 'none' | undefined;
  pushDelayMs?: number | undefined;
  alwaysPush?: boolean | undefined;
  preAuthCode?: string | undefined;
  /** how long the code of the push lives; a code of its own then */
  pushCodeS?: number | undefined;
}

export interface Granted {
  authorization: Authorization;
  infoType: 'authorized' | 'updateauthorized' | null;
  code: AuthCode;
  pushCode: AuthCode;
  push: PushTicket | undefined;
}

/** A merchant says yes, says it again differently, or takes it back (authorization reference §2.3, §5.2). */
@Injectable()
export class AuthorizationService {
  constructor(
    private readonly world: World,
    private readonly tokens: TokenService,
    private readonly pushes: PushService,
  ) {}

  /** Why this merchant cannot authorise this component; undefined when it can. */
  obstacle(component: Component, merchant: Merchant): string | undefined {
    if (merchant.account_status !== 1 && merchant.account_status !== 18)
      return '该账号已被冻结、封禁或注销，无法授权 (account frozen, banned or closed)';
    const { published, test_list: testList } = component.options;
    if (!published && !testList.includes(merchant.user_name)) {
      return '该平台型第三方平台尚未全网发布，且此账号不在授权测试账号列表中 (platform not published, account not on the test list)';
    }
    return undefined;
  }

  grant(component: Component, merchant: Merchant, options: GrantOptions = {}): Granted {
    const obstacle = this.obstacle(component, merchant);
    if (obstacle) throw new ConflictException(obstacle);
    const sets = this.grantable(component, merchant, options.sets);
    const former = component.authorizations.get(merchant.appid);
    const changed = !former || !sameSets(former.sets, sets);
    const authorization = former ?? newAuthorization(component, merchant);
    component.authorizations.set(merchant.appid, authorization);
    authorization.sets = sets;
    authorization.authTime = this.world.nowS;
    authorization.grant++;

    const { auth_code_s: redirectLife, push_auth_code_s: pushLife, same_code: same } = this.world.settings;
    const code = this.newCode(authorization, same ? Math.max(redirectLife, pushLife) : redirectLife);
    const own = options.pushCodeS;
    const pushCode = own ? this.newCode(authorization, own) : same ? code : this.newCode(authorization, pushLife);
    const infoType = !former ? 'authorized' : changed || options.alwaysPush ? 'updateauthorized' : null;
    const push =
      infoType && options.push !== 'none'
        ? this.pushes.event(
            component,
            infoType,
            {
              AuthorizerAppid: merchant.appid,
              AuthorizationCode: pushCode.value,
              // An absolute time, whatever the page calls it.
              AuthorizationCodeExpiredTime: Math.floor(pushCode.expiresAt / 1000),
              PreAuthCode: options.preAuthCode ?? '',
            },
            { drop: options.push === 'drop', delayMs: options.pushDelayMs },
          )
        : undefined;
    return { authorization, infoType, code, pushCode, push };
  }

  cancel(
    authorization: Authorization,
    options: { push?: 'send' | 'drop' | undefined; pushDelayMs?: number | undefined } = {},
  ): PushTicket {
    const { component, merchant } = authorization;
    authorization.cancelled = true;
    component.authorizations.delete(merchant.appid);
    this.tokens.bury(authorization.tokens, this.world.settings.cancelled_errcode);
    return this.pushes.event(
      component,
      'unauthorized',
      { AuthorizerAppid: merchant.appid },
      { drop: options.push === 'drop', delayMs: options.pushDelayMs },
    );
  }

  newCode(authorization: Authorization, seconds: number): AuthCode {
    const code = {
      value: newAuthCode(),
      authorization,
      grant: authorization.grant,
      expiresAt: this.world.now + seconds * 1000,
      used: false,
    };
    this.world.keepAuthCode(code);
    return code;
  }

  /** Wanted sets that the platform has, that fit the account, and that nobody else holds exclusively. */
  private grantable(component: Component, merchant: Merchant, wanted: readonly number[] | undefined): Set<number> {
    const others = [...this.world.components.values()].filter(
      (other) => other !== component && other.authorizations.has(merchant.appid),
    );
    const free = (id: number): boolean =>
      !permissionSet(id)?.exclusive || !others.some((other) => other.authorizations.get(merchant.appid)?.sets.has(id));
    const fits = (id: number): boolean => (permissionSet(id)?.kind ?? merchant.kind) === merchant.kind;
    const offered = component.options.permission_sets;
    return new Set((wanted ?? offered).filter((id) => offered.includes(id) && fits(id) && free(id)));
  }
}

const newAuthorization = (component: Component, merchant: Merchant): Authorization => ({
  component,
  merchant,
  sets: new Set(),
  authTime: 0,
  grant: 0,
  exchangedGrant: 0,
  refreshToken: newRefreshToken(),
  tokens: {},
  refreshModes: undefined,
  cancelled: false,
});

const sameSets = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean =>
  a.size === b.size && [...a].every((id) => b.has(id));
