import { Command, Option } from 'commander';
import type { RegistrationDetailsView as Details, RegistrationView as Summary } from '#openapi/broker';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, limitOption } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { facts, localTime, show, table } from '../shell/output.js';

interface Common {
  readonly component?: string;
  readonly json?: boolean;
}

interface ListOptions extends Common {
  readonly state?: string;
  readonly way?: string;
  readonly reference?: string;
  readonly limit: number;
}

/** As commander names the options; the API has underscores. */
interface CreateOptions extends Common {
  readonly way: string;
  readonly reference?: string;
  readonly name?: string;
  readonly code?: string;
  readonly phone?: string;
  readonly wxuser?: string;
  readonly openid?: string;
  readonly authorizer?: string;
  readonly account?: string;
  readonly sameAdmin?: boolean;
  readonly copyVerification: boolean;
}

const STATES = ['preparing', 'waiting', 'submitting', 'created', 'done', 'failed', 'expired'];
const WAYS = ['enterprise', 'personal', 'trial', 'trial-to-enterprise', 'trial-to-personal', 'trial-to-account', 'account'];

/** `wxplane registrations …`: mini programs that are being registered. */
export function registrationsCommand(): Command {
  const registrations = new Command('registrations').description(
    'mini programs that are being registered (BROKER_URL, WXPLANE_CLIENT_KEY; scopes registrations:read, to change something registrations:write)',
  );
  registrations
    .command('list')
    .description('registrations, newest first')
    .addOption(componentOption())
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .addOption(new Option('--way <way>', 'only those').choices(WAYS))
    .option('--reference <text>', 'those that were given this one')
    .addOption(limitOption(200))
    .addHelpText('after', examples('registrations list --state waiting'))
    .action(list);
  registrations
    .command('show')
    .description('one registration with its history: who has to act, where, until when')
    .argument('<id>')
    .addOption(componentOption())
    .addHelpText('after', examples('registrations show 0123456789abcdef0123456789abcdef'))
    .action(async (id: string, options: Common) => print(options, await AppApi.broker().get<Details>(await pathOf(options, id))));
  registrations
    .command('create')
    .description('register a mini program, or convert a trial one; the same once more answers the one that is open')
    .addOption(new Option('--way <way>', 'how').choices(WAYS).makeOptionMandatory())
    .addOption(componentOption())
    .option('--reference <text>', 'your own; comes back in answers and events')
    .option('--name <name>', 'of the company as registered, or of the trial')
    .option('--code <code>', 'the 18 characters of the unified social credit code')
    .option('--phone <number>', 'service number that WeChat shows to the person')
    .option('--wxuser <id>', 'WeChat id of a person')
    .option('--openid <openid>', 'of the person who gets a trial')
    .option('--authorizer <appid>', 'the trial that is converted')
    .option('--account <appid>', 'the official account whose entity is reused')
    .option('--same-admin', 'the mini program gets the administrator of the official account')
    .option('--no-copy-verification', 'do not take the certification of the official account over')
    .addHelpText(
      'after',
      examples(
        'registrations create --way enterprise --name 广州某某贸易有限公司 --code 91440101MA5XXXXXXX --phone 02000000000',
        'registrations create --way account --account wx3333333333333333',
      ),
    )
    .action(create);
  registrations
    .command('renew')
    .description('begin one anew with the same data: after a refusal, after its end, or because WeChat’s page failed')
    .argument('<id>')
    .addOption(componentOption())
    .addHelpText('after', examples('registrations renew 0123456789abcdef0123456789abcdef'))
    .action(async (id: string, options: Common) =>
      print(options, await AppApi.broker().post<Summary>(`${await pathOf(options, id)}/renew`)),
    );
  return registrations;
}

const pathOf = async (options: Common, id?: string): Promise<string> =>
  `/v1/components/${await componentOf(options)}/registrations${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;

async function list(options: ListOptions): Promise<void> {
  const { state, way, reference } = options;
  const page = await AppApi.broker().pages<Summary>(await pathOf(options), { state, way, reference }, options.limit);
  show(options, page, () =>
    table(
      ['id', 'way', 'state', 'for', 'appid', 'until', 'why'],
      page.items.map((item) => [
        item.registration_id,
        item.way,
        item.state,
        item.label,
        item.authorizer_appid,
        item.state === 'waiting' ? localTime(item.expires_at) : '',
        item.reason ?? item.wechat_status_text?.en ?? '',
      ]),
      'no registrations',
    ),
  );
}

async function create(options: CreateOptions): Promise<void> {
  const { way, reference, name, code, wxuser, openid } = options;
  const body = {
    way,
    reference,
    name,
    code,
    wxuser,
    openid,
    component_phone: options.phone,
    authorizer_appid: options.authorizer,
    mp_appid: options.account,
    same_admin: options.sameAdmin,
    copy_wx_verify: options.copyVerification ? undefined : false,
  };
  print(options, await AppApi.broker().post<Summary>(await pathOf(options), body));
}

function print(options: Common, item: Summary | Details): void {
  show(options, item, () => {
    const text = facts([
      ['id', item.registration_id],
      ['way', item.way],
      ['state', item.state],
      ['for', item.label],
      ...(item.reference ? [['reference', item.reference] as const] : []),
      ...(item.authorizer_appid ? [['appid', item.authorizer_appid] as const] : []),
      ...(item.who_acts ? [['who acts', `${item.who_acts.en}, until ${localTime(item.expires_at)}`] as const] : []),
      ...(item.state === 'done' ? [] : [['page', item.page_url] as const]),
      ...(item.wechat_status_text ? [['WeChat says', item.wechat_status_text.en] as const] : []),
      ...(item.reason ? [['why', item.reason] as const] : []),
      ...(item.remedy ? [['what to do', item.remedy.en] as const] : []),
    ]);
    if (!('history' in item)) return text;
    const moves = item.history.map(({ at, from, to, cause, reason }) => [localTime(at), from ?? '', to, cause, reason ?? '']);
    return `${text}\n${table(['when', 'from', 'to', 'by', 'why'], moves, 'no history')}`;
  });
}
