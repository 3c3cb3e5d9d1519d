import { Command, InvalidArgumentError } from 'commander';
import { egressAddress } from '../doctor/wechat.check.js';
import { componentOption, examples } from '../shell/arguments.js';
import { ConsoleConfig, DoctorConfig } from '../shell/cli.config.js';
import { configured, configuredComponents } from '../shell/environment.js';
import { wrongUse } from '../shell/failure.js';
import { facts, show, tell } from '../shell/output.js';
import { type ConsoleSettings, consoleSettings, unreachableFor } from './console-settings.domain.js';

interface Options {
  readonly component?: string;
  readonly launchUrl?: string;
  readonly pushUrl?: string;
  readonly json?: boolean;
}

/** `wxplane console-settings`: what to type into 开发资料 of WeChat's platform. */
export function consoleSettingsCommand(): Command {
  return new Command('console-settings')
    .description('what to type into WeChat’s platform (开放平台 → 管理中心 → 第三方平台 → 详情 → 开发资料), for each component')
    .addOption(componentOption())
    .option('--launch-url <url>', 'where merchants open the launch page; default: PUBLIC_BASE_URL', url)
    .option('--push-url <url>', 'where WeChat reaches ingestion; default: PUSH_BASE_URL, else that of the launch page', url)
    .addHelpText(
      'after',
      `
Reads the components file, PUBLIC_BASE_URL and PUSH_BASE_URL; asks EGRESS_ECHO_URL for our address if it is set. Prints no secret: push token and AES key are
those of the components file.
${examples('console-settings', 'console-settings --launch-url https://wx.example.com --push-url https://push.example.com')}`,
    )
    .action(print);
}

async function print(options: Options): Promise<void> {
  const { PUBLIC_BASE_URL, PUSH_BASE_URL } = configured(ConsoleConfig);
  const launch = options.launchUrl ?? PUBLIC_BASE_URL;
  if (!launch)
    throw wrongUse(
      'where do merchants reach the launch page? --launch-url https://wx.example.com',
      'Or set PUBLIC_BASE_URL, as for the broker.',
    );
  const pushes = options.pushUrl ?? PUSH_BASE_URL ?? launch;
  const all = configuredComponents().all.map(({ componentAppid }) => componentAppid);
  const chosen = options.component ? all.filter((appid) => appid === options.component) : all;
  if (chosen.length === 0)
    throw wrongUse(`${options.component} is not among the configured components`, `There are ${all.join(', ')}.`);
  const egress = (await egressAddress(configured(DoctorConfig))) ?? null;
  const settings = chosen.map((appid) => consoleSettings(appid, { launch, pushes, egress }));
  for (const problem of new Set([unreachableFor('the launch page', launch), unreachableFor('ingestion', pushes)]))
    if (problem) tell(`! ${problem}`);
  show(options, { items: settings }, () => settings.map(told).join('\n'));
}

function told({ component_appid, 白名单IP地址列表, ...fields }: ConsoleSettings): string {
  return `${component_appid}\n${facts([
    ...Object.entries(fields),
    ['消息校验Token', 'the first of push_tokens in the components file'],
    ['消息加解密Key', 'the first of encoding_aes_keys in the components file'],
    [
      '白名单IP地址列表',
      白名单IP地址列表 ??
        'each address that the internet sees us under, joined by ";" (unknown here: set EGRESS_ECHO_URL, or see doctor)',
    ],
  ])}`;
}

function url(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('must be a URL, such as https://wx.example.com');
  return text;
}
