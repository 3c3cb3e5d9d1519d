import { Command, Option } from 'commander';
import type {
  ChannelView as Channel,
  ChannelTestView,
  ChannelWithCounts,
  NoticeView as Notice,
  NoticesRetried,
} from '#openapi/ingestion';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, limitOption, list, whole } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { EXIT, wrongUse } from '../shell/failure.js';
import { facts, localTime, show, table } from '../shell/output.js';
import { readTextFile } from '../shell/text-file.js';

const KINDS = ['wecom', 'feishu', 'dingtalk', 'mail'];
const SEVERITIES = ['info', 'notice', 'warning', 'urgent'];
const LANGUAGES = ['zh', 'en', 'both'];

interface Options {
  readonly component?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}

interface Wishes extends Options {
  readonly name?: string;
  readonly targetFile?: string;
  readonly to?: string[];
  readonly kinds?: string[];
  readonly least?: string;
  readonly language?: string;
  readonly quiet?: string;
  readonly digest?: number;
}

/** `wxplane channels …`: who is told of releases, by which robot or mailbox. */
export function channelsCommand(): Command {
  const channels = new Command('channels').description(
    'robots of 企业微信, 飞书, 钉钉, and mail, that tell people of releases (INGESTION_URL, WXPLANE_CLIENT_KEY; scope releases:write)',
  );
  of(channels.command('list').description('oldest first'))
    .addOption(limitOption(100))
    .addHelpText('after', examples('channels list'))
    .action(listed);
  wishes(of(channels.command('create').description('a new one; try it with "channels test"')))
    .argument('<kind>', KINDS.join(', '))
    .addHelpText(
      'after',
      examples(
        'channels create feishu --name "release managers" --target-file robot.json --kinds "rollout_*,approval_requested"',
        'channels create mail --name on-call --to ops@example.com --least urgent',
      ) + TARGET,
    )
    .action(create);
  of(channels.command('show').description('one, how it does, and what waits or has failed'))
    .argument('<channel_id>')
    .addHelpText('after', examples('channels show chn_0123456789abcdef0123'))
    .action(shown);
  wishes(of(channels.command('change').description('change what is named')))
    .argument('<channel_id>')
    .addHelpText('after', examples('channels change chn_0123456789abcdef0123 --quiet 22:00-08:00') + TARGET)
    .action(change);
  for (const [word, state] of [
    ['enable', 'enabled'],
    ['disable', 'disabled'],
  ] as const)
    of(channels.command(word).description(word === 'enable' ? 'tell there again' : 'tell nothing there'))
      .argument('<channel_id>')
      .addHelpText('after', examples(`channels ${word} chn_0123456789abcdef0123`))
      .action(async (id: string, options: Options) => tell(options, await (await at(options, id)).patch({ state })));
  of(channels.command('test').description('send a test message now; exit code 1 says that it did not arrive'))
    .argument('<channel_id>')
    .addHelpText('after', examples('channels test chn_0123456789abcdef0123'))
    .action(test);
  of(channels.command('notices').description('what was told there or waits, newest first'))
    .argument('<channel_id>')
    .addOption(new Option('--state <state>', 'only those').choices(['pending', 'sent', 'failed', 'skipped', 'cancelled']))
    .addOption(limitOption(20))
    .addHelpText('after', examples('channels notices chn_0123456789abcdef0123 --state failed'))
    .action(notices);
  of(channels.command('retry').description('try again what has failed for the last time'))
    .argument('<channel_id>')
    .addHelpText('after', examples('channels retry chn_0123456789abcdef0123'))
    .action(async (id: string, options: Options) => {
      const { api, path } = await at(options, id);
      const answer = await api.post<NoticesRetried>(`${path}/retry`);
      show(options, answer, () => `${answer.retried} tried again\n`);
    });
  of(channels.command('delete').description('tell nothing there any more'))
    .argument('<channel_id>')
    .addOption(yesOption())
    .addHelpText('after', examples('channels delete chn_0123456789abcdef0123 --yes'))
    .action(async (id: string, options: Options) => {
      await confirm(options, `Delete the channel ${id}?`);
      const { api, path } = await at(options, id);
      await api.send204('DELETE', path);
      show(options, { deleted: id }, () => `${id} is deleted\n`);
    });
  return channels;
}

const TARGET = `
The file of --target-file is {"url": "https://…", "secret": "…"}; the secret is for robots of 飞书 and 钉钉 that want signatures.
"-" reads it from standard input. Both are secrets: they are never shown again.
`;

const of = (command: Command): Command => command.addOption(componentOption());

const wishes = (command: Command): Command =>
  command
    .option('--name <name>', 'for people')
    .option('--target-file <file>', 'where the robot listens: a file, so that it is in no history of a shell')
    .option('--to <addresses>', 'of mail, joined by commas', list)
    .option('--kinds <patterns>', 'such as rollout_*,release_rejected; default: all', list)
    .addOption(new Option('--least <severity>', 'what is less is not told').choices(SEVERITIES))
    .addOption(new Option('--language <language>', 'of the messages').choices(LANGUAGES))
    .option('--quiet <from-to>', 'only what is urgent in these hours of Beijing, such as 22:00-08:00; none: no quiet hours')
    .option('--digest <minutes>', 'join what is not urgent for so long; 0: tell at once', whole);

