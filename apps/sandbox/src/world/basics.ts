import type { Merchant } from './model.js';

/** A new app is complete when it has name, avatar and introduction (filing reference §1.1); submissions want that (86002). */
export function completeBasics(merchant: Merchant): void {
  if (merchant.nick_name && merchant.head_img && merchant.signature) merchant.basic_info_set = true;
}
