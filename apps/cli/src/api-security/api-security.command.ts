import { Command } from 'commander';
import type { ApiSecurityView as Security } from '#openapi/broker';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, jsonFile, limitOption } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { facts, localTime, show, table, tell } from '../shell/output.js';

interface Options {
  readonly component?: string;
  readonly authorizer?: string;
  readonly keys?: string;
  readonly limit: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `wxplane api-security …`: accounts whose calls WeChat wants signed and encrypted. */
export function apiSecurityCommand(): Command {
  const security = new Command('api-security').description(
    'keys of accounts in API security mode, 接口签名加密 (BROKER_URL, WXPLANE_CLIENT_KEY; scope admin)',
  );
  security
    .command('list')
    .description('accounts that have keys here, or of which WeChat has demanded them')
    .addOption(componentOption())
    .addOption(limitOption(200))
    .addHelpText('after', examples('api-security list'))
    .action(list);
  account(security.command('set').description('set an account’s keys; they are never read back'))
    .requiredOption('--keys <file>', 'JSON with the members of PUT …/api-security/keys')
    .addHelpText('after', examples('api-security set --authorizer wx2222222222222222 --keys keys.json'))
    .action(set);
  account(security.command('unset').description('delete an account’s keys: its calls go in clear'))
    .addOption(yesOption())
    .addHelpText('after', examples('api-security unset --authorizer wx2222222222222222 --yes'))
    .action(unset);
  return security;
}

const account = (command: Command): Command =>
  command.addOption(componentOption()).option('--authorizer <appid>', 'of this merchant; default: of the component itself');

async function pathOf(options: Options): Promise<string> {
  const component = `/v1/components/${await componentOf(options)}`;
  const of = options.authorizer ? `${component}/authorizers/${encodeURIComponent(options.authorizer)}` : component;
  return `${of}/api-security`;
}

async function list(options: Options): Promise<void> {
  const page = await AppApi.broker().pages<Security>(await pathOf(options), {}, options.limit);
  show(options, page, () =>
    table(
      ['account', 'keys', 'demanded', 'errcode'],
      page.items.map((item) => [
        ...[item.account_appid, item.set_at ? localTime(item.set_at) : 'none'],
        ...[item.demanded_at ? localTime(item.demanded_at) : '', item.demanded_errcode ?? ''],
      ]),
      'no account is in that mode, as far as WeChat has said',
    ),
  );
}

async function set(options: Options): Promise<void> {
  const item = await AppApi.broker().put<Security>(`${await pathOf(options)}/keys`, jsonFile(options.keys!));
  show(options, item, () =>
    facts([
      ['account', item.account_appid],
      ['symmetric key', item.symmetric_sn ?? ''],
      ['application key', item.application_sn ?? ''],
      ['certificates', item.platform_sns.join(', ')],
    ]),
  );
}

async function unset(options: Options): Promise<void> {
  const whose = options.authorizer ?? 'the component itself';
  await confirm(options, `Delete the keys of ${whose}? If WeChat demands them, its calls are refused from then on.`);
  await AppApi.broker().send204('DELETE', `${await pathOf(options)}/keys`);
  tell(`The keys of ${whose} are deleted.`);
}
