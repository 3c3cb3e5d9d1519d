/**
 * A permission set (权限集): what a merchant grants (errors-and-permission-sets.md §3). Ids are opaque and new ones appear without notice:
 * show the number of one that is not here, and take it for possibly exclusive.
 */
export interface PermissionSet {
  readonly id: number;
  readonly name: { readonly en: string; readonly zh: string };
  /** Only one component at a time can hold it for an account; `undefined`: not known. */
  readonly exclusive: boolean | undefined;
  readonly account: 'official-account' | 'mini-program' | 'channels';
}

/** Needed for every code, audit and release call. */
export const CODE_PERMISSION_SET = 18;

type Row = readonly [id: number, en: string, zh: string, exclusive?: 'exclusive' | 'not known'];

const OFFICIAL_ACCOUNT: readonly Row[] = [
  [1, 'Messages', '消息管理'],
  [2, 'Users', '用户管理'],
  [3, 'Account service', '账号服务'],
  [4, 'Web pages', '网页服务', 'exclusive'],
  [5, 'WeChat shop', '微信小店'],
  [6, 'Customer service', '微信多客服'],
  [7, 'Mass messages and notices', '群发与通知'],
  [8, 'Cards and coupons', '微信卡券'],
  [9, 'Scan', '微信扫一扫'],
  [10, 'Wi-Fi', '微信连WIFI'],
  [11, 'Media', '素材管理'],
  [12, 'Shake nearby', '微信摇周边'],
  [13, 'Stores', '微信门店'],
  [14, 'WeChat Pay (taken out)', '微信支付（已下线）'],
  [15, 'Menus', '自定义菜单'],
  [16, 'Verification state', '获取认证状态及信息'],
  [22, 'City services', '城市服务接口'],
  [23, 'Advertising', '广告管理'],
  [24, 'Open-platform account', '开放平台账号管理', 'exclusive'],
  [26, 'Electronic invoices', '微信电子发票'],
  [27, 'Fast registration of mini programs', '快速注册小程序', 'not known'],
  [33, 'Linked mini programs', '小程序关联管理'],
  [34, 'Product library', '微信商品库', 'exclusive'],
  [35, 'Calories', '微信卡路里', 'not known'],
  [44, 'Good-things circle', '好物圈'],
  [46, 'One code per item', '微信一物一码'],
  [47, 'Fiscal electronic receipts', '微信财政电子票据'],
  [54, 'Service-account conversations', '服务号对话', 'exclusive'],
  [66, 'Service market', '服务市场管理'],
  [89, 'Subscription notices', '订阅通知'],
  [113, 'Medical assistant', '就医助手'],
  [121, 'Shopping orders', '公众号购物订单', 'not known'],
  [172, 'Message test push', '消息推送测试'],
];

