import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { AuthorizerView as Summary, SyncView as Sync } from '#openapi/broker';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, limitOption, whole } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { EXIT } from '../shell/failure.js';
import { age, counted, facts, localTime, show, table, tell } from '../shell/output.js';

interface ListOptions {
  readonly component?: string;
  readonly state?: string;
  readonly kind?: string;
  readonly search?: string;
  readonly permissionSet?: number;
  readonly limit: number;
  readonly json?: boolean;
}

const STATES = ['active', 'degraded', 'needs_reauthorization', 'cancelled'];
const KINDS = ['official_account', 'mini_program', 'channels', 'store', 'talent', 'supplier'];
const POLL_MS = 500;

/** `wxplane authorizers …`: the merchants, as the broker knows them. */
export function authorizersCommand(): Command {
  const authorizers = new Command('authorizers').description(
    'merchants that authorized (BROKER_URL, WXPLANE_CLIENT_KEY; scopes authorizers:read, for sync authorizations:write)',
  );
  authorizers
    .command('list')
    .description('authorizers, oldest first')
    .addOption(componentOption())
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .addOption(new Option('--kind <kind>', 'only those').choices(KINDS))
    .option('--search <text>', 'part of the name or the owner’s name, or how an appid or original id begins')
    .option('--permission-set <id>', 'those that granted this one', whole)
    .addOption(limitOption(200))
    .addHelpText('after', examples('authorizers list --state needs_reauthorization', 'authorizers list --search 花 --json'))
    .action(list);
  authorizers
    .command('show')
    .description('one authorizer with its permission sets')
    .argument('<appid>')
    .addOption(componentOption())
    .addHelpText('after', examples('authorizers show wx2222222222222222'))
    .action((appid: string, options: { component?: string; json?: boolean }) => one('get', appid, options));
  authorizers
    .command('refresh')
    .description('ask WeChat for the profile and the permission sets now')
    .argument('<appid>')
    .addOption(componentOption())
    .addHelpText('after', examples('authorizers refresh wx2222222222222222'))
    .action((appid: string, options: { component?: string; json?: boolean }) => one('refresh', appid, options));
  authorizers
    .command('sync')
    .description(
      'read WeChat’s whole list and every profile that is not known: adds who is missing here, mends refresh tokens, deletes nobody',
    )
    .addOption(componentOption())
    .option('--wait', 'until it is through; exit code 1 if it fails')
    .addHelpText('after', examples('authorizers sync --component wx1111111111111111 --wait'))
    .action(sync);
  return authorizers;
}

async function list(options: ListOptions): Promise<void> {
  const component = await componentOf(options);
  const page = await AppApi.broker().pages<Summary>(
    `/v1/components/${component}/authorizers`,
    { state: options.state, kind: options.kind, q: options.search, permission_set: options.permissionSet },
    options.limit,
  );
  show(options, page, () =>
    table(
      ['appid', 'state', 'kind', 'name', 'owner', 'granted', 'why'],
      page.items.map((item) => [
        item.authorizer_appid,
        item.state,
        item.kind,
        item.nick_name,
        item.principal_name,
        localTime(item.granted_at).slice(0, 10),
        item.state_reason ?? (item.missing_since ? `not in WeChat’s list since ${item.missing_since.slice(0, 10)}` : ''),
      ]),
      'no authorizers',
    ),
  );
}

async function one(how: 'get' | 'refresh', appid: string, options: { component?: string; json?: boolean }): Promise<void> {
  const path = `/v1/components/${await componentOf(options)}/authorizers/${encodeURIComponent(appid)}`;
  const api = AppApi.broker();
  const item = await (how === 'get' ? api.get<Summary>(path) : api.post<Summary>(`${path}/refresh`));
  show(options, item, () =>
    facts([
      ['appid', item.authorizer_appid],
      ['state', [item.state, item.state_reason].filter(Boolean).join(': ')],
      ['kind', item.kind],
      ['name', item.nick_name],
      ['owner', item.principal_name],
      ['original id', item.user_name],
      ['granted', localTime(item.granted_at)],
      ...(item.cancelled_at ? [['cancelled', localTime(item.cancelled_at)] as const] : []),
      ...(item.missing_since ? [['missing at WeChat since', item.missing_since] as const] : []),
      ['permission sets', item.permission_sets.map(({ id, name }) => (name ? `${id} ${name.en}` : id)).join(', ')],
    ]),
  );
}

/** Such as `sync 3: 3500 of 19000 profiles, 2100 a minute, 8m left`. */
export function progressOf({ sync_id, state, seen, total, profiles }: Sync): string {
  if (!profiles) return `sync ${sync_id}: ${state}, ${seen} of ${total ?? '?'} listed`;
  const left = profiles.seconds_left === null ? '' : `, ${profiles.per_minute} a minute, ${age(profiles.seconds_left)} left`;
  return `sync ${sync_id}: ${profiles.read + profiles.failed} of ${profiles.total} profiles${left}`;
}

async function sync(options: { component?: string; wait?: boolean; json?: boolean }): Promise<void> {
  const api = AppApi.broker();
  const path = `/v1/components/${await componentOf(options)}/authorizers/sync`;
  let run = await api.post<Sync>(path);
  for (let before = ''; options.wait && run.state !== 'done' && run.state !== 'failed'; ) {
    const line = progressOf(run);
    if (line !== before) tell(line);
    before = line;
    await sleep(POLL_MS);
    run = await api.get<Sync>(`${path}/${run.sync_id}`);
  }
  show(options, run, () =>
    run.state === 'waiting' || run.state === 'running'
      ? `sync ${run.sync_id} has been started; --wait waits for it\n`
      : run.state === 'done'
        ? `sync ${run.sync_id}: ${run.seen} read, ${run.added} not known here before, ${counted(run.recovered, 'refresh token')} mended, ${run.missing} missing at WeChat; ${counted(run.profiles?.read ?? 0, 'profile')} read${run.problem ? `\n${run.problem}` : ''}\n`
        : `sync ${run.sync_id} failed: ${run.problem ?? 'the broker’s log says why'}\n`,
  );
  if (run.state === 'failed') process.exitCode = EXIT.failed;
}
