import type { MerchantKind } from './model.js';

export interface PermissionSet {
  readonly id: number;
  readonly kind: MerchantKind;
  readonly zh: string;
  readonly en: string;
  /** held by one component at a time (互斥) */
  readonly exclusive?: true;
}

const mp = (id: number, zh: string, en: string, exclusive?: true): PermissionSet => ({
  id,
  kind: 'mp',
  zh,
  en,
  ...(exclusive && { exclusive }),
});
const mini = (id: number, zh: string, en: string, exclusive?: true): PermissionSet => ({
  id,
  kind: 'miniprogram',
  zh,
  en,
  ...(exclusive && { exclusive }),
});

/** Authorization reference §5.14, the sets that a person meets most. */
export const PERMISSION_SETS: readonly PermissionSet[] = [
  mp(1, '消息管理', 'Messages'),
  mp(2, '用户管理', 'Followers'),
  mp(3, '账号服务', 'Account services'),
  mp(4, '网页服务', 'Web pages and OAuth', true),
  mp(6, '微信多客服', 'Customer service'),
  mp(7, '群发与通知', 'Mass messages and notices'),
  mp(11, '素材管理', 'Media library'),
  mp(15, '菜单管理', 'Menus'),
  mp(24, '开放平台账号管理', 'Open-platform account', true),
  mp(27, '快速注册小程序', 'Register mini programs'),
  mp(33, '小程序关联管理', 'Linked mini programs'),
  mp(172, '消息推送测试', 'Test pushes'),
  mini(17, '获取小程序码', 'Mini program codes'),
  mini(18, '小程序开发与数据分析', 'Development and data', true),
  mini(19, '小程序客服管理', 'Customer service'),
  mini(25, '开放平台账号管理', 'Open-platform account', true),
  mini(30, '基本信息管理', 'Basic information'),
  mini(31, '认证名称检测', 'Name check'),
  mini(37, '附近的小程序', 'Nearby'),
  mini(40, '插件管理', 'Plugins', true),
  mini(45, '微信物流服务', 'Logistics', true),
  mini(49, '云开发管理', 'Cloud development', true),
  mini(52, '直播管理', 'Live streaming'),
  mini(65, '广告管理', 'Advertising'),
  mini(76, '违规与交易投诉', 'Violations and complaints', true),
  mini(86, '体验版二维码', 'Trial version QR code'),
  mini(88, '小程序链接', 'Links'),
  mini(156, '小程序备案', 'ICP filing'),
  mini(171, '消息推送测试', 'Test pushes'),
];

export const ALL_SET_IDS: readonly number[] = PERMISSION_SETS.map((set) => set.id);
const BY_ID = new Map(PERMISSION_SETS.map((set) => [set.id, set]));

export const permissionSet = (id: number): PermissionSet | undefined => BY_ID.get(id);
