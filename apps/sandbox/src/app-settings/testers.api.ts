import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, isObject, type Json, list, OK, text } from '../protocol/route.js';
import type { Category } from '../world/model.js';
import { AppSettingsStore } from './app-settings.store.js';

const CODE = { token: 'authorizer', sets: [18], method: 'POST' } as const;
const BASIC = { token: 'authorizer', sets: [30] } as const;
const ADDABLE: readonly Category[] = [
  { first_class: '工具', second_class: '效率', first_id: 287, second_id: 616 },
  { first_class: '商家自营', second_class: '美妆/洗护', first_id: 304, second_id: 326 },
  { first_class: '餐饮', second_class: '点餐平台', first_id: 220, second_id: 632 },
  { first_class: '社交', second_class: '社区/论坛', first_id: 1, second_id: 2 },
];

/** Testers and categories (release reference §6.2, §6.3). */
@Injectable()
export class TestersApi {
  constructor(
    registry: ApiRegistry,
    private readonly store: AppSettingsStore,
  ) {
    const open = '/cgi-bin/wxopen';
    registry.add(
      { ...CODE, path: '/wxa/bind_tester', handle: (call: AuthorizerCall) => this.bind(call) },
      { ...CODE, path: '/wxa/unbind_tester', handle: (call: AuthorizerCall) => this.unbind(call) },
      { ...CODE, path: '/wxa/memberauth', handle: (call: AuthorizerCall) => this.members(call) },
      { ...BASIC, method: 'GET', path: `${open}/getcategory`, handle: (call: AuthorizerCall) => this.categories(call) },
      { ...BASIC, method: 'GET', path: `${open}/getallcategories`, handle: () => allCategories },
      { ...BASIC, method: 'POST', path: `${open}/addcategory`, handle: (call: AuthorizerCall) => this.addCategories(call) },
      { ...BASIC, method: 'POST', path: `${open}/deletecategory`, handle: (call: AuthorizerCall) => this.deleteCategory(call) },
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

  private categories(call: AuthorizerCall): Json {
    const held = call.merchant.categories.map(({ first_class, second_class, first_id, second_id }) => ({
      first: first_id,
      first_name: first_class,
      second: second_id,
      second_name: second_class,
      audit_status: 3,
      audit_reason: '',
    }));
    return { ...OK, categories: held, limit: 20, quota: 20, category_limit: 20 };
  }

  private addCategories(call: AuthorizerCall): Json {
    const wanted = list(call.body['categories']).filter(isObject);
    refuse(wanted.length === 0, 40097);
    const found = wanted.map(({ first, second }) =>
      ADDABLE.find((category) => category.first_id === first && category.second_id === second),
    );
    for (const category of found) {
      if (!category) throw new ApiError(40097);
      refuse(
        call.merchant.categories.some((held) => held.second_id === category.second_id),
        53304,
      );
    }
    call.merchant.categories.push(...(found as Category[]));
    return OK;
  }

  private deleteCategory(call: AuthorizerCall): Json {
    const { categories } = call.merchant;
    const index = categories.findIndex((held) => held.first_id === call.body['first'] && held.second_id === call.body['second']);
    refuse(index < 0, 53308);
    categories.splice(index, 1);
    return OK;
  }
}

const allCategories: Json = {
  ...OK,
  categories_list: {
    categories: [
      { id: 0, name: '', level: 0, father: 0, children: ADDABLE.map((category) => category.first_id) },
      ...ADDABLE.flatMap(({ first_id, first_class, second_id, second_class }) => [
        { id: first_id, name: first_class, level: 1, father: 0, children: [second_id], sensitive_type: 0 },
        { id: second_id, name: second_class, level: 2, father: first_id, children: [], sensitive_type: 0 },
      ]),
    ],
  },
};
