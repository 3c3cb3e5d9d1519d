import { ConflictException, Injectable } from '@nestjs/common';
import { isPending } from '../world/app-code.js';
import type { Merchant } from '../world/model.js';
import { newUserName } from '../world/random.js';
import { World } from '../world/world.service.js';
import type { CreateMerchant } from './merchants.dto.js';

const DEFAULT_CATEGORIES = [
  { first_class: '工具', second_class: '效率', first_id: 287, second_id: 616 },
  { first_class: '商家自营', second_class: '美妆/洗护', first_id: 304, second_id: 326 },
];

@Injectable()
export class MerchantsService {
  constructor(private readonly world: World) {}

  create(body: CreateMerchant): Merchant {
    if (this.world.merchants.has(body.appid)) throw new ConflictException(`merchant ${body.appid} exists`);
    const mini = body.kind === 'miniprogram';
    const merchant: Merchant = {
      nick_name: mini ? `小程序 ${body.appid.slice(-6)} 🧋` : `公众号 ${body.appid.slice(-6)} 📣`,
      user_name: newUserName(),
      head_img: `https://wx.qlogo.cn/mmopen/${body.appid}/0`,
      principal_name: '示例贸易有限公司',
      alias: '',
      signature: '用于本机演练的账号',
      categories: mini ? structuredClone(DEFAULT_CATEGORIES) : [],
      account_status: 1,
      verify_type: 0,
      service_type: mini ? 0 : 2,
      basic_info_set: true,
      privacy_guide: true,
      mini_game: false,
      privacy_api_rights: [],
      speedup_allowed: true,
      tester_limit: 60,
      icp_status: 6,
      options: { location_report: '0', voice_recognize: '0', customer_service: '0' },
      ...body,
    };
    this.world.merchants.set(merchant.appid, merchant);
    return merchant;
  }

  list(query: { offset: number; limit: number; q?: string }): { total: number; merchants: Merchant[] } {
    const all = [...this.world.merchants.values()];
    const wanted = query.q?.toLowerCase();
    const found = wanted
      ? all.filter((merchant) => `${merchant.appid} ${merchant.nick_name}`.toLowerCase().includes(wanted))
      : all;
    return { total: found.length, merchants: found.slice(query.offset, query.offset + query.limit) };
  }

  view(merchant: Merchant) {
    const { code, busy, ...open } = merchant;
    const authorizations = [...this.world.components.values()]
      .map((component) => component.authorizations.get(merchant.appid))
      .filter((authorization) => authorization !== undefined)
      .map((authorization) => ({ component_appid: authorization.component.appid, sets: [...authorization.sets] }));
    return { ...open, authorizations, slots: code ? slotsOf(code) : null };
  }
}

function slotsOf(code: NonNullable<Merchant['code']>) {
  const { trial, ticket, gray, online, history, visible, library_version } = code;
  return {
    trial: trial ?? null,
    ticket: ticket ?? null,
    pending: isPending(ticket),
    gray: gray ?? null,
    online: online ?? null,
    history: history.map(({ app_version, user_version }) => ({ app_version, user_version })),
    visible,
    library_version,
    submissions: code.tickets.length,
  };
}
