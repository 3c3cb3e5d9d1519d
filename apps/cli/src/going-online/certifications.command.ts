import { Command } from 'commander';
import type {
  CertificateView as Certificate,
  CertificationView as Certification,
  CertificationDetailsView as Details,
  IdentityView as Identity,
  CertificationOverview as Overview,
} from '#openapi/broker';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, idempotencyOption, jsonFile, limitOption, whole } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { facts, localTime, show, table } from '../shell/output.js';
import { pictureFile } from './picture-file.js';
import { type Step, steps, waiting } from './waiting.js';

interface Common {
  readonly component?: string;
  readonly json?: boolean;
}

/** `wxplane certifications …`: certification (认证) of mini programs. */
export function certificationsCommand(): Command {
  const certifications = new Command('certifications').description(
    'certification (认证) of mini programs (BROKER_URL, WXPLANE_CLIENT_KEY; scopes authorizers:read, to change something going-online:write)',
  );
  const command = (name: string, description: string, ...example: string[]) =>
    certifications
      .command(name)
      .description(description)
      .addOption(componentOption())
      .addHelpText('after', examples(...example));
  const begins = (name: string, description: string, ...example: string[]) =>
    command(name, description, ...example)
      .argument('<appid>')
      .requiredOption('--data <file>', 'WeChat’s auth_data, as JSON')
      .addOption(idempotencyOption('order'));

  command('list', 'until when mini programs are certified, the earliest end first', 'certifications list --ends-within 30')
    .option('--ends-within <days>', 'only those that end within so many days, or have ended', whole)
    .addOption(limitOption(200))
    .action(list);
  command(
    'show',
    'until when one is certified, and how its newest order stands',
    'certifications show wx2222222222222222 --refresh',
  )
    .argument('<appid>')
    .option('--refresh', 'ask WeChat now')
    .action(async (appid: string, options: Common & { refresh?: boolean }) => {
      const api = AppApi.broker();
      const path = await at(appid, options);
      const item = options.refresh ? await api.post<Overview>(`${path}/refresh`) : await api.get<Overview>(path);
      show(options, item, () => facts([...untilWhen(item), ...(item.order ? described(item.order) : [])]));
    });
  begins(
    'begin',
    'begin a certification, or submit one again that was returned',
    'certifications begin wx2222222222222222 --data auth.json',
    'certifications begin wx2222222222222222 --data auth.json --again-for ce_0123456789abcdef01234567',
  )
    .option('--again-for <certification_id>', 'the order that was returned for correction')
    .action(async (appid: string, options: Common & { data: string; againFor?: string; idempotencyKey?: string }) => {
      const body = { auth_data: jsonFile(options.data), ...(options.againFor ? { again_for: options.againFor } : {}) };
      await begin(appid, options, 'orders', body);
    });
  begins(
    'begin-with-filing',
    'begin certification and filing in one',
    'certifications begin-with-filing wx2222222222222222 --data auth.json --form form.json',
  )
    .requiredOption('--form <file>', 'the form of the filing, as JSON')
    .action(async (appid: string, options: Common & { data: string; form: string; idempotencyKey?: string }) => {
      await begin(appid, options, 'orders/with-filing', { auth_data: jsonFile(options.data), form: jsonFile(options.form) });
    });
  command('upload', 'upload a picture; answers its id', 'certifications upload wx2222222222222222 licence.jpg')
    .argument('<appid>')
    .argument('<file>', 'png, jpg or gif, at most 2 MB')
    .action(async (appid: string, path: string, options: Common) => {
      const file = pictureFile(path);
      const made = await AppApi.broker().upload<{ media_id: string }>(`${await at(appid, options)}/materials`, {}, file);
      show(options, made, () => `${made.media_id}\n`);
    });
  command('identities', 'what persons may be certified as', 'certifications identities wx2222222222222222')
    .argument('<appid>')
    .action(async (appid: string, options: Common) => {
      const page = await AppApi.broker().get<{ items: Identity[] }>(`${await at(appid, options)}/identities`);
      const rows = page.items.map(({ name, groups, requirement }) => [name, groups.join(' / '), requirement]);
      show(options, page, () => table(['name', 'group', 'proved by'], rows, 'none'));
    });
  command('orders', 'all orders of one, newest first', 'certifications orders wx2222222222222222')
    .argument('<appid>')
    .addOption(limitOption(20))
    .action(async (appid: string, options: Common & { limit: number }) => {
      const page = await AppApi.broker().pages<Certification>(`${await at(appid, options)}/orders`, {}, options.limit);
      const rows = page.items.map((item) => [
        item.certification_id,
        item.kind,
        item.state,
        localTime(item.state_at),
        item.reason,
      ]);
      show(options, page, () => table(['certification', 'kind', 'state', 'since', 'reason'], rows, 'no orders'));
    });
  command('history', 'what happened, newest first', 'certifications history wx2222222222222222')
    .argument('<appid>')
    .addOption(limitOption(50))
    .action(async (appid: string, options: Common & { limit: number }) => {
      const page = await AppApi.broker().pages<Step>(`${await at(appid, options)}/history`, {}, options.limit);
      show(options, page, () => steps(page.items));
    });
  return certifications;
}

const at = async (appid: string, options: Common) =>
  `/v1/components/${await componentOf(options)}/authorizers/${encodeURIComponent(appid)}/certification`;

async function begin(appid: string, options: Common & { idempotencyKey?: string }, where: string, body: object): Promise<void> {
  const { idempotencyKey } = options;
  const made = await AppApi.broker().post<Details>(`${await at(appid, options)}/${where}`, body, { idempotencyKey });
  show(options, made, () => facts(described(made)));
}

async function list(options: Common & { endsWithin?: number; limit: number }): Promise<void> {
  const path = `/v1/components/${await componentOf(options)}/certifications`;
  const page = await AppApi.broker().pages<Certificate>(path, { ends_within_days: options.endsWithin }, options.limit);
  show(options, page, () =>
    table(
      ['appid', 'ends', 'days left', 'by', 'WeChat says'],
      page.items.map((item) => [
        item.authorizer_appid,
        localTime(item.ends_at).slice(0, 10),
        item.days_left,
        item.ends_from,
        item.message,
      ]),
      'none is known',
    ),
  );
}

const untilWhen = ({ authorizer_appid, ends_at, days_left, message }: Certificate): [string, string][] => [
  ['appid', authorizer_appid],
  ['certified until', ends_at ? `${localTime(ends_at)}, ${days_left} days left` : 'not known'],
  ...(message ? [['WeChat says', message] as [string, string]] : []),
];

const described = (order: Certification): [string, string][] => [
  ['order', `${order.certification_id} ${order.kind} ${order.state}`],
  ...waiting(order.waiting_for),
  ...(order.reason ? [['reason', order.reason] as [string, string]] : []),
  ...(order.audit?.reasons ?? []).map(({ field, error, suggestion }): [string, string] => [
    'filing',
    `${field}: ${error}; ${suggestion}`,
  ]),
  ...(order.dispatch
    ? [['reviewed by', `${order.dispatch.provider ?? ''} ${order.dispatch.contact ?? ''}`] as [string, string]]
    : []),
];
