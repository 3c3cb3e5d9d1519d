import { Injectable } from '@nestjs/common';
import { MediaService } from '../code/media.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, isObject, type Json, list, OK, text } from '../protocol/route.js';
import { beijingMonth } from '../world/beijing.js';
import type { Category } from '../world/model.js';
import { World } from '../world/world.service.js';
import { type AppSettings, AppSettingsStore, CATEGORY_STATUS, type HeldCategory } from './app-settings.store.js';

const BASIC = { token: 'authorizer', sets: [30, 3] } as const;
const MOST_CATEGORIES = 20;
const MOST_WITH_A_REASON = 30;
const MOST_ADDED_A_MONTH = 20;

interface Choice extends Category {
  /** What has to be shown for it; without: none is needed. */
  readonly certificate?: string;
}

const CHOICES: readonly Choice[] = [
  { first_class: '工具', second_class: '效率', first_id: 287, second_id: 616 },
  { first_class: '商家自营', second_class: '美妆/洗护', first_id: 304, second_id: 326 },
  { first_class: '餐饮', second_class: '点餐平台', first_id: 220, second_id: 632, certificate: '《食品经营许可证》' },
  {
    first_class: '社交',
    second_class: '社区/论坛',
    first_id: 1,
    second_id: 2,
    certificate: '《非经营性互联网信息服务备案核准》',
  },
];

/** Categories of a mini program and their review (release reference §6.3). */
@Injectable()
export class CategoriesApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly store: AppSettingsStore,
    private readonly media: MediaService,
  ) {
    const open = '/cgi-bin/wxopen';
    registry.add(
      { ...BASIC, method: 'GET', path: `${open}/getcategory`, handle: (call: AuthorizerCall) => this.read(call) },
      { ...BASIC, method: 'GET', path: `${open}/getallcategories`, handle: () => choices },
      { ...BASIC, method: 'POST', path: `${open}/addcategory`, handle: (call: AuthorizerCall) => this.add(call) },
      { ...BASIC, method: 'POST', path: `${open}/modifycategory`, handle: (call: AuthorizerCall) => this.modify(call) },
      { ...BASIC, method: 'POST', path: `${open}/deletecategory`, handle: (call: AuthorizerCall) => this.delete(call) },
    );
  }

  private read(call: AuthorizerCall): Json {
    const settings = this.store.of(call.merchant);
    const approved = call.merchant.categories.map((category) => view(category, { status: CATEGORY_STATUS.approved, reason: '' }));
    const others = [...settings.categories.values()].map((held) => view(held.category, held));
    const left = MOST_ADDED_A_MONTH - this.usedThisMonth(settings);
    return {
      ...OK,
      categories: [...approved, ...others],
      limit: MOST_ADDED_A_MONTH,
      quota: left,
      category_limit: MOST_CATEGORIES,
    };
  }

  /** What needs a certificate is reviewed first; it cannot be submitted with until then. */
  private add(call: AuthorizerCall): Json {
    refuse(this.world.settings.api_registered_only && call.merchant.register_type === undefined, 41033);
    const wanted = list(call.body['categories']).filter(isObject);
    refuse(wanted.length === 0, 40097);
    const settings = this.store.of(call.merchant);
    const held = call.merchant.categories.length + settings.categories.size;
    refuse(this.usedThisMonth(settings) + wanted.length > MOST_ADDED_A_MONTH, 53300);
    const wants = text(call.body['apply_reason']) !== '';
    // "53310 limit reached, but more can be asked for by sending apply_reason in the same call" (§6.3).
    refuse(held + wanted.length > MOST_CATEGORIES && !wants, 53310);
    refuse(held + wanted.length > MOST_WITH_A_REASON, 53301);
    const chosen = wanted.map((body) => {
      const choice = CHOICES.find(({ first_id, second_id }) => first_id === body['first'] && second_id === body['second']);
      if (!choice) throw new ApiError(53303);
      refuse(this.has(call, choice.second_id), 53304);
      if (choice.certificate) this.checkCertificates(call, body);
      return choice;
    });
    for (const { certificate, ...category } of chosen) {
      if (certificate) settings.categories.set(category.second_id, { category, status: CATEGORY_STATUS.inAudit, reason: '' });
      else call.merchant.categories.push(category);
    }
    settings.categoriesAdded.used += chosen.length;
    return OK;
  }

  private modify(call: AuthorizerCall): Json {
    const held = this.find(call);
    refuse(held.status !== CATEGORY_STATUS.rejected, 53307);
    this.checkCertificates(call, call.body);
    held.status = CATEGORY_STATUS.inAudit;
    held.reason = '';
    return OK;
  }

  private delete(call: AuthorizerCall): Json {
    const held = this.find(call);
    refuse(held.status === CATEGORY_STATUS.inAudit, 53308);
    this.store.of(call.merchant).categories.delete(held.category.second_id);
    call.merchant.categories = call.merchant.categories.filter(({ second_id }) => second_id !== held.category.second_id);
    return OK;
  }

  private has({ merchant }: AuthorizerCall, secondId: number): boolean {
    return (
      merchant.categories.some(({ second_id }) => second_id === secondId) || this.store.of(merchant).categories.has(secondId)
    );
  }

  /** @throws ApiError 53303 when the app does not have it */
  private find({ merchant, body }: AuthorizerCall): HeldCategory {
    const same = ({ first_id, second_id }: Category) => first_id === body['first'] && second_id === body['second'];
    const under = [...this.store.of(merchant).categories.values()].find(({ category }) => same(category));
    if (under) return under;
    const category = merchant.categories.find(same);
    if (!category) throw new ApiError(53303);
    return { category, status: CATEGORY_STATUS.approved, reason: '' };
  }

  /** @throws ApiError 53311 without one, 40007 when its picture is not the account's own */
  private checkCertificates({ merchant }: AuthorizerCall, body: Json): void {
    const certificates = list(body['certicates']).filter(isObject);
    refuse(certificates.length === 0 || certificates.some(({ key }) => !text(key)), 53311);
    for (const { value } of certificates) refuse(!this.media.has(merchant.appid, text(value)), 40007);
  }

  private usedThisMonth({ categoriesAdded }: AppSettings): number {
    const month = beijingMonth(this.world.now);
    if (categoriesAdded.month !== month) Object.assign(categoriesAdded, { month, used: 0 });
    return categoriesAdded.used;
  }
}

function view(
  { first_id, first_class, second_id, second_class }: Category,
  { status, reason }: { status: number; reason: string },
) {
  return {
    first: first_id,
    first_name: first_class,
    second: second_id,
    second_name: second_class,
    audit_status: status,
    audit_reason: reason,
  };
}

const choices: Json = {
  ...OK,
  categories_list: {
    categories: [
      { id: 0, name: '', level: 0, father: 0, children: CHOICES.map((category) => category.first_id) },
      ...CHOICES.flatMap(({ first_id, first_class, second_id, second_class, certificate }) => [
        { id: first_id, name: first_class, level: 1, father: 0, children: [second_id], sensitive_type: 0 },
        {
          id: second_id,
          name: second_class,
          level: 2,
          father: first_id,
          children: [],
          sensitive_type: certificate ? 1 : 0,
          ...(certificate && { qualify: { exter_list: [{ inner_list: [{ name: certificate, url: '' }] }], remark: '' } }),
        },
      ]),
    ],
  },
};