async function at(options: Options, id?: string) {
  const api = AppApi.ingestion();
  const path = `/v1/components/${await componentOf(options)}/channels${id ? `/${encodeURIComponent(id)}` : ''}`;
  return { api, path, patch: (body: unknown) => api.patch<Channel>(path, body) };
}

async function listed(options: Options & { limit: number }): Promise<void> {
  const { api, path } = await at(options);
  const page = await api.pages<Channel>(path, {}, options.limit);
  show(options, page, () =>
    table(
      ['channel', 'kind', 'name', 'leads to', 'tells', 'from', 'state', 'last message'],
      page.items.map((item) => [
        item.channel_id,
        item.kind,
        item.name,
        item.place,
        item.kinds.join(','),
        item.least_severity,
        item.failing_since ? `failing since ${localTime(item.failing_since)}` : item.state,
        item.last_success_at ? localTime(item.last_success_at) : 'none',
      ]),
      'nobody is told of anything: wxplane channels create --help',
    ),
  );
}

async function create(kind: string, options: Wishes): Promise<void> {
  if (!KINDS.includes(kind)) throw wrongUse(`${kind} is no kind of channel: ${KINDS.join(', ')}`);
  if (!options.name) throw wrongUse('say whom it tells: --name "release managers"');
  const { api, path } = await at(options);
  const { ['no_quiet']: _, ...body } = bodyOf(options);
  tell(options, await api.post<Channel>(path, { kind, ...body }));
}

async function change(id: string, options: Wishes): Promise<void> {
  tell(options, await (await at(options, id)).patch(bodyOf(options)));
}

async function shown(id: string, options: Options): Promise<void> {
  const { api, path } = await at(options, id);
  tell(options, await api.get<ChannelWithCounts>(path));
}

async function test(id: string, options: Options): Promise<void> {
  const { api, path } = await at(options, id);
  const answer = await api.post<ChannelTestView>(`${path}/test`);
  show(options, answer, () => (answer.delivered ? 'delivered\n' : `not delivered: ${answer.error}\n`));
  if (!answer.delivered) process.exitCode = EXIT.failed;
}

async function notices(id: string, options: Options & { state?: string; limit: number }): Promise<void> {
  const { api, path } = await at(options, id);
  const page = await api.pages<Notice>(`${path}/notices`, { state: options.state }, options.limit);
  show(options, page, () =>
    table(
      ['at', 'what', 'event', 'state', 'attempts', 'next', 'why'],
      page.items.map((item) => [
        localTime(item.created_at),
        item.kind,
        item.event_id,
        item.state,
        item.attempts,
        item.next_attempt_at ? localTime(item.next_attempt_at) : '',
        item.last_error ?? '',
      ]),
      'nothing was to be told',
    ),
  );
}

function bodyOf({ name, targetFile, to, kinds, least, language, quiet, digest }: Wishes): Record<string, unknown> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(targetFile === undefined ? {} : targetIn(targetFile)),
    ...(to === undefined ? {} : { addresses: to }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(least === undefined ? {} : { least_severity: least }),
    ...(language === undefined ? {} : { language }),
    ...(quiet === undefined ? {} : quiet === 'none' ? { no_quiet: true } : { quiet: hours(quiet) }),
    ...(digest === undefined ? {} : { digest_minutes: digest }),
  };
}

/** @throws CliError that names the file and nothing of what is in it */
function targetIn(path: string): { url: string; secret?: string } {
  try {
    const { url, secret } = JSON.parse(readTextFile(path)) as Record<string, unknown>;
    if (typeof url === 'string' && (secret === undefined || typeof secret === 'string'))
      return { url, ...(secret === undefined ? {} : { secret }) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw wrongUse(`${path} must be {"url": "https://…", "secret": "…"}; the secret only if the robot wants signatures`);
}

function hours(text: string): { from: string; to: string } {
  const [from, to, ...rest] = text.split('-');
  if (!from || !to || rest.length > 0) throw wrongUse('--quiet must be two times, such as 22:00-08:00, or none');
  return { from, to };
}

function tell(options: Options, item: Channel | ChannelWithCounts): void {
  show(options, item, () =>
    facts([
      ['channel', item.channel_id],
      ['kind', `${item.kind}, ${item.place}`],
      ['name', item.name],
      ['tells', `${item.kinds.join(', ')}, from ${item.least_severity}, in ${item.language}`],
      ['quiet', item.quiet ? `${item.quiet.from} to ${item.quiet.to}` : 'never'],
      ['joined', item.digest_minutes ? `every ${item.digest_minutes} minutes` : 'only what comes together'],
      ['state', item.state],
      ['last message', item.last_success_at ? localTime(item.last_success_at) : 'none'],
      ...(item.failing_since
        ? [['failing', `since ${localTime(item.failing_since)}, ${item.failures} times: ${item.last_error}`] as [string, string]]
        : []),
      ...('pending' in item
        ? ([
            ['waits', String(item.pending)],
            ['given up', item.failed > 0 ? `${item.failed}: wxplane channels retry ${item.channel_id}` : '0'],
          ] as [string, string][])
        : []),
    ]),
  );
}
