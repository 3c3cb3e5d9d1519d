import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type ComponentCall, type Json, OK, text } from '../protocol/route.js';
import { type Used, useOneOf } from '../world/allowance.js';
import { beijingDay } from '../world/beijing.js';
import { World } from '../world/world.service.js';
import { CODE_LENGTH } from './bare-app.js';
import { type Numbering, statusOf } from './status.domain.js';
import { RegistrationTasks, type Task } from './tasks.service.js';

const PERSONAL_SETS = [17, 18, 25, 30, 40];
const PERSONAL_A_DAY = 5;
const ACCOUNTS_OF_A_PERSON = 5;
const SHORTEST_TRIAL_NAME = 4;
const LONGEST_TRIAL_NAME = 30;
const BRAND_WORDS = /小程序|微信|腾讯|wechat|weixin/i;

/** Registration of a company, of a person, and of a trial (registration reference §2 to §4). */
@Injectable()
export class RegistrationApi {
  private readonly personalCalls = new Map<string, Used>();

  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly tasks: RegistrationTasks,
  ) {
    const component = { token: 'component', method: 'POST' } as const;
    registry.add(
      {
        ...component,
        path: '/cgi-bin/component/fastregisterweapp',
        // Off line since 2026-04-30: whatever is asked, the answer sounds like a busy system.
        handle: () => {
          throw new ApiError(-1);
        },
      },
      {
        ...component,
        path: '/wxa/component/fastregisterenterpriseweapp',
        handle: (call: ComponentCall) => this.route(call, 'enterprise', () => this.enterprise(call)),
      },
      {
        ...component,
        path: '/wxa/component/fastregisterpersonalweapp',
        handle: (call: ComponentCall) => this.route(call, 'personal', () => this.personal(call)),
      },
      { ...component, path: '/wxa/component/fastregisterbetaweapp', handle: (call: ComponentCall) => this.trial(call) },
    );
    world.onReset(() => this.personalCalls.clear());
    world.keepMaps('registration-limits', { personalCalls: this.personalCalls });
  }

  private route(call: ComponentCall, numbering: Numbering, create: () => Task): Json {
    const { action } = call.query;
    refuse(action !== 'create' && action !== 'query', 40097);
    this.checkForm(call);
    const task = action === 'create' ? create() : this.find(call, numbering);
    return answerOf(task, numbering, call.origin);
  }

  /** The old forms ended on 2026-04-30 (§1). */
  private checkForm({ body }: ComponentCall): void {
    refuse(body['new_version'] !== true, this.world.settings.registration_old_form);
  }

  private find({ component, body }: ComponentCall, numbering: Numbering): Task {
    const task = this.tasks.all.get(text(body['taskid']));
    if (!task || task.component !== component || task.way !== numbering) throw new ApiError(89250);
    return task;
  }

  private enterprise({ component, body }: ComponentCall): Task {
    const { name, code, component_phone } = textsOf(body, 'name', 'code', 'component_phone');
    refuse(component.options.personal, 89295);
    refuse(!component.options.published, 89254);
    refuse(!name || !code || !component_phone, 86030);
    refuse(code.length !== CODE_LENGTH, 89255);
    refuse(this.tasks.isBusy(component, 'enterprise', code), 89249);
    return this.tasks.open({ way: 'enterprise', component, subject: code, name, info: { name, code, component_phone } });
  }

  private personal({ component, body }: ComponentCall): Task {
    const { wxuser, component_phone } = textsOf(body, 'wxuser', 'component_phone');
    refuse(component.options.personal, 86040);
    refuse(!component.options.published, 86031);
    refuse(
      PERSONAL_SETS.some((set) => !component.options.permission_sets.includes(set)),
      86033,
    );
    refuse(!wxuser, 86030);
    refuse(!useOneOf(this.personalCalls, wxuser, beijingDay(this.world.now), PERSONAL_A_DAY), 91030);
    refuse(this.tasks.isBusy(component, 'personal', wxuser), 89249);
    return this.tasks.open({ way: 'personal', component, subject: wxuser, name: wxuser, info: { wxuser, component_phone } });
  }

  private trial({ component, body, origin }: ComponentCall): Json {
    const { name, openid } = textsOf(body, 'name', 'openid');
    refuse(!component.options.published, 61028);
    refuse(!openid.startsWith('o') || openid.length !== 28, 86012);
    const { length } = [...name];
    refuse(length < SHORTEST_TRIAL_NAME || length > LONGEST_TRIAL_NAME, 86017);
    refuse(BRAND_WORDS.test(name), 86011);
    const mine = [...this.tasks.all.values()].filter(({ way, subject }) => way === 'trial' && subject === openid);
    refuse(mine.filter(({ stage }) => stage === 'made' || stage === 'created').length >= ACCOUNTS_OF_A_PERSON, 61071);
    const task = this.tasks.open({ way: 'trial', component, subject: openid, name });
    return { ...OK, unique_id: task.id, authorize_url: pageOf(task, origin) };
  }
}

export const pageOf = ({ id, way }: Task, origin: string): string =>
  way === 'trial'
    ? `${origin}/wxawap/fastregistertpbeta?action=show&create_token=${id}`
    : `${origin}/wxawap/fastregister?action=show&create_token=${id}`;

export const answerOf = (task: Task, numbering: Numbering, origin: string): Json => ({
  ...OK,
  taskid: task.id,
  authorize_url: pageOf(task, origin),
  status: statusOf(task.stage, numbering),
});

export const textsOf = <Name extends string>(body: Json, ...names: readonly Name[]): Record<Name, string> =>
  Object.fromEntries(names.map((name) => [name, text(body[name])])) as Record<Name, string>;
