import { Injectable } from '@nestjs/common';
import { AuthorizationService } from '../authorizers/authorization.service.js';
import { MerchantsService } from '../merchants/merchants.service.js';
import { PushService } from '../pushes/push.service.js';
import type { XmlFields } from '../pushes/xml.domain.js';
import type { Component, Merchant } from '../world/model.js';
import { urlSafe } from '../world/random.js';
import { World } from '../world/world.service.js';
import { bareApp, TRIAL_SERVICE } from './bare-app.js';
import { type Act, hasEnded, pushStatusOf, type Stage, stageAfter } from './status.domain.js';

/** How long a person has (§1). */
const OPEN_S = 24 * 3_600;
/** A trial mini program lives so long unless it is converted (§4). */
const TRIAL_S = 14 * 24 * 3_600;
/** Of a push that registers (§1). */
const CODE_S = 600;
export const TRIAL_SUFFIX = '的体验小程序';

export type Way = 'enterprise' | 'personal' | 'trial' | 'trial-to-enterprise' | 'trial-to-personal' | 'trial-to-account';

/** `register_type` of `api_get_authorizer_info` (authorization reference §5.5). */
const REGISTER_TYPE: Readonly<Record<Way, number>> = {
  enterprise: 6,
  personal: 16,
  trial: 13,
  'trial-to-enterprise': 13,
  'trial-to-personal': 19,
  'trial-to-account': 13,
};
/** `register_type` of an app that reuses the entity of an official account. */
export const REUSED = 2;

export interface Task {
  readonly id: string;
  readonly way: Way;
  readonly component: Component;
  /** The trial mini program that is converted. */
  readonly app: Merchant | undefined;
  /** What WeChat tells apart: the code of a company, the WeChat id of a person, an openid, a trial app. */
  readonly subject: string;
  readonly name: string;
  readonly info: Readonly<Record<string, string>>;
  readonly madeAt: number;
  readonly endsAt: number;
  stage: Stage;
  /** Of the app that came of it. */
  appid: string;
}

/** Registrations under way (registration reference §2 to §5): a person acts on a page, then WeChat makes the app and says so. */
@Injectable()
export class RegistrationTasks {
  readonly all = new Map<string, Task>();

  constructor(
    private readonly world: World,
    private readonly merchants: MerchantsService,
    private readonly authorizations: AuthorizationService,
    private readonly pushes: PushService,
  ) {
    world.onReset(() => this.all.clear());
    world.keepMaps('registrations', { all: this.all });
    world.onWake(() => {
      for (const task of this.all.values()) {
        if (task.stage === 'phone-verified') this.finishLater(task);
        else if (!hasEnded(task.stage)) this.endLater(task);
      }
    });
  }

  open(task: Pick<Task, 'way' | 'component' | 'subject' | 'name'> & Partial<Pick<Task, 'app' | 'info'>>): Task {
    const { now } = this.world;
    const made: Task = {
      app: undefined,
      info: {},
      ...task,
      id: urlSafe(task.way === 'trial' ? 64 : 32),
      madeAt: now,
      endsAt: now + OPEN_S * 1_000,
      stage: 'made',
      appid: '',
    };
    this.all.set(made.id, made);
    this.endLater(made);
    return made;
  }

  /** Whether WeChat still works on another one for the same subject: it takes one at a time (§1). */
  isBusy(component: Component, way: Way, subject: string): boolean {
    for (const task of this.all.values())
      if (task.component === component && task.way === way && task.subject === subject && !hasEnded(task.stage)) return true;
    return false;
  }

  /** @returns false: it has ended, nothing can be done any more. */
  act(task: Task, act: Act): boolean {
    if (hasEnded(task.stage) || task.stage === 'phone-verified') return false;
    // The person of a trial does nothing but agree (§4).
    this.move(task, task.way === 'trial' && act === 'agree' ? 'phone-verified' : stageAfter(act));
    return true;
  }

