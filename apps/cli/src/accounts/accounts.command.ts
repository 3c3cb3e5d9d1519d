import { Command } from 'commander';
import type { CallbackCheckView as Callback, OptionView as Option } from '#openapi/broker';
import type { HalfScreenPage, OpenAccountView as OpenAccount, OpenersPage, ShownAccountView as Shown } from '#openapi/release';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, whole } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { facts, localTime, show, table } from '../shell/output.js';

interface Options {
  readonly component?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const OPTIONS = ['location_report', 'voice_recognize', 'customer_service'];

/** `wxplane accounts …`: what a merchant's account has to do with others, and its own options. */
export function accountsCommand(): Command {
  const accounts = new Command('accounts').description(
    'relations of a merchant’s account (RELEASE_URL, BROKER_URL, WXPLANE_CLIENT_KEY; scope releases:read, to change releases:write)',
  );
  const one = (name: string, description: string) =>
    accounts.command(name).description(description).argument('<appid>').addOption(componentOption());
  one('show', 'its open-platform account, the official account to follow, half-screen mini programs')
    .addHelpText('after', examples('accounts show wx2222222222222222'))
    .action(overview);
  one('open-create', 'make an open-platform account, and bind it to that')
    .addHelpText('after', examples('accounts open-create wx2222222222222222'))
    .action(openCreate);
  one('open-bind', 'bind it to an open-platform account that this platform has made')
    .argument('<open_appid>')
    .addHelpText('after', examples('accounts open-bind wx2222222222222222 wx4444444444444444'))
    .action((appid: string, open: string, options: Options) => openBind(appid, open, options));
  one('open-unbind', 'take it out of its open-platform account: every user has another unionid afterwards')
    .argument('<open_appid>')
    .addOption(yesOption())
    .addHelpText('after', examples('accounts open-unbind wx2222222222222222 wx4444444444444444 --yes'))
    .action((appid: string, open: string, options: Options) => openUnbind(appid, open, options));
  one('half-screen-ask', 'ask to open another mini program at half the screen')
    .argument('<other>')
    .option('--reason <text>', 'for its administrator, 30 characters at most')
    .addHelpText('after', examples('accounts half-screen-ask wx2222222222222222 wx3333333333333333 --reason logistics'))
    .action((appid: string, other: string, options: Options) => ask(appid, other, options));
  one('options', 'read its options, or with --set change one')
    .option('--set <name>', `one of ${OPTIONS.join(', ')}`)
    .option('--value <number>', 'location_report 0 to 2, the others 0 or 1', whole)
    .addHelpText('after', examples('accounts options wx2222222222222222 --set voice_recognize --value 1'))
    .action(options);
  one('callback-check', 'whether WeChat’s networks reach the URL that it has configured for pushes')
    .addHelpText('after', examples('accounts callback-check wx2222222222222222'))
    .action(callback);
  return accounts;
}

const pathOf = async (appid: string, options: Options): Promise<string> =>
  `/v1/components/${await componentOf(options)}/authorizers/${encodeURIComponent(appid)}`;

async function overview(appid: string, given: Options): Promise<void> {
  const path = await pathOf(appid, given);
  const api = AppApi.release();
  const open = await api.get<OpenAccount>(`${path}/open-account`);
  const followed = await api.get<Shown>(`${path}/followed-account`);
  const opens = await api.get<HalfScreenPage>(`${path}/half-screen`);
  const openers = await api.get<OpenersPage>(`${path}/half-screen/openers`);
  show(given, { open_account: open, followed_account: followed, half_screen: opens, openers }, () =>
    [
      facts([
        ['open-platform account', open.open_appid ?? 'none'],
        ['to follow', followed.appid ?? 'none'],
        ['who asks to open it', openers.policy ?? 'not known'],
      ]),
      table(
        ['half-screen', 'appid', 'name', 'status', 'asked'],
        [
          ...opens.items.map((item) => ['opens', item.appid, item.nickname, item.status, localTime(item.asked_at)]),
          ...openers.items.map((item) => ['opened by', item.appid, item.nickname, item.status, localTime(item.asked_at)]),
        ],
        'no half-screen mini programs',
      ),
    ].join('\n'),
  );
}

const told = (given: Options, open: OpenAccount): void =>
  show(given, open, () => facts([['open-platform account', open.open_appid ?? 'none']]));

async function openCreate(appid: string, given: Options): Promise<void> {
  told(given, await AppApi.release().post<OpenAccount>(`${await pathOf(appid, given)}/open-account`));
}

async function openBind(appid: string, open_appid: string, given: Options): Promise<void> {
  told(given, await AppApi.release().put<OpenAccount>(`${await pathOf(appid, given)}/open-account`, { open_appid }));
}

async function openUnbind(appid: string, open_appid: string, given: Options): Promise<void> {
  await confirm(given, `Take ${appid} out of ${open_appid}? Every user's unionid is another one afterwards.`);
  await AppApi.release().send204('DELETE', `${await pathOf(appid, given)}/open-account`, { open_appid, unionids_change: true });
  show(given, { open_appid: null }, () => 'done\n');
}

async function ask(appid: string, embedded_appid: string, given: Options): Promise<void> {
  const body = { embedded_appid, ...(given.reason ? { reason: given.reason } : {}) };
  await AppApi.release().send204('POST', `${await pathOf(appid, given)}/half-screen`, body);
  show(given, body, () => 'asked: its administrator answers\n');
}

async function options(appid: string, given: Options & { readonly set?: string; readonly value?: number }): Promise<void> {
  const path = `${await pathOf(appid, given)}/options`;
  const api = AppApi.broker();
  const items: Option[] = given.set
    ? [await api.put<Option>(`${path}/${encodeURIComponent(given.set)}`, { value: given.value ?? 0 })]
    : await Promise.all(OPTIONS.map((name) => api.get<Option>(`${path}/${name}`)));
  show(given, { items }, () => facts(items.map(({ option_name, value }) => [option_name, value])));
}

async function callback(appid: string, given: Options): Promise<void> {
  const found = await AppApi.broker().post<Callback>(`${await pathOf(appid, given)}/callback-check`, {});
  show(given, found, () =>
    table(
      ['how', 'ip', 'network', 'loss', 'time'],
      [
        ...found.dns.map(({ ip, network }) => ['dns', ip, network, '', '']),
        ...found.ping.map(({ ip, network, package_loss, time }) => ['ping', ip, network, package_loss, time]),
      ],
      'WeChat tells of no address',
    ),
  );
}
