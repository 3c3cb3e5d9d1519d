import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AuthorizationService } from '../authorizers/authorization.service.js';
import { redirectUrl } from '../authorizers/redirect.domain.js';
import type { Component, Merchant, MerchantKind, PreAuthCode } from '../world/model.js';
import { PERMISSION_SETS, type PermissionSet, permissionSet } from '../world/permission-sets.js';
import { urlSafe } from '../world/random.js';
import { keepBounded, World } from '../world/world.service.js';
import { domainProblem, kindsOf } from './consent.domain.js';

const SHOWN_MERCHANTS = 50;
const KEPT_SESSIONS = 10_000;

/** Parameters of the links in §5.2, as they come. */
export type ConsentQuery = Readonly<
  Partial<Record<'component_appid' | 'pre_auth_code' | 'redirect_uri' | 'auth_type' | 'biz_appid' | 'category_id_list', string>>
>;

export type Device = 'pc' | 'mobile';

export interface ConsentSession {
  readonly id: string;
  readonly device: Device;
  readonly component: Component;
  readonly preAuthCode: PreAuthCode;
  readonly redirectUri: string;
  readonly kinds: readonly MerchantKind[];
  readonly bizAppid: string | undefined;
  readonly sets: readonly PermissionSet[];
}

/** What a person sees and may do on the authorization page (authorization reference §5.2). */
@Injectable()
export class ConsentService {
  private readonly sessions = new Map<string, ConsentSession>();

  constructor(
    private readonly world: World,
    private readonly authorizations: AuthorizationService,
  ) {
    world.onReset(() => this.sessions.clear());
  }

  /** Opens the page, or says in WeChat's words why not. */
  open(device: Device, query: ConsentQuery, referrer: string | undefined): ConsentSession | string {
    const component = this.world.components.get(query.component_appid ?? '');
    if (!component) return '第三方平台不存在 (unknown component_appid)';
    const problem = domainProblem(component.options, referrer, query.redirect_uri);
    if (problem) return problem;
    const code = this.world.preAuthCodes.get(query.pre_auth_code ?? '');
    if (!code || code.component !== component) return '预授权码无效 (pre_auth_code is invalid)';
    const unusable = this.unusable(code);
    if (unusable) return unusable;
    const session: ConsentSession = {
      id: urlSafe(24),
      device,
      component,
      preAuthCode: code,
      redirectUri: query.redirect_uri ?? '',
      kinds: kindsOf(query.auth_type),
      bizAppid: query.biz_appid || undefined,
      sets: askedSets(component, query.category_id_list),
    };
    keepBounded(this.sessions, session.id, session, KEPT_SESSIONS);
    return session;
  }

  find(id: string): ConsentSession | undefined {
    return this.sessions.get(id);
  }

  unusable(code: PreAuthCode): string | undefined {
    if (code.used) return '预授权码已被使用，请返回重新发起授权 (pre_auth_code was used)';
    return code.expiresAt <= this.world.now ? '预授权码已过期，请返回重新发起授权 (pre_auth_code has expired)' : undefined;
  }

  merchants(session: ConsentSession, search = ''): { shown: Merchant[]; total: number } {
    const all = session.bizAppid
      ? [this.world.merchants.get(session.bizAppid)].filter((merchant) => merchant !== undefined)
      : [...this.world.merchants.values()].filter((merchant) => session.kinds.includes(merchant.kind));
    const wanted = search.toLowerCase();
    const found = wanted ? all.filter(({ appid, nick_name }) => `${appid} ${nick_name}`.toLowerCase().includes(wanted)) : all;
    return { shown: found.slice(0, SHOWN_MERCHANTS), total: found.length };
  }

  /** The person clicked Authorize. Answers where the browser goes, or why it stays. */
  async authorize(
    session: ConsentSession,
    appid: string,
    setIds: readonly number[],
  ): Promise<{ url?: string; problem?: string }> {
    const unusable = this.unusable(session.preAuthCode);
    if (unusable) return { problem: unusable };
    const merchant = this.world.merchants.get(appid);
    const allowed = merchant && (session.bizAppid ? merchant.appid === session.bizAppid : session.kinds.includes(merchant.kind));
    if (!merchant || !allowed) return { problem: '请选择要授权的账号 (choose an account)' };
    const obstacle = this.authorizations.obstacle(session.component, merchant);
    if (obstacle) return { problem: obstacle };
    session.preAuthCode.used = true;
    const asked = new Set(session.sets.map((set) => set.id));
    const { code } = this.authorizations.grant(session.component, merchant, {
      sets: setIds.filter((id) => asked.has(id)),
      preAuthCode: session.preAuthCode.value,
    });
    const { redirect_mode: mode, redirect_delay_ms: delay } = this.world.settings;
    if (mode === 'drop') return {};
    if (delay > 0) await sleep(delay);
    return { url: redirectUrl(session.redirectUri, code.value, Math.round((code.expiresAt - this.world.now) / 1000)) };
  }

  /** The person clicked Cancel: the code is spent and nothing else happens. */
  cancel(session: ConsentSession): void {
    session.preAuthCode.used = true;
  }
}

function askedSets(component: Component, categoryIdList: string | undefined): readonly PermissionSet[] {
  const offered = new Set(component.options.permission_sets);
  const asked = categoryIdList ? new Set(categoryIdList.split('|').map(Number)) : offered;
  const ids = [...offered].filter((id) => asked.has(id));
  const known = PERMISSION_SETS.filter((set) => ids.includes(set.id));
  const unknown = ids
    .filter((id) => !permissionSet(id))
    .map((id) => ({ id, kind: 'miniprogram' as const, zh: `权限集 ${id}`, en: `Set ${id}` }));
  return [...known, ...unknown];
}
