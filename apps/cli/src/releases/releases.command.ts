import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { CheckView as Check, ReleaseMoveView as Move, ReleaseView as Release } from '#openapi/release';
import { AppApi } from '../shell/app-api.js';
import { componentOption, count, examples, idempotencyOption, jsonFile, limitOption, whole } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { EXIT } from '../shell/failure.js';
import { facts, localTime, show, table, tell } from '../shell/output.js';

interface ListOptions {
  readonly component?: string;
  readonly authorizer?: string;
  readonly state?: string;
  readonly version?: string;
  readonly rollout?: number;
  readonly limit: number;
  readonly json?: boolean;
}

const ENDED = new Set(['released', 'rejected', 'withdrawn', 'failed', 'stopped', 'superseded', 'reverted']);
const EVERY_MS = 2_000;
const LONGEST_S = 14 * 86_400;

/** Steps without words of their own; `ask`: they cannot be taken back, or cost a scarce quota. */
const STEPS = {
  submit: { does: 'send it to review' },
  publish: { does: 'put the approved version online for everybody' },
  withdraw: { does: 'take it back from review; five times a day and ten times a month per mini program', ask: true },
  'speed-up': { does: 'ask for a faster review; has a monthly quota of its own', ask: true },
  'revert-gray': { does: 'take a gray release back', ask: true },
  recommit: { does: 'commit its code once more; the privacy scan begins anew' },
  abandon: { does: 'give it up: nothing further happens to it by itself', ask: true },
} as const;

/** `wxplane releases …`: one mini program at a time, for people and pipelines. */
export function releasesCommand(): Command {
  const releases = new Command('releases')
    .alias('release')
    .description('releases of single mini programs (RELEASE_URL, WXPLANE_CLIENT_KEY; scopes releases:read, releases:write)');
  reading(releases);
  releases
    .command('promote')
    .description('make a template of a draft and print its id')
    .addOption(componentOption())
    .requiredOption('--draft <id>', 'id of the draft', whole)
    .addOption(idempotencyOption('template'))
    .addHelpText('after', examples('releases promote --draft 4'))
    .action(async (options: { component?: string; draft: number; idempotencyKey?: string; json?: boolean }) => {
      const path = `/v1/components/${await componentOf(options)}/templates`;
      const { draft, idempotencyKey } = options;
      const template = await AppApi.release().post<{ template_id: number }>(path, { draft_id: draft }, { idempotencyKey });
      show(options, template, `${template.template_id}\n`);
    });
  releases
    .command('create')
    .description('commit a template to one mini program and print the id of the release')
    .addOption(componentOption())
    .requiredOption('--authorizer <appid>', 'the mini program')
    .requiredOption('--template <id>', 'the template', whole)
    .requiredOption('--version <text>', 'user_version')
    .option('--desc <text>', 'user_desc', '')
    .option('--ext-json <file>', 'a JSON file')
    .option('--profile <name>', 'a stored audit profile')
    .option('--auto', 'submit and publish by itself')
    .option('--wait', 'wait until it is online; exit code 1 if it does not get there')
    .option('--timeout <seconds>', 'with --wait, at most so long; then exit code 1', count, LONGEST_S)
    .addOption(idempotencyOption('release'))
    .addHelpText('after', examples('releases create --authorizer wx2222222222222222 --template 12 --version 5.0.0 --auto --wait'))
    .action(create);
  releases
    .command('wait')
    .description('wait for a state; exit code 1 if the release ends in another one')
    .argument('<release_id>', 'the release', whole)
    .option('--for <state>', 'the state', 'released')
    .option('--timeout <seconds>', 'at most so long; then exit code 1', count, LONGEST_S)
    .addHelpText('after', examples('releases wait 17 --for approved --timeout 86400'))
    .action(async (id: number, options: { for: string; timeout: number; json?: boolean }) => {
      const { there, release } = await reach(AppApi.release(), id, options.for, options.timeout);
      show(options, release, '');
      if (!there) process.exitCode = EXIT.failed;
    });
  for (const [step, { does, ...more }] of Object.entries(STEPS)) {
    const command = releases.command(step).description(does).argument('<release_id>', 'the release', whole);
    if ('ask' in more) command.addOption(yesOption());
    command
      .addHelpText('after', examples(`releases ${step} 17${'ask' in more ? ' --yes' : ''}`))
      .action(async (id: number, options: { json?: boolean; yes?: boolean }) => {
        if ('ask' in more) await confirm(options, `Release ${id}: ${does}?`);
        await doStep(id, step, {}, options);
      });
  }
  releases
    .command('gray')
    .description('put it online for a part of the users, or for a larger part than before')
    .argument('<release_id>', 'the release', whole)
    .requiredOption('--percentage <n>', '1 to 100', count)
    .addHelpText('after', examples('releases gray 17 --percentage 10'))
    .action((id: number, options: { percentage: number; json?: boolean }) =>
      doStep(id, 'gray', { percentage: options.percentage }, options),
    );
  releases
    .command('approve')
    .description('agree, as the second person, that it may go online')
    .argument('<release_id>', 'the release', whole)
    .option('--note <text>', 'why')
    .addHelpText('after', examples('releases approve 17 --note "tried it on a phone"'))
    .action((id: number, options: { note?: string; json?: boolean }) =>
      doStep(id, 'approve', options.note ? { note: options.note } : {}, options),
    );
  return releases;
}

