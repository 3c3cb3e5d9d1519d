import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type ComponentCall, isObject, type Json, OK, strings, text } from '../protocol/route.js';
import { PushService } from '../pushes/push.service.js';
import { World } from '../world/world.service.js';
import { FleetStore, type OrderPath } from './fleet.store.js';

const MOST = 100;
const TAKEN = 0;
const TWICE = 1;
const BUSY = -1;
const BAD_APPID = -2;
const IN_AUDIT = 2;

/** The order centre path (fleet reference §2): a batch is taken at once, its results come by a push on the auth event URL. */
@Injectable()
export class OrderPathApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly store: FleetStore,
    private readonly pushes: PushService,
  ) {
    registry.add(
      {
        method: 'POST',
        path: '/wxa/security/applysetorderpathinfo',
        token: 'component',
        handle: (call: ComponentCall) => this.apply(call),
      },
      {
        method: 'POST',
        path: '/wxa/security/getorderpathinfo',
        token: 'authorizer',
        sets: [18],
        handle: (call: AuthorizerCall) => this.read(call),
      },
    );
  }

  private apply(call: ComponentCall): Json {
    const batch = call.body['batch_req'];
    if (!isObject(batch)) throw new ApiError(61043);
    const appids = strings(batch['appid_list']);
    refuse(appids.length > MOST, 61042);
    refuse(appids.length === 0, 61043);
    const path = text(batch['path']);
    refuse(!/^[a-z0-9][\w/-]*$/i.test(path), 61044);
    const asked = {
      path,
      img_list: strings(batch['img_list']),
      video: text(batch['video']),
      test_account: text(batch['test_account']),
      test_pwd: text(batch['test_pwd']),
      test_remark: text(batch['test_remark']),
    };
    const list = appids.map((appid) => ({ appid, ret_code: this.take(call, appid, asked) }));
    this.pushes.event(call.component, 'order_path_apply_result_notify', { list });
    return OK;
  }

  private take(
    { component }: ComponentCall,
    appid: string,
    asked: Omit<OrderPath, 'apply_time' | 'audit_id' | 'status' | 'component'>,
  ): number {
    if (this.world.settings.order_path_busy.includes(appid)) return BUSY;
    const authorization = component.authorizations.get(appid);
    if (!authorization || authorization.cancelled || authorization.merchant.kind !== 'miniprogram') return BAD_APPID;
    const pending = this.store.underAudit.get(appid);
    if (pending?.status === IN_AUDIT) return TWICE;
    const audit_id = this.store.nextId('order path');
    this.store.underAudit.set(appid, { ...asked, component, apply_time: this.world.nowS, audit_id, status: IN_AUDIT });
    return TAKEN;
  }

  /** 0 online, 1 under audit. */
  private read({ merchant, body }: AuthorizerCall): Json {
    const found = (body['info_type'] === 1 ? this.store.underAudit : this.store.online).get(merchant.appid);
    if (!found) throw new ApiError(61041);
    const { component: _, audit_id: __, ...msg } = found;
    return { ...OK, msg };
  }
}
