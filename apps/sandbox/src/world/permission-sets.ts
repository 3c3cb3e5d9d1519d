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

/** Errors reference §3.1 and §3.2: all that the page lists. */
export const PERMISSION_SETS: readonly PermissionSet[] = [
  mp(1, '消息管理', 'Messages'),
  mp(2, '用户管理', 'Users'),
  mp(3, '账号服务', 'Account service'),
  mp(4, '网页服务', 'Web pages', true),
  mp(5, '微信小店', 'WeChat shop'),
  mp(6, '微信多客服', 'Customer service'),
  mp(7, '群发与通知', 'Mass messages and notices'),
  mp(8, '微信卡券', 'Cards and coupons'),
  mp(9, '微信扫一扫', 'Scan'),
  mp(10, '微信连WIFI', 'Wi-Fi'),
  mp(11, '素材管理', 'Media'),
  mp(12, '微信摇周边', 'Shake nearby'),
  mp(13, '微信门店', 'Stores'),
  mp(15, '自定义菜单', 'Menus'),
  mp(16, '获取认证状态及信息', 'Verification state'),
  mp(22, '城市服务接口', 'City services'),
  mp(23, '广告管理', 'Advertising'),
  mp(24, '开放平台账号管理', 'Open-platform account', true),
  mp(26, '微信电子发票', 'Electronic invoices'),
  mp(27, '快速注册小程序', 'Fast registration of mini programs'),
  mp(33, '小程序关联管理', 'Linked mini programs'),
  mp(34, '微信商品库', 'Product library', true),
  mp(35, '微信卡路里', 'Calories'),
  mp(44, '好物圈', 'Good-things circle'),
  mp(46, '微信一物一码', 'One code per item'),
  mp(47, '微信财政电子票据', 'Fiscal electronic receipts'),
  mp(54, '服务号对话', 'Service-account conversations', true),
  mp(66, '服务市场管理', 'Service market'),
  mp(89, '订阅通知', 'Subscription notices'),
  mp(113, '就医助手', 'Medical assistant'),
  mp(121, '公众号购物订单', 'Shopping orders'),
  mp(172, '消息推送测试', 'Message test push'),
  mini(17, '获取小程序码', 'Mini-program codes'),
  mini(18, '小程序开发与数据分析', 'Development and data analysis', true),
  mini(19, '小程序客服管理', 'Customer service'),
  mini(25, '开放平台账号管理', 'Open-platform account', true),
  mini(30, '小程序基本信息管理', 'Basic information'),
  mini(31, '小程序认证名称检测', 'Check of names'),
  mini(37, '附近的小程序管理', 'Nearby mini programs'),
  mini(40, '小程序插件管理', 'Plugins', true),
  mini(41, '好物圈管理', 'Good-things circle', true),
  mini(45, '微信物流服务', 'Logistics', true),
  mini(48, '微信财政电子票据管理', 'Fiscal electronic receipts'),
  mini(49, '小程序云开发管理', 'Cloud development', true),
  mini(51, '小程序即时配送', 'Instant delivery', true),
  mini(52, '小程序直播管理', 'Live streaming'),
  mini(65, '小程序广告管理', 'Advertising'),
  mini(67, '微信服务市场管理', 'Service market'),
  mini(70, '标准版交易组件商品管理', 'Standard trade component: goods'),
  mini(71, '标准版交易组件订单物流与售后管理', 'Standard trade component: orders, logistics, after-sales'),
  mini(73, '标准版交易组件接入', 'Standard trade component: access', true),
  mini(76, '小程序违规与交易投诉管理', 'Violations and complaints', true),
  mini(81, '试用小程序快速认证', 'Fast verification of trial apps', true),
  mini(84, '标准版交易组件优惠券管理', 'Standard trade component: coupons'),
  mini(85, '自定义版交易组件管理', 'Custom trade component', true),
  mini(86, '小商店装修', 'Decoration of small shops'),
  mini(88, '小程序链接管理', 'Mini-program links'),
  mini(93, '小程序联盟管理', 'Affiliate'),
  mini(99, '云开发短信服务', 'SMS by cloud development'),
  mini(102, '云开发微信支付', 'WeChat Pay by cloud development'),
  mini(104, '标准版组件资金链路', 'Standard trade component: funds', true),
  mini(105, '城市服务', 'City services'),
  mini(107, '连接器电商场景接入', 'Connector for e-commerce'),
  mini(112, '红包封面管理', 'Red-packet covers'),
  mini(116, '获取自定义版交易组件数据', 'Custom trade component: data'),
  mini(117, '小程序图像处理', 'Image processing'),
  mini(118, '硬件服务', 'Hardware services'),
  mini(119, '小程序支付管理服务', 'Payment management', true),
  mini(129, '小店商品管理', 'Small shop: goods'),
  mini(130, '小店物流管理', 'Small shop: logistics'),
  mini(131, '小店订单与售后管理', 'Small shop: orders and after-sales'),
  mini(132, '小店优惠券管理', 'Small shop: coupons'),
  mini(133, '视频号商品橱窗管理', 'Showcase in Channels'),
  mini(135, '流量主代运营权限集', 'Advertising operation on behalf', true),
  mini(138, '小店资金管理', 'Small shop: funds', true),
  mini(139, '小程序运费险', 'Freight insurance'),
  mini(140, '小程序推广员', 'Promoters'),
  mini(141, '小店优选联盟', 'Small shop: affiliate'),
  mini(142, '小程序发货管理服务', 'Shipping management'),
  mini(144, '小程序学生认证权限集', 'Student verification'),
  mini(151, '小程序交易保障', 'Trade protection'),
  mini(153, '微短剧小程序资源管理', 'Short dramas'),
  mini(156, '小程序备案服务', 'ICP filing'),
  mini(157, '小程序虚拟支付管理权限', 'Virtual payment', true),
  mini(158, '小程序 B2b 门店助手', 'B2b store assistant', true),
  mini(159, '视频号电子面单管理', 'Electronic waybills of Channels'),
  mini(161, '微信客服管理', 'WeChat customer service'),
  mini(164, '小店本地生活券管理', 'Small shop: local-life coupons'),
  mini(167, '小店商家券管理', 'Small shop: merchant coupons'),
  mini(169, '小说阅读器管理', 'Novel reader'),
  mini(171, '消息推送测试', 'Message test push'),
  mini(175, '小店商家数据', 'Small shop: merchant data'),
  mini(180, '微信小店关联', 'Link with a WeChat shop'),
  mini(182, '小程序订单管理服务', 'Order management'),
  mini(185, '小程序管理微信小店会员', 'Members of a WeChat shop, by the mini program'),
  mini(186, '微信小店会员', 'Members of a WeChat shop'),
  mini(198, '小程序违规申诉代提交', 'Appeals on behalf', true),
];

/** What a platform has when nobody says otherwise: the sets that a person meets most. */
export const USUAL_SET_IDS: readonly number[] = [
  1, 2, 3, 4, 6, 7, 11, 15, 24, 27, 33, 172, 17, 18, 19, 25, 30, 31, 37, 40, 45, 49, 52, 65, 76, 86, 88, 156, 171,
];
const BY_ID = new Map(PERMISSION_SETS.map((set) => [set.id, set]));

export const permissionSet = (id: number): PermissionSet | undefined => BY_ID.get(id);
