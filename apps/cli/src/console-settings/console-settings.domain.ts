/** What is typed into 开放平台 → 管理中心 → 第三方平台 → 详情 → 开发资料, by the names of its fields. */
export interface ConsoleSettings {
  readonly component_appid: string;
  readonly 授权发起页域名: string;
  readonly 授权事件接收URL: string;
  readonly 消息与事件接收URL: string;
  readonly 白名单IP地址列表: string | null;
}

export interface Reached {
  /** Where merchants open the launch page, such as `https://wx.example.com`. */
  readonly launch: string;
  /** Where WeChat reaches ingestion; often the same. */
  readonly pushes: string;
  /** Our addresses as the internet sees them, if they are known. */
  readonly egress: string | null;
}

/** WeChat fills it in: it is typed as it stands. */
const MERCHANT = '$APPID$';

export function consoleSettings(component_appid: string, { launch, pushes, egress }: Reached): ConsoleSettings {
  const base = `${pushes.replace(/\/+$/, '')}/wechat/${component_appid}`;
  return {
    component_appid,
    授权发起页域名: new URL(launch).host,
    授权事件接收URL: `${base}/events`,
    消息与事件接收URL: `${base}/${MERCHANT}/messages`,
    白名单IP地址列表: egress,
  };
}

/** WeChat reaches ports 80 and 443 of public names and nothing else. @returns what is wrong with an address, in words */
export function unreachableFor(name: string, url: string): string | undefined {
  const { hostname, port } = new URL(url);
  if (hostname === 'localhost' || hostname.endsWith('.local') || /^(127|10|192\.168)\.|^\[/.test(hostname))
    return `${name} (${url}) is an address of this machine or network: WeChat and merchants cannot reach it`;
  return port === '' ? undefined : `${name} (${url}) names a port: WeChat calls 80 and 443 only`;
}