// With the sets of WeChat shops; old and undocumented ones that merchants still hold besides.
const MINI_PROGRAM: readonly Row[] = [
  [17, 'Mini-program codes', '获取小程序码'],
  [18, 'Development and data analysis', '小程序开发与数据分析', 'exclusive'],
  [19, 'Customer service', '小程序客服管理'],
  [20, 'Login (list of 2018)', '微信登录', 'not known'],
  [21, 'Data analysis (list of 2018)', '数据分析', 'not known'],
  [25, 'Open-platform account', '开放平台账号管理', 'exclusive'],
  [30, 'Basic information', '小程序基本信息管理'],
  [31, 'Check of names', '小程序认证名称检测'],
  [36, 'Calories (list of 2018)', '微信卡路里', 'not known'],
  [37, 'Nearby mini programs', '附近的小程序管理'],
  [40, 'Plugins', '小程序插件管理', 'exclusive'],
  [41, 'Good-things circle', '好物圈管理', 'exclusive'],
  [45, 'Logistics', '微信物流服务', 'exclusive'],
  [48, 'Fiscal electronic receipts', '微信财政电子票据管理'],
  [49, 'Cloud development', '小程序云开发管理', 'exclusive'],
  [51, 'Instant delivery', '小程序即时配送', 'exclusive'],
  [52, 'Live streaming', '小程序直播管理'],
  [57, 'Page push (list of 2018)', '页面推送', 'not known'],
  [65, 'Advertising', '小程序广告管理'],
  [67, 'Service market', '微信服务市场管理'],
  [70, 'Standard trade component: goods', '标准版交易组件商品管理'],
  [71, 'Standard trade component: orders, logistics, after-sales', '标准版交易组件订单物流与售后管理'],
  [73, 'Standard trade component: access', '标准版交易组件接入', 'exclusive'],
  [76, 'Violations and complaints', '小程序违规与交易投诉管理', 'exclusive'],
  [81, 'Fast verification of trial apps', '试用小程序快速认证', 'exclusive'],
  [84, 'Standard trade component: coupons', '标准版交易组件优惠券管理'],
  [85, 'Custom trade component', '自定义版交易组件管理', 'exclusive'],
  [86, 'Decoration of small shops', '小商店装修'],
  [88, 'Mini-program links', '小程序链接管理'],
  [93, 'Affiliate', '小程序联盟管理'],
  [99, 'SMS by cloud development', '云开发短信服务'],
  [102, 'WeChat Pay by cloud development', '云开发微信支付'],
  [104, 'Standard trade component: funds', '标准版组件资金链路', 'exclusive'],
  [105, 'City services', '城市服务'],
  [107, 'Connector for e-commerce', '连接器电商场景接入'],
  [112, 'Red-packet covers', '红包封面管理'],
  [116, 'Custom trade component: data', '获取自定义版交易组件数据'],
  [117, 'Image processing', '小程序图像处理'],
  [118, 'Hardware services', '硬件服务'],
  [119, 'Payment management', '小程序支付管理服务', 'exclusive'],
  [120, 'Shopping orders', '小程序购物订单', 'not known'],
  [129, 'Small shop: goods', '小店商品管理'],
  [130, 'Small shop: logistics', '小店物流管理'],
  [131, 'Small shop: orders and after-sales', '小店订单与售后管理'],
  [132, 'Small shop: coupons', '小店优惠券管理'],
  [133, 'Showcase in Channels', '视频号商品橱窗管理'],
  [135, 'Advertising operation on behalf', '流量主代运营权限集', 'exclusive'],
  [138, 'Small shop: funds', '小店资金管理', 'exclusive'],
  [139, 'Freight insurance', '小程序运费险'],
  [140, 'Promoters', '小程序推广员'],
  [141, 'Small shop: affiliate', '小店优选联盟'],
  [142, 'Shipping management', '小程序发货管理服务'],
  [144, 'Student verification', '小程序学生认证权限集'],
  [151, 'Trade protection', '小程序交易保障'],
  [153, 'Short dramas', '微短剧小程序资源管理'],
  [156, 'ICP filing', '小程序备案服务'],
  [157, 'Virtual payment', '小程序虚拟支付管理权限', 'exclusive'],
  [158, 'B2b store assistant', '小程序 B2b 门店助手', 'exclusive'],
  [159, 'Electronic waybills of Channels', '视频号电子面单管理'],
  [161, 'WeChat customer service', '微信客服管理'],
  [164, 'Small shop: local-life coupons', '小店本地生活券管理'],
  [167, 'Small shop: merchant coupons', '小店商家券管理'],
  [169, 'Novel reader', '小说阅读器管理'],
  [171, 'Message test push', '消息推送测试', 'not known'],
  [173, 'Message test push (mini games)', '消息推送测试（小游戏）', 'not known'],
  [175, 'Small shop: merchant data', '小店商家数据'],
  [180, 'Link with a WeChat shop', '微信小店关联'],
  [182, 'Order management', '小程序订单管理服务'],
  [185, 'Members of a WeChat shop, by the mini program', '小程序管理微信小店会员'],
  [186, 'Members of a WeChat shop', '微信小店会员'],
  [198, 'Appeals on behalf', '小程序违规申诉代提交', 'exclusive'],
];

const CHANNELS: readonly Row[] = [[174, 'Message test push', '消息推送测试', 'not known']];

/** @returns `undefined` when no source says it, or two contradict each other */
const isExclusive = (told: Row[3]) => (told === 'not known' ? undefined : told === 'exclusive');

function sets(account: PermissionSet['account'], rows: readonly Row[]): [number, PermissionSet][] {
  return rows.map(([id, en, zh, told]) => [id, { id, name: { en, zh }, exclusive: isExclusive(told), account }]);
}

export const PERMISSION_SETS: ReadonlyMap<number, PermissionSet> = new Map([
  ...sets('official-account', OFFICIAL_ACCOUNT),
  ...sets('mini-program', MINI_PROGRAM),
  ...sets('channels', CHANNELS),
]);