function reading(releases: Command): void {
  releases
    .command('list')
    .description('releases, newest first')
    .addOption(componentOption())
    .option('--authorizer <appid>', 'of this mini program')
    .option('--state <states>', 'in one of these states, joined by commas')
    .option('--version <text>', 'with this user_version')
    .option('--rollout <id>', 'of this rollout', whole)
    .addOption(limitOption(50))
    .addHelpText('after', examples('releases list --state auditing,rejected'))
    .action(list);
  releases
    .command('show')
    .description('one release and how it came to be what it is')
    .argument('<release_id>', 'the release', whole)
    .addHelpText('after', examples('releases show 17'))
    .action(one);
  releases
    .command('preflight')
    .description('what is looked at before a submission, each with what to do; exit code 1 if it may not be submitted')
    .argument('<release_id>', 'the release', whole)
    .addHelpText('after', examples('releases preflight 17'))
    .action(async (id: number, options: { json?: boolean }) => {
      const view = await AppApi.release().get<{ may_submit: boolean; checks: Check[] }>(`/v1/releases/${id}/preflight`);
      const remedyOf = ({ remedy }: Check) => (typeof remedy === 'string' ? remedy : remedy?.en);
      show(options, view, () =>
        table(
          ['result', 'check', 'detail', 'what to do'],
          view.checks.map((check) => [check.result, check.check, check.detail, check.result === 'ok' ? '' : remedyOf(check)]),
        ),
      );
      if (!view.may_submit) process.exitCode = EXIT.failed;
    });
  releases
    .command('quota')
    .description('what is left of the platform’s monthly reviews and speed-ups')
    .addOption(componentOption())
    .addHelpText('after', examples('releases quota'))
    .action(async (options: { component?: string; json?: boolean }) => {
      const quota = await AppApi.release().get<Record<'rest' | 'limit' | 'speedup_rest' | 'speedup_limit', number>>(
        `/v1/components/${await componentOf(options)}/audit-quota`,
      );
      show(options, quota, () =>
        facts([
          ['reviews left', `${quota.rest} of ${quota.limit}`],
          ['speed-ups left', `${quota.speedup_rest} of ${quota.speedup_limit}`],
        ]),
      );
    });
}

async function list(options: ListOptions): Promise<void> {
  const page = await AppApi.release().pages<Release>(
    `/v1/components/${await componentOf(options)}/releases`,
    {
      authorizer_appid: options.authorizer,
      state: options.state,
      user_version: options.version,
      rollout_id: options.rollout,
    },
    options.limit,
  );
  show(options, page, () =>
    table(
      ['release', 'appid', 'version', 'template', 'state', 'updated', 'waits for or failed with'],
      page.items.map((item) => [
        item.release_id,
        item.authorizer_appid,
        item.user_version,
        item.template_id,
        item.state,
        localTime(item.updated_at),
        waitsFor(item) || (item.last_error?.errmsg ?? ''),
      ]),
      'no releases',
    ),
  );
}

