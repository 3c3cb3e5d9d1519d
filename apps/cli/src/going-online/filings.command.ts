import { Command, Option } from 'commander';
import type {
  ApplicationDetailsView as Application,
  FilingView as Filing,
  FormCheckView as FormCheck,
  VerificationView as Verification,
} from '#openapi/broker';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, idempotencyOption, jsonFile, limitOption, whole } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { EXIT, wrongUse } from '../shell/failure.js';
import { facts, localTime, show, table } from '../shell/output.js';
import { pictureFile } from './picture-file.js';
import { type Step, steps, waiting } from './waiting.js';

const STATES = [
  'unread',
  'not_filed',
  'platform_review',
  'platform_rejected',
  'authority_review',
  'authority_rejected',
  'filed',
  'cancelling',
  'unknown',
];
const MISSING = ['basic_info', 'category', 'certification'];

interface Common {
  readonly component?: string;
  readonly json?: boolean;
}
interface Form extends Common {
  readonly form?: string;
  readonly basedOn?: string;
  readonly changes?: string;
  readonly idempotencyKey?: string;
}

/** `wxplane filings …`: ICP filing (备案) of mini programs. */
export function filingsCommand(): Command {
  const filings = new Command('filings').description(
    'filing (备案) of mini programs (BROKER_URL, WXPLANE_CLIENT_KEY; scopes authorizers:read, to change something going-online:write)',
  );
  const command = (name: string, description: string, ...example: string[]) =>
    filings
      .command(name)
      .description(description)
      .addOption(componentOption())
      .addHelpText('after', examples(...example));
  const withForm = (name: string, description: string, ...example: string[]) =>
    command(name, description, ...example)
      .argument('<appid>')
      .option('--form <file>', 'the whole form, as JSON')
      .option('--based-on <application_id>', 'the form of an earlier application')
      .option('--changes <file>', 'what differs from it, as JSON');

  command('list', 'where they stand', 'filings list --person-must-act', 'filings list --state not_filed --missing category')
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .addOption(new Option('--missing <what>', 'not filed, and lack this').choices(MISSING))
    .option('--person-must-act', 'only those of which a person must do something')
    .addOption(limitOption(200))
    .action(list);
  command('show', 'where one stands, and whom it waits for', 'filings show wx2222222222222222 --refresh')
    .argument('<appid>')
    .option('--refresh', 'ask WeChat now')
    .action(async (appid: string, options: Common & { refresh?: boolean }) => {
      const api = AppApi.broker();
      const path = await at(appid, options);
      showFiling(options, options.refresh ? await api.post<Filing>(`${path}/refresh`) : await api.get<Filing>(path));
    });
  command('constants', 'the lists that a form is made of, as JSON', 'filings constants wx2222222222222222')
    .argument('<appid>')
    .action(async (appid: string, options: Common) => {
      const lists = await AppApi.broker().get<object>(`${await at(appid, options)}/constants`);
      show(options, lists, () => `${JSON.stringify(lists, null, 2)}\n`);
    });
  withForm('check', 'look at a form without sending it', 'filings check wx2222222222222222 --form form.json').action(check);
  withForm(
    'apply',
    'apply for the filing, also again after a rejection',
    'filings apply wx2222222222222222 --form form.json',
    'filings apply wx2222222222222222 --based-on fa_0123456789abcdef01234567 --changes changes.json',
  )
    .addOption(idempotencyOption('application'))
    .action(apply);
  command(
    'upload',
    'upload a paper; answers its id for the form',
    'filings upload wx2222222222222222 licence.jpg --field icp_subject.organize_info.certificate_photo --certificate-type 1',
  )
    .argument('<appid>')
    .argument('<file>', 'png, jpg, gif, bmp or mp4')
    .requiredOption('--field <name>', 'the field of the form that it is for')
    .option('--certificate-type <number>', 'of pictures of certificates, as the form will name it', whole)
    .action(upload);
  command('verify', 'ask the administrator for a face check', 'filings verify wx2222222222222222')
    .argument('<appid>')
    .option('--along-with-auth', 'for certification and filing in one')
    .action(async (appid: string, options: Common & { alongWithAuth?: boolean }) => {
      const body = options.alongWithAuth ? { along_with_auth: true } : {};
      const made = await AppApi.broker().post<Verification>(`${await at(appid, options)}/verifications`, body);
      showVerification(options, made);
    });
  command(
    'verification',
    'how a face check stands, asked of WeChat',
    'filings verification wx2222222222222222 fv_0123456789abcdef01234567',
  )
    .argument('<appid>')
    .argument('<verification_id>')
    .action(async (appid: string, id: string, options: Common) => {
      const path = `${await at(appid, options)}/verifications/${encodeURIComponent(id)}/refresh`;
      showVerification(options, await AppApi.broker().post<Verification>(path));
    });
  command('withdraw', 'withdraw the application that is in review', 'filings withdraw wx2222222222222222')
    .argument('<appid>')
    .action(async (appid: string, options: Common) => {
      showFiling(options, await AppApi.broker().post<Filing>(`${await at(appid, options)}/withdraw`));
    });
  command(
    'cancel',
    'cancel a filing that stands: the mini program must go offline',
    'filings cancel wx2222222222222222 --what mini_program --reason ended',
  )
    .argument('<appid>')
    .addOption(
      new Option('--what <what>', 'what is cancelled').choices(['subject', 'mini_program', 'account']).makeOptionMandatory(),
    )
    .addOption(new Option('--reason <reason>', 'why').choices(['ended', 'changed']).makeOptionMandatory())
    .action(async (appid: string, options: Common & { what: string; reason: string }) => {
      const { what, reason } = options;
      showFiling(options, await AppApi.broker().post<Filing>(`${await at(appid, options)}/cancel`, { what, reason }));
    });
  command('history', 'what happened, newest first', 'filings history wx2222222222222222')
    .argument('<appid>')
    .addOption(limitOption(50))
    .action(async (appid: string, options: Common & { limit: number }) => {
      const page = await AppApi.broker().pages<Step>(`${await at(appid, options)}/history`, {}, options.limit);
      show(options, page, () => steps(page.items));
    });
  return filings;
}

