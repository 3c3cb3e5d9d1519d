import { Injectable } from '@nestjs/common';
import { AuthorizationService } from '../authorizers/authorization.service.js';
import { MerchantsService } from '../merchants/merchants.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type ComponentCall, type Json, OK, text } from '../protocol/route.js';
import { PushService } from '../pushes/push.service.js';
import type { XmlFields } from '../pushes/xml.domain.js';
import type { Component } from '../world/model.js';
import { newAppid } from '../world/random.js';
import { World } from '../world/world.service.js';

const REQUIRED = ['name', 'code', 'legal_persona_wechat', 'legal_persona_name'] as const;
const ANSWERED = [...REQUIRED, 'code_type', 'component_phone'] as const;
/** A `code` with this ending fails: the legal person does not confirm (100001). */
const REFUSED_ENDING = '0000';

interface Task {
  state: 'running' | 'done';
  readonly component: Component;
  readonly body: Json;
}

/** Fast registration of an enterprise mini program and its push (authorization reference §5.12, §2.4). */
@Injectable()
export class RegistrationApi {
  private readonly running = new Map<string, Task>();

  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly merchants: MerchantsService,
    private readonly authorizations: AuthorizationService,
    private readonly pushes: PushService,
  ) {
    registry.add({
      method: 'POST',
      path: '/cgi-bin/component/fastregisterweapp',
      token: 'component',
      handle: (call) => this.route(call),
    });
    world.onReset(() => this.running.clear());
    world.keepMaps('registrations', { running: this.running });
    world.onWake(() => {
      for (const task of this.running.values()) if (task.state === 'running') this.finishLater(task);
    });
  }

  private route(call: ComponentCall): Json {
    if (call.query['action'] === 'create') return this.create(call);
    if (call.query['action'] === 'search') return this.search(call);
    throw new ApiError(40097);
  }

  private create({ component, body }: ComponentCall): Json {
    refuse(!component.options.published, 61028);
    refuse(
      REQUIRED.some((name) => !text(body[name])),
      89253,
    );
    refuse(![1, 2, 3].includes(Number(body['code_type'])), 89248);
    const key = taskKey(component, body);
    refuse(this.running.get(key)?.state === 'running', 89249);
    const task: Task = { state: 'running', component, body };
    this.running.set(key, task);
    this.finishLater(task);
    return OK;
  }

  private finishLater(task: Task): void {
    this.world.clock.after(this.world.settings.fast_register_s, () => {
      task.state = 'done';
      this.finish(task.component, task.body);
    });
  }

  private search({ component, body }: ComponentCall): Json {
    const state = this.running.get(taskKey(component, body))?.state;
    refuse(!state, 89250);
    refuse(state === 'running', 89249);
    return OK;
  }

  private finish(component: Component, body: Json): void {
    const info: XmlFields = {};
    for (const name of ANSWERED) info[name] = name === 'code_type' ? Number(body[name]) : text(body[name]);
    if (text(body['code']).endsWith(REFUSED_ENDING)) {
      this.pushes.event(component, 'notify_third_fasteregister', { appid: '', status: 100001, auth_code: '', msg: 'fail', info });
      return;
    }
    const merchant = this.merchants.create({ appid: newAppid(), kind: 'miniprogram', nick_name: text(body['name']) });
    const { pushCode } = this.authorizations.grant(component, merchant, { push: 'none' });
    this.pushes.event(component, 'notify_third_fasteregister', {
      appid: merchant.appid,
      status: 0,
      auth_code: pushCode.value,
      msg: 'OK',
      info,
    });
  }
}

const taskKey = (component: Component, body: Json): string =>
  `${component.appid}|${text(body['name'])}|${text(body['legal_persona_wechat'])}|${text(body['legal_persona_name'])}`;
