import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK, text } from '../protocol/route.js';
import { AppSettingsStore } from './app-settings.store.js';

const CODE = { token: 'authorizer', sets: [18], method: 'POST' } as const;

/** Testers (release reference §6.2). */
@Injectable()
export class TestersApi {
  constructor(
    registry: ApiRegistry,
    private readonly store: AppSettingsStore,
  ) {
    registry.add(
      { ...CODE, path: '/wxa/bind_tester', handle: (call: AuthorizerCall) => this.bind(call) },
      { ...CODE, path: '/wxa/unbind_tester', handle: (call: AuthorizerCall) => this.unbind(call) },
      { ...CODE, path: '/wxa/memberauth', handle: (call: AuthorizerCall) => this.members(call) },
    );
  }

  private bind(call: AuthorizerCall): Json {
    const { testers } = this.store.of(call.merchant);
    const wechatid = text(call.body['wechatid']);
    refuse(!/^[\w-]{6,20}$/.test(wechatid), 85001);
    const userstr = createHash('sha256').update(`${call.merchant.appid} ${wechatid}`).digest('hex');
    refuse(testers.has(userstr), 85004);
    refuse(testers.size >= call.merchant.tester_limit, 85002);
    testers.set(userstr, wechatid);
    return { ...OK, userstr };
  }

  private unbind(call: AuthorizerCall): Json {
    const { testers } = this.store.of(call.merchant);
    const wechatid = text(call.body['wechatid']);
    const userstr = text(call.body['userstr']) || [...testers].find(([, id]) => id === wechatid)?.[0];
    refuse(!userstr || !testers.delete(userstr), 85001);
    return OK;
  }

  private members(call: AuthorizerCall): Json {
    refuse(call.body['action'] !== 'get_experiencer', 40097);
    return { ...OK, members: [...this.store.of(call.merchant).testers.keys()].map((userstr) => ({ userstr })) };
  }
}
