import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, isObject, type Json, OK, text } from '../protocol/route.js';
import { PushService } from '../pushes/push.service.js';
import { Quotas } from '../quotas/quotas.service.js';
import type { Merchant } from '../world/model.js';
import { urlSafe } from '../world/random.js';
import { keepBounded, World } from '../world/world.service.js';
import { CODE_LENGTH, TRIAL_SERVICE } from './bare-app.js';
import { answerOf, pageOf, textsOf } from './registration.api.js';
import { RegistrationTasks, TRIAL_SUFFIX } from './tasks.service.js';

const TRIAL = { token: 'authorizer', sets: [81], method: 'POST' } as const;
const CONVERSIONS = { perMinute: 5, daily: 100 };
const TICKET_S = 2 * 3_600;
const KEPT = 10_000;
const BRAND_WORDS = /微信|腾讯|wechat|weixin/i;

interface Reuse {
  readonly id: string;
  readonly app: Merchant;
  readonly mpAppid: string;
  readonly ticket: string;
  ticketEndsAt: number;
  state: 'asked' | 'agreed' | 'verifying' | 'done' | 'refused';
}

/** What becomes of a trial mini program (registration reference §4 end, §5): its name, its conversion. */
@Injectable()
export class ConversionApi {
  readonly reuses = new Map<string, Reuse>();

  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly tasks: RegistrationTasks,
    private readonly pushes: PushService,
    quotas: Quotas,
  ) {
    quotas.byDefault('/wxa/verifybetaweapp', CONVERSIONS);
    registry.add(
      { ...TRIAL, path: '/wxa/setbetaweappnickname', handle: (call: AuthorizerCall) => this.rename(call) },
      { ...TRIAL, path: '/wxa/verifybetaweapp', handle: (call: AuthorizerCall) => this.toEnterprise(call) },
      { ...TRIAL, path: '/wxa/component/fastnormalizebetaweapp', handle: (call: AuthorizerCall) => this.toPersonal(call) },
      { ...TRIAL, path: '/wxa/getmpadminauth', handle: (call: AuthorizerCall) => this.askAccount(call) },
      { ...TRIAL, path: '/wxa/mpverifybetaweapp', handle: (call: AuthorizerCall) => this.toAccount(call) },
    );
    world.onReset(() => this.reuses.clear());
    world.keepMaps('trial-reuses', { reuses: this.reuses });
  }

  private rename({ merchant, body }: AuthorizerCall): Json {
    refuse(merchant.service_type !== TRIAL_SERVICE, 91020);
    const { name } = textsOf(body, 'name');
    refuse(BRAND_WORDS.test(name), 86011);
    refuse([...name].length < 4 || [...name].length > 30, 86017);
    merchant.nick_name = `${name}${TRIAL_SUFFIX}`;
    return OK;
  }

  private toEnterprise({ component, merchant, body, origin }: AuthorizerCall): Json {
    const info = isObject(body['verify_info']) ? body['verify_info'] : {};
    const { enterprise_name, code, component_phone } = textsOf(info, 'enterprise_name', 'code', 'component_phone');
    refuse(body['new_version'] !== true, this.world.settings.registration_old_form);
    refuse(merchant.service_type !== TRIAL_SERVICE, 91021);
    refuse(!enterprise_name || !code || !component_phone, 89253);
    refuse(code.length !== CODE_LENGTH, 89255);
    refuse(this.tasks.isBusy(component, 'trial-to-enterprise', merchant.appid), 89251);
    const task = this.tasks.open({
      way: 'trial-to-enterprise',
      component,
      app: merchant,
      subject: merchant.appid,
      name: enterprise_name,
      info: { name: enterprise_name, enterprise_name, code, component_phone },
    });
    // Whether the answer has it is not settled (§5.1).
    return this.world.settings.conversion_url ? { ...OK, authorize_url: pageOf(task, origin) } : OK;
  }

  private toPersonal({ component, merchant, body, query, origin }: AuthorizerCall): Json {
    refuse(body['new_version'] !== true, this.world.settings.registration_old_form);
    if (query['action'] === 'query') {
      const asked = text(body['taskid']);
      const task = [...this.tasks.all.values()].findLast(
        ({ way, app, id }) => way === 'trial-to-personal' && app === merchant && (!asked || asked === id),
      );
      if (!task) throw new ApiError(89250);
      return answerOf(task, 'personal', origin);
    }
    refuse(query['action'] !== 'createtask', 40097);
    refuse(merchant.service_type !== TRIAL_SERVICE, 91021);
    refuse(this.tasks.isBusy(component, 'trial-to-personal', merchant.appid), 89249);
    const task = this.tasks.open({
      way: 'trial-to-personal',
      component,
      app: merchant,
      subject: merchant.appid,
      name: merchant.nick_name,
    });
    return answerOf(task, 'personal', origin);
  }

  private askAccount({ merchant, body, origin }: AuthorizerCall): Json {
    refuse(merchant.service_type !== TRIAL_SERVICE, 91021);
    const { mp_appid: mpAppid } = textsOf(body, 'mp_appid');
    refuse(this.world.merchants.get(mpAppid)?.kind !== 'mp', 40013);
    const reuse: Reuse = { id: urlSafe(32), app: merchant, mpAppid, ticket: urlSafe(48), ticketEndsAt: 0, state: 'asked' };
    keepBounded(this.reuses, reuse.id, reuse, KEPT);
    return { ...OK, authorize_url: `${origin}/wxawap/mpadminauth?token=${reuse.id}` };
  }

  private toAccount({ merchant, body, origin }: AuthorizerCall): Json {
    const { mp_appid: mpAppid, ticket } = textsOf(body, 'mp_appid', 'ticket');
    const reuse = [...this.reuses.values()].find(
      (one) => one.app === merchant && one.mpAppid === mpAppid && one.ticket === ticket,
    );
    if (!reuse) throw new ApiError(61058);
    refuse(reuse.state !== 'agreed' || reuse.ticketEndsAt <= this.world.now, 61058);
    reuse.state = 'verifying';
    return { ...OK, authorize_url: `${origin}/wxawap/mpadminauth?token=${reuse.id}` };
  }

  /** A person says yes or no: the administrator of the official account first, then the one of the mini program. */
  decide(reuse: Reuse, agrees: boolean): void {
    const first = reuse.state === 'asked';
    if (!first && reuse.state !== 'verifying') return;
    reuse.state = agrees ? (first ? 'agreed' : 'done') : 'refused';
    if (first && agrees) reuse.ticketEndsAt = this.world.now + TICKET_S * 1_000;
    const status = agrees ? 0 : 1;
    if (first) this.tell(reuse, 'betaapp_authorization_apply_event', { status, ...(agrees && { ticket: reuse.ticket }) });
    else {
      this.tell(reuse, 'betaapp_verify_apply_event', { status });
      this.tell(reuse, 'betaapp_verify_event', { status });
      if (agrees) this.convert(reuse);
    }
  }

  private convert({ app, mpAppid }: Reuse): void {
    app.service_type = 0;
    app.principal_name = this.world.merchants.get(mpAppid)?.principal_name ?? '';
  }

  private tell({ app, mpAppid }: Reuse, event: string, more: Record<string, string | number>): void {
    for (const component of this.world.components.values()) {
      if (!component.authorizations.has(app.appid)) continue;
      const operation_time = new Date(this.world.now + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
      this.pushes.accountEvent(component, app, event, {
        // WeChat's own spelling.
        ApplyAuthorizationInfoNoitfy: { appid: app.appid, mp_appid: mpAppid, operation_time, msg: '', ...more },
      });
    }
  }
}