const at = async (appid: string, options: Common) =>
  `/v1/components/${await componentOf(options)}/authorizers/${encodeURIComponent(appid)}/filing`;

async function list(
  options: Common & { state?: string; missing?: string; personMustAct?: boolean; limit: number },
): Promise<void> {
  const page = await AppApi.broker().pages<Filing>(
    `/v1/components/${await componentOf(options)}/filings`,
    { state: options.state, missing: options.missing, ...(options.personMustAct ? { person_must_act: 'true' } : {}) },
    options.limit,
  );
  show(options, page, () =>
    table(
      ['appid', 'state', 'since', 'waits for', 'until', 'missing'],
      page.items.map((item) => [
        item.authorizer_appid,
        item.state,
        localTime(item.state_at).slice(0, 10),
        item.waiting_for?.who,
        localTime(item.waiting_for?.until ?? null),
        item.missing.join(', '),
      ]),
      'no filings',
    ),
  );
}

function showFiling(options: Common, filing: Filing): void {
  show(options, filing, () =>
    facts([
      ['appid', filing.authorizer_appid],
      ['state', `${filing.state} (${filing.status ?? 'never read'})`],
      ...(filing.missing.length > 0 ? [['missing', filing.missing.join(', ')] as const] : []),
      ...(filing.entrance_open ? [] : [['entrance', 'closed by WeChat'] as const]),
      ...waiting(filing.waiting_for),
      ...filing.reasons.map(({ field, error, suggestion }) => ['reason', `${field}: ${error}; ${suggestion}`] as const),
      ...(filing.app_record ? [['record', filing.app_record] as const] : []),
      ...(filing.in_progress ? [['under way', filing.in_progress] as const] : []),
      ['read', localTime(filing.read_at)],
      ...(filing.read_problem ? [['not read since', filing.read_problem] as const] : []),
    ]),
  );
}

function showVerification(options: Common, item: Verification): void {
  show(options, item, () =>
    facts([
      ['verification', `${item.verification_id} ${item.state}`],
      ['task', item.task_id ?? 'not known yet'],
      ['administrator', item.verify_url ?? 'has a notice in WeChat, valid for 24 hours'],
      ['valid until', localTime(item.expires_at)],
    ]),
  );
}

function bodyOf({ form, basedOn, changes }: Form): object {
  if ((form === undefined) === (basedOn === undefined)) throw wrongUse('give either --form, or --based-on with --changes');
  return {
    ...(form === undefined ? {} : { form: jsonFile(form) }),
    ...(basedOn === undefined ? {} : { based_on: basedOn }),
    ...(changes === undefined ? {} : { changes: jsonFile(changes) }),
  };
}

async function check(appid: string, options: Form): Promise<void> {
  const found = await AppApi.broker().post<FormCheck>(`${await at(appid, options)}/check`, bodyOf(options));
  show(options, found, () =>
    found.ok
      ? 'nothing is wrong with it\n'
      : table(
          ['field', 'problem', '问题'],
          found.problems.map(({ field, message }) => [field, message.en, message.zh]),
        ),
  );
  if (!found.ok) process.exitCode = EXIT.failed;
}

async function apply(appid: string, options: Form): Promise<void> {
  const { idempotencyKey } = options;
  const path = `${await at(appid, options)}/applications`;
  const made = await AppApi.broker().post<Application>(path, bodyOf(options), { idempotencyKey });
  show(options, made, () => facts([['application', `${made.application_id} ${made.state}`]]));
}

async function upload(appid: string, path: string, options: Common & { field: string; certificateType?: number }): Promise<void> {
  const query = { field: options.field, certificate_type: options.certificateType };
  const file = pictureFile(path);
  const made = await AppApi.broker().upload<{ media_id: string }>(`${await at(appid, options)}/media`, query, file);
  show(options, made, () => `${made.media_id}\n`);
}
