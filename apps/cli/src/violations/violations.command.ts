import { Command } from 'commander';
import type {
  AppealView as Appeal,
  ViolationGroupPage as Groups,
  AppealsAtWechat as Records,
  ViolationView as Violation,
} from '#openapi/release';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, limitOption, list as parts } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { localTime, show, table } from '../shell/output.js';

interface Options {
  readonly component?: string;
  readonly authorizer?: string;
  readonly rule?: string;
  readonly state?: string;
  readonly reason?: string;
  readonly proofs?: string[];
  readonly limit: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `wxplane violations …`: what WeChat holds against mini programs, and appeals. */
export function violationsCommand(): Command {
  const violations = new Command('violations').description(
    'violations and punishments of mini programs, and appeals (RELEASE_URL, WXPLANE_CLIENT_KEY; scope releases:read, to appeal releases:write)',
  );
  violations
    .command('list')
    .description('violations and punishments, newest first')
    .addOption(componentOption())
    .option('--authorizer <appid>', 'of this mini program')
    .option('--rule <name>', 'against this rule, as WeChat names it')
    .addOption(limitOption(200))
    .addHelpText('after', examples('violations list --authorizer wx2222222222222222'))
    .action(list);
  violations
    .command('groups')
    .description('those of the last 90 days by rule, reason, template and version: one cause often hits many')
    .addOption(componentOption())
    .addHelpText('after', examples('violations groups'))
    .action(groups);
  violations
    .command('appeals')
    .description('appeals and what became of them, newest first')
    .addOption(componentOption())
    .option('--authorizer <appid>', 'of this mini program')
    .option('--state <state>', 'open, upheld, rejected, withdrawn, refused, unclear or not-sent')
    .addOption(limitOption(200))
    .addHelpText('after', examples('violations appeals --state open'))
    .action(appeals);
  violations
    .command('records')
    .description('appeals against one record as WeChat has them, with what was said and answered')
    .argument('<appid>')
    .argument('<record>', 'WeChat’s number of the violation, such as 2_11100')
    .addOption(componentOption())
    .addHelpText('after', examples('violations records wx2222222222222222 2_11100'))
    .action(records);
  violations
    .command('appeal')
    .description('appeal against one record: it uses up one of the mini program’s appeals, and is never sent twice')
    .argument('<appid>')
    .argument('<record>', 'WeChat’s number of the violation, such as 2_11100')
    .requiredOption('--reason <text>', 'why WeChat is wrong, or what was mended')
    .requiredOption('--proofs <ids>', 'media ids of temporary material, with commas', parts)
    .addOption(componentOption())
    .addOption(yesOption())
    .addHelpText('after', examples('violations appeal wx2222222222222222 2_11100 --reason 已整改 --proofs MEDIA_ID --yes'))
    .action(appeal);
  return violations;
}

const base = async (options: Options) => `/v1/components/${await componentOf(options)}`;
const recordPath = async (appid: string, record: string, options: Options) =>
  `${await base(options)}/authorizers/${encodeURIComponent(appid)}/violations/${encodeURIComponent(record)}/appeals`;

async function list(options: Options): Promise<void> {
  const query = {
    ...(options.authorizer && { authorizer_appid: options.authorizer }),
    ...(options.rule && { rule_name: options.rule }),
  };
  const page = await AppApi.release().pages<Violation>(`${await base(options)}/violations`, query, options.limit);
  show(options, page, () =>
    table(
      ['at', 'mini program', 'record', 'kind', 'rule', 'reason', 'version'],
      page.items.map((item) => [
        ...[localTime(item.at), item.authorizer_appid, item.illegal_record_id, item.kind],
        ...[item.rule_name ?? '', item.reason ?? '', item.version ?? ''],
      ]),
      'no violations',
    ),
  );
}

async function groups(options: Options): Promise<void> {
  const page = await AppApi.release().get<Groups>(`${await base(options)}/violations/groups`);
  show(options, page, () =>
    table(
      ['mini programs', 'records', 'rule', 'reason', 'template', 'version', 'last'],
      page.items.map((item) => [
        ...[item.mini_programs, item.records, item.rule_name ?? '', item.reason ?? ''],
        ...[item.template_id ?? '', item.version ?? '', localTime(item.last_at)],
      ]),
      'no violations',
    ),
  );
}

async function appeals(options: Options): Promise<void> {
  const query = {
    ...(options.authorizer && { authorizer_appid: options.authorizer }),
    ...(options.state && { state: options.state }),
  };
  const page = await AppApi.release().pages<Appeal>(`${await base(options)}/appeals`, query, options.limit);
  show(options, page, () => appealTable(page.items));
}

async function records(appid: string, record: string, options: Options): Promise<void> {
  const found = await AppApi.release().get<Records>(await recordPath(appid, record, options));
  show(options, found, () =>
    table(
      ['appealed', 'state', 'by', 'said', 'answered'],
      found.items.map((item) => [
        ...[
          item.appealed_at ? localTime(item.appealed_at) : '',
          item.state,
          item.by_provider === false ? 'merchant' : 'platform',
        ],
        ...[item.materials.map(({ reason }) => reason ?? '').join('; '), item.audit_reason ?? ''],
      ]),
      'no appeals',
    ),
  );
}

async function appeal(appid: string, record: string, options: Options): Promise<void> {
  await confirm(
    options,
    `Appeal against ${record} of ${appid}? It uses up one of its appeals, and cannot be taken back from here.`,
  );
  const body = { appeal_materials: [{ reason: options.reason, proof_media_ids: options.proofs }] };
  const made = await AppApi.release().post<Appeal>(await recordPath(appid, record, options), body);
  show(options, made, () => appealTable([made]));
}

const appealTable = (items: readonly Appeal[]): string =>
  table(
    ['id', 'mini program', 'record', 'state', 'asked', 'answered'],
    items.map((item) => [
      ...[item.appeal_id, item.authorizer_appid, item.illegal_record_id ?? '', item.state, localTime(item.asked_at)],
      item.audit_reason ?? (item.refusal ? `errcode ${String(item.refusal['errcode'])}` : ''),
    ]),
    'no appeals',
  );