async function one(id: number, options: { json?: boolean }): Promise<void> {
  const api = AppApi.release();
  const release = await api.get<Release>(`/v1/releases/${id}`);
  const { items } = await api.get<{ items: Move[] }>(`/v1/releases/${id}/history`);
  show(options, { ...release, history: items }, () =>
    [
      facts([
        ['release', release.release_id],
        ['mini program', release.authorizer_appid],
        ['version', `${release.user_version} (template ${release.template_id}) ${release.user_desc}`],
        ['state', release.state],
        ['next', release.next_steps.join(', ') || 'nothing'],
        ...(release.rollout_id ? [['rollout', release.rollout_id] as const] : []),
        ...(release.gray_percentage ? [['gray', `${release.gray_percentage} %`] as const] : []),
        ...(release.audit.auditid ? [['audit', release.audit.auditid] as const] : []),
        ...(release.waiting ? [['waits for', waitsFor(release)] as const] : []),
        ...(release.last_error
          ? [['last error', [release.last_error.errmsg, release.last_error.remedy?.en].filter(Boolean).join(' — ')] as const]
          : []),
      ]),
      release.audit.reason_text ? `\n${release.audit.reason_text}\n` : '',
      '\n',
      table(
        ['at', 'from', 'to', 'because of'],
        items.map(({ at, from, to, cause }) => [at, from, to, cause]),
      ),
    ].join(''),
  );
}

/** Such as `window until 2026-01-01T02:00`. */
function waitsFor({ waiting }: Release): string {
  if (!waiting) return '';
  if (waiting.for === 'review')
    return `the end of the review of ${waiting.release_id ? `release ${waiting.release_id} (${waiting.user_version})` : 'a version that was submitted elsewhere'}, since ${localTime(waiting.since)}`;
  return [waiting.for, waiting.reason, waiting.until && `until ${waiting.until.slice(0, 16)}`].filter(Boolean).join(' ');
}

interface CreateOptions {
  readonly component?: string;
  readonly authorizer: string;
  readonly template: number;
  readonly version: string;
  readonly desc: string;
  readonly extJson?: string;
  readonly auto?: boolean;
  readonly wait?: boolean;
  readonly timeout: number;
  readonly profile?: string;
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}

async function create(options: CreateOptions): Promise<void> {
  const api = AppApi.release();
  const body = {
    authorizer_appid: options.authorizer,
    template_id: options.template,
    user_version: options.version,
    user_desc: options.desc,
    ...(options.profile ? { profile: options.profile } : {}),
    ...(options.extJson ? { ext_json: jsonFile(options.extJson) } : {}),
    ...(options.auto || options.wait ? { policy: { submit: 'auto', publish: 'auto' } } : {}),
  };
  const path = `/v1/components/${await componentOf(options)}/releases`;
  const made = await api.post<Release>(path, body, { idempotencyKey: options.idempotencyKey });
  if (!options.wait) return show(options, made, `${made.release_id}\n`);
  // A pipeline that is stopped meanwhile knows what to go on with.
  if (!options.json) process.stdout.write(`${made.release_id}\n`);
  const { there, release } = await reach(api, made.release_id, 'released', options.timeout);
  show(options, release, '');
  if (!there) process.exitCode = EXIT.failed;
}

async function doStep(id: number, step: string, body: Record<string, unknown>, options: { json?: boolean }): Promise<void> {
  const release = await AppApi.release().post<Release>(`/v1/releases/${id}/${step}`, body);
  show(options, release, `release ${id} is ${release.state}\n`);
}

/** Waits, telling each move. @returns the release as it is then, and whether it got there */
async function reach(api: AppApi, id: number, wanted: string, timeoutS: number): Promise<{ there: boolean; release: Release }> {
  const deadline = Date.now() + timeoutS * 1_000;
  let release = await api.get<Release>(`/v1/releases/${id}`);
  for (let before = ''; ; release = await api.get<Release>(`/v1/releases/${id}`)) {
    if (release.state !== before) tell(`release ${id}: ${release.state}`);
    before = release.state;
    if (release.state === wanted) return { there: true, release };
    // Refused, and nothing more happens by itself: whoever waits would wait in vain.
    if (ENDED.has(release.state) || release.needs_attention) {
      const { audit, last_error } = release;
      for (const line of [audit.reason_text ?? last_error?.errmsg ?? waitsFor(release), last_error?.remedy?.en])
        if (line) tell(line);
      return { there: false, release };
    }
    if (Date.now() >= deadline) break;
    await sleep(Math.min(EVERY_MS, Math.max(1, deadline - Date.now())));
  }
  tell(`release ${id} has not become ${wanted} in time`);
  return { there: false, release };
}