  /** 1001 to 1008: a number is reached, or somebody is on a blacklist. */
  limit(task: Task, code: number): boolean {
    if (hasEnded(task.stage)) return false;
    this.move(task, `limit-${code}`);
    return true;
  }

  private move(task: Task, stage: Stage): void {
    task.stage = stage;
    if (stage === 'phone-verified') this.finishLater(task);
    else if (hasEnded(stage)) this.tell(task, undefined);
  }

  private endLater(task: Task): void {
    this.world.clock.after(Math.max(0, task.endsAt - this.world.now) / 1_000, () => {
      if (!hasEnded(task.stage) && task.stage !== 'phone-verified') this.move(task, 'timed-out');
    });
  }

  private finishLater(task: Task): void {
    this.world.clock.after(this.world.settings.fast_register_s, () => {
      if (task.stage === 'phone-verified') this.finish(task);
    });
  }

  private finish(task: Task): void {
    task.stage = 'created';
    const merchant = task.app ?? this.create(task);
    task.appid = merchant.appid;
    merchant.register_type = REGISTER_TYPE[task.way];
    if (task.way === 'trial') {
      // While it is a trial it may be gone one day; the longest wait of the clock is no matter.
      this.world.clock.after(TRIAL_S, () => this.expire(merchant));
    } else {
      merchant.service_type = 0;
      if (task.app && task.info['enterprise_name']) merchant.principal_name = task.info['enterprise_name'];
    }
    this.tell(task, merchant);
  }

  /** Authorized to the platform at once (§1). */
  private create(task: Task): Merchant {
    if (task.way !== 'trial') return this.merchants.create({ ...bareApp(task.name), service_type: 0 });
    return this.merchants.create({ ...bareApp(''), nick_name: `${task.name}${TRIAL_SUFFIX}`, service_type: TRIAL_SERVICE });
  }

  private tell(task: Task, merchant: Merchant | undefined): void {
    const { component } = task;
    const { registration_push: how } = this.world.settings;
    if (task.app) {
      if (task.way === 'trial-to-enterprise' && how !== 'none')
        this.pushes.event(component, 'notify_third_fastverifybetaapp', {
          appid: task.app.appid,
          status: pushStatusOf(task.stage),
          msg: merchant ? 'OK' : 'fail',
          info: task.info,
        });
      return;
    }
    const plain = how === 'authorized' || task.way === 'trial';
    const granted = merchant
      ? this.authorizations.grant(component, merchant, {
          push: how === 'none' ? 'none' : plain ? 'send' : 'none',
          pushCodeS: CODE_S,
        })
      : undefined;
    if (how === 'none') return;
    if (task.way === 'trial') {
      this.pushes.event(component, 'notify_third_fastregisterbetaapp', {
        ...(merchant && { appid: merchant.appid }),
        status: pushStatusOf(task.stage),
        msg: merchant ? 'OK' : 'fail',
        info: { unique_id: task.id, name: task.name },
      });
      return;
    }
    if (how === 'authorized' && merchant) return;
    const result: XmlFields = merchant
      ? { appid: merchant.appid, status: 0, auth_code: granted?.pushCode.value ?? '', msg: 'OK' }
      : { status: pushStatusOf(task.stage), msg: 'fail' };
    // What `info` holds in the new flow is not published (§11): one member that nobody knows is among it.
    this.pushes.event(component, 'notify_third_fasteregister', { ...result, info: { ...task.info, first_auth: 1 } });
  }

  private expire(merchant: Merchant): void {
    if (merchant.service_type !== TRIAL_SERVICE || this.world.merchants.get(merchant.appid) !== merchant) return;
    for (const component of this.world.components.values()) {
      const authorization = component.authorizations.get(merchant.appid);
      if (authorization) this.authorizations.cancel(authorization);
    }
    this.world.merchants.delete(merchant.appid);
  }
}
