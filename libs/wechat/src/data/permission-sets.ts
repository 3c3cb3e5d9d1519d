/** A permission set (权限集): what a merchant grants (authorization.md §5.14). Ids are opaque and new ones appear without notice. */
export interface PermissionSet {
  readonly id: number;
  readonly name: { readonly en: string; readonly zh: string };
  /** Only one component at a time can hold it for an account. Not known of the newest sets. */
  readonly exclusive: boolean;
  readonly account: 'official-account' | 'mini-program' | 'channels';
}

/** Needed for every code, audit and release call. */
export const CODE_PERMISSION_SET = 18;

type Row = readonly [id: number, en: string, zh: string, exclusive?: 'exclusive'];

const OFFICIAL_ACCOUNT: readonly Row[] = [
  [1, 'Messages', '消息管理'],
  [2, 'Users', '用户管理'],
  [3, 'Account service', '账号服务'],
  [4, 'Web pages', '网页服务', 'exclusive'],
  [5, 'WeChat shop', '微信小店'],
  [6, 'Customer service', '微信多客服'],
  [7, 'Mass messages and notices', '群发与通知'],
  [8, 'Cards and coupons', '微信卡券'],
  [9, 'Scan', '扫一扫'],
  [10, 'Wi-Fi', '连WIFI'],
  [11, 'Media', '素材管理'],
  [12, 'Shake nearby', '摇周边'],
  [13, 'Stores', '门店'],
  [14, 'WeChat Pay', '微信支付'],
  [15, 'Menus', '菜单管理'],
  [16, 'Verification state', '认证状态'],
  [22, 'City services', '城市服务'],
  [23, 'Advertising', '广告管理'],
  [24, 'Open-platform account', '开放平台帐号管理', 'exclusive'],
  [26, 'Electronic invoices', '电子发票'],
  [27, 'Fast registration of mini programs', '快速注册小程序'],
  [33, 'Linked mini programs', '小程序关联管理'],
  [34, 'Product library', '商品库', 'exclusive'],
  [44, 'Good-things circle', '好物圈'],
  [46, 'One code per item', '一物一码'],
  [47, 'Fiscal electronic receipts', '财政电子票据'],
  [54, 'Service-account conversations', '服务号对话', 'exclusive'],
  [66, 'Service market', '服务市场'],
  [89, 'Subscription notices', '订阅通知'],
  [113, 'Medical assistant', '就医助手'],
  [172, 'Message test push', '消息推送测试'],
];

const MINI_PROGRAM: readonly Row[] = [
  [17, 'Mini-program codes', '获取小程序码'],
  [18, 'Development and data analysis', '小程序开发与数据分析', 'exclusive'],
  [19, 'Customer service', '小程序客服管理'],
  [20, 'Login', '登录'],
  [21, 'Data', '数据'],
  [25, 'Open-platform account', '开放平台账号管理', 'exclusive'],
  [30, 'Basic information', '基本信息管理'],
  [31, 'Check of names', '认证名称检测'],
  [36, 'Calories', '微信卡路里'],
  [37, 'Nearby mini programs', '附近的小程序'],
  [40, 'Plugins', '插件管理', 'exclusive'],
  [41, 'Good-things circle', '好物圈', 'exclusive'],
  [45, 'Logistics', '微信物流服务', 'exclusive'],
  [48, 'Fiscal electronic receipts', '财政电子票据'],
  [49, 'Cloud development', '云开发管理', 'exclusive'],
  [51, 'Instant delivery', '即时配送', 'exclusive'],
  [52, 'Live streaming', '直播管理'],
  [57, 'Page push', '页面推送'],
  [65, 'Advertising', '广告管理'],
  [67, 'Service market', '服务市场管理'],
  [70, 'Trade component', '交易组件'],
  [71, 'Trade component', '交易组件'],
  [73, 'Trade component', '交易组件', 'exclusive'],
  [76, 'Violations and complaints', '违规与交易投诉', 'exclusive'],
  [81, 'Fast verification of trial apps', '试用小程序快速认证', 'exclusive'],
  [84, 'Trade component', '交易组件'],
  [85, 'Trade component', '交易组件'],
  [86, 'Trial QR code', '体验版二维码'],
  [88, 'Mini-program links', '小程序链接'],
  [93, 'Affiliate', '联盟'],
  [99, 'Cloud SMS', '云开发短信'],
  [105, 'City services', '城市服务'],
  [116, 'Trade component data', '交易组件数据'],
  [118, 'Hardware', '硬件'],
  [119, 'Payment management', '支付管理'],
  [120, 'Shopping orders', '购物订单'],
  [135, 'Advertising operation on behalf', '流量主代运营'],
  [139, 'Freight insurance', '运费险'],
  [142, 'Shipping management', '发货管理'],
  [144, 'Student verification', '学生认证'],
  [151, 'Trade protection', '交易保障'],
  [156, 'ICP filing', '小程序备案'],
  [157, 'Virtual payment', '虚拟支付'],
  [161, 'WeChat customer service', '微信客服'],
  [171, 'Message test push', '消息推送测试'],
  [173, 'Message test push (mini games)', '消息推送测试（小游戏）'],
  [198, 'Appeals', '创建申诉'],
];

const CHANNELS: readonly Row[] = [
  [129, 'Channels shop: products', '视频号小店商品'],
  [130, 'Channels shop: logistics', '视频号小店物流'],
  [131, 'Channels shop: orders and after-sales', '视频号小店订单售后'],
  [132, 'Channels shop: coupons', '视频号小店优惠券'],
  [174, 'Message test push', '消息推送测试'],
];

function sets(account: PermissionSet['account'], rows: readonly Row[]): [number, PermissionSet][] {
  return rows.map(([id, en, zh, exclusive]) => [id, { id, name: { en, zh }, exclusive: exclusive !== undefined, account }]);
}

export const PERMISSION_SETS: ReadonlyMap<number, PermissionSet> = new Map([
  ...sets('official-account', OFFICIAL_ACCOUNT),
  ...sets('mini-program', MINI_PROGRAM),
  ...sets('channels', CHANNELS),
]);
