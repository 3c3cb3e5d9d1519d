import { Command } from 'commander';
import type { QuotaView as Quota, QuotaResetsView as Resets, RidView as Rid } from '#openapi/broker';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { facts, localTime, show, table } from '../shell/output.js';

interface Options {
  readonly component?: string;
  readonly authorizer?: string;
  readonly path?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `wxplane quotas …`: what WeChat allows in a day, and the ten resets of a month. */
export function quotasCommand(): Command {
  const quotas = new Command('quotas').description(
    'quotas of WeChat’s API: each account has its own for every API (BROKER_URL, WXPLANE_CLIENT_KEY; scope admin)',
  );
  account(quotas.command('show').description('how much of one API’s quota is used today, and when it ends if it goes on so'))
    .argument('<path>', 'of WeChat’s API, such as /wxa/commit')
    .addHelpText('after', examples('quotas show /wxa/commit --authorizer wx2222222222222222'))
    .action(quota);
  account(quotas.command('resets').description('this month’s resets that were made here, of ten'))
    .addHelpText('after', examples('quotas resets --authorizer wx2222222222222222'))
    .action(resets);
  account(quotas.command('reset').description('clear all quotas of an account, or with --path one API’s'))
    .option('--path <path>', 'only this API’s, such as /wxa/commit')
    .requiredOption('--reason <text>', 'why, for whoever reads the list')
    .addOption(yesOption())
    .addHelpText(
      'after',
      examples('quotas reset --authorizer wx2222222222222222 --path /wxa/commit --reason "rollout 12 is stuck" --yes'),
    )
    .action(reset);
  account(quotas.command('rid').description('what a call was, by the rid in its error: known for seven days'))
    .argument('<rid>')
    .addHelpText('after', examples('quotas rid 66a1b2c3-00112233-44556677 --authorizer wx2222222222222222'))
    .action(rid);
  return quotas;
}

const account = (command: Command): Command =>
  command.addOption(componentOption()).option('--authorizer <appid>', 'of this merchant; default: of the component itself');

async function pathOf(options: Options): Promise<string> {
  const component = `/v1/components/${await componentOf(options)}`;
  return options.authorizer ? `${component}/authorizers/${encodeURIComponent(options.authorizer)}` : component;
}

async function quota(path: string, options: Options): Promise<void> {
  const item = await AppApi.broker().get<Quota>(`${await pathOf(options)}/quota?path=${encodeURIComponent(path)}`);
  show(options, item, () =>
    facts([
      ['account', item.account_appid],
      ['api', item.path],
      ['used today', item.used],
      ['limit', item.daily_limit ?? 'none, or not known'],
      ['left', item.remaining ?? ''],
      ['ends at', item.exhausted_at ? localTime(item.exhausted_at) : 'not today, as it goes on'],
      ...(item.rate_limit ? [['rate', `${item.rate_limit.calls} in ${item.rate_limit.seconds} s`] as const] : []),
    ]),
  );
}

async function resets(options: Options): Promise<void> {
  tell(options, await AppApi.broker().get<Resets>(`${await pathOf(options)}/quota-resets`));
}

async function reset(options: Options): Promise<void> {
  const path = await pathOf(options);
  const api = AppApi.broker();
  const before = await api.get<Resets>(`${path}/quota-resets`);
  const what = options.path ? `the quota of ${options.path}` : 'all quotas';
  const left = `${before.used} of ${before.limit} resets of ${before.month} are used, as far as this suite made them`;
  await confirm(options, `Reset ${what} of ${before.account_appid}? ${left}.`);
  const body = { reason: options.reason, ...(options.path ? { path: options.path } : {}) };
  tell(options, await api.post<Resets>(`${path}/quota-resets`, body));
}

async function rid(id: string, options: Options): Promise<void> {
  const item = await AppApi.broker().get<Rid>(`${await pathOf(options)}/rids/${encodeURIComponent(id)}`);
  show(options, item, () =>
    facts([
      ['at', localTime(item.at)],
      ['took', `${item.duration_ms} ms`],
      ['from', item.client_ip],
      ['query', item.request_url],
      ['request', item.request_body],
      ['answer', item.response_body],
    ]),
  );
}

function tell(options: Options, page: Resets): void {
  show(
    options,
    page,
    () =>
      `${page.account_appid}, ${page.month}: ${page.used} of ${page.limit} used by us\n${table(
        ['at', 'what', 'state', 'errcode', 'why'],
        page.items.map((item) => [localTime(item.at), item.path ?? 'all', item.state, item.errcode ?? '', item.reason]),
        'no resets this month',
      )}`,
  );
}
