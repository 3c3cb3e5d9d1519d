import { type Command, Option } from 'commander';
import type { PausedRollouts, RetryPreview, RolloutView as Rollout, SetAsideView } from '#openapi/release';
import { AppApi } from '../shell/app-api.js';
import { componentOption, count, examples, list, whole } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { CliError } from '../shell/failure.js';
import { counted, show } from '../shell/output.js';
import { line } from './progress.js';

interface StepOptions {
  readonly json?: boolean;
  readonly note?: string;
}

const noteOption = () => new Option('--note <text>', 'why; the history of the rollout keeps it');
const body = ({ note }: StepOptions, more: object = {}) => ({ ...(note === undefined ? {} : { note }), ...more });
const print = (options: StepOptions, rollout: Rollout) => show(options, rollout, () => `${line(rollout)}\n`);

/** What a person does with a rollout that has begun. */
export function addSteps(rollout: Command): void {
  rollout
    .command('pause')
    .description('nothing more is begun or sent until it is resumed')
    .argument('[rollout_id]', 'the rollout', whole)
    .option('--all', 'every rollout of the component that goes, instead of one')
    .addOption(componentOption())
    .addOption(noteOption())
    .addHelpText('after', examples('rollout pause 3', 'rollout pause --all --note "the template is broken"'))
    .action(pause);
  for (const [step, does] of Object.entries(STEPS)) {
    rollout
      .command(step)
      .description(does)
      .argument('<rollout_id>', 'the rollout', whole)
      .addOption(noteOption())
      .addHelpText('after', examples(`rollout ${step} 3`))
      .action(async (id: number, options: StepOptions) => print(options, await send(id, step, body(options))));
  }
  rollout
    .command('retry')
    .description('try the failed ones again; with --skipped also those that were skipped; or those with a cause, or some by name')
    .argument('<rollout_id>', 'the rollout', whole)
    .option('--skipped', 'also those that were skipped: each is looked at again')
    .option('--cause <cause>', 'those with this cause of "rollout failures"; may be given more than once', several, [])
    .option('--only <appids>', 'these ones, failed or skipped; what was set aside comes back so', list)
    .option('--dry-run', 'say how many that are and what of the quota it takes, and change nothing')
    .addOption(noteOption())
    .addHelpText(
      'after',
      examples(
        'rollout retry 3',
        'rollout retry 3 --cause commit-failed.85013 --dry-run',
        'rollout retry 3 --only wx0123456789abcdef',
      ),
    )
    .action(retry);
  rollout
    .command('set-aside')
    .description('leave mini programs out that hold the others up; "rollout retry --only" takes them back')
    .argument('<rollout_id>', 'the rollout', whole)
    .argument('<appid...>', 'the mini programs')
    .addOption(noteOption())
    .addHelpText('after', examples('rollout set-aside 3 wx0123456789abcdef --note "the merchant asks for time"'))
    .action(setAside);
  rollout
    .command('pace')
    .description(
      'make it slower or faster, or change when it stops itself; faster is asked for anew where two persons are required',
    )
    .argument('<rollout_id>', 'the rollout', whole)
    .option('--per-minute <n>', 'begun per minute, at most', count)
    .option('--concurrency <n>', 'between commit and submission at the same time', count)
    .option('--reserve <n>', 'submissions of this month that are left for others', whole)
    .option('--max-failures <n>', 'it pauses itself at so many failures', count)
    .option('--max-failure-share <share>', 'the same as a share of those that were begun, 0 to 1', Number)
    .addOption(noteOption())
    .addHelpText('after', examples('rollout pace 3 --per-minute 10 --note "support is busy"'))
    .action(pace);
  rollout
    .command('abort')
    .description('end it for good')
    .argument('<rollout_id>', 'the rollout', whole)
    .addOption(noteOption())
    .addOption(yesOption())
    .addHelpText('after', examples('rollout abort 3 --yes'))
    .action(async (id: number, options: StepOptions & { yes?: boolean }) => {
      await confirm(options, `End rollout ${id} for good?`);
      print(options, await send(id, 'abort', body(options)));
    });
}

const STEPS = {
  resume: 'go on; after a failed canary with everybody',
  approve: 'agree, as the second person, that all its releases may go online',
};

const several = (value: string, before: string[]) => [...before, value];

const send = (id: number, step: string, what: object) => AppApi.release().post<Rollout>(`/v1/rollouts/${id}/${step}`, what);

async function pause(id: number | undefined, options: StepOptions & { all?: boolean; component?: string }): Promise<void> {
  if ((id === undefined) !== (options.all === true))
    throw new CliError('which rollout is to pause?', { remedy: 'Name one, or say --all.' });
  if (id !== undefined) return print(options, await send(id, 'pause', body(options)));
  const path = `/v1/components/${await componentOf(options)}/rollouts/pause`;
  const paused = await AppApi.release().post<PausedRollouts>(path, body(options));
  const ids = paused.rollout_ids;
  show(options, paused, `${ids.length === 0 ? 'no rollout goes' : `paused: ${ids.join(', ')}`}\n`);
}

interface PaceOptions extends StepOptions {
  readonly perMinute?: number;
  readonly concurrency?: number;
  readonly reserve?: number;
  readonly maxFailures?: number;
  readonly maxFailureShare?: number;
}

async function pace(id: number, options: PaceOptions): Promise<void> {
  const asked = {
    per_minute: options.perMinute,
    concurrency: options.concurrency,
    quota_reserve: options.reserve,
    max_failures: options.maxFailures,
    max_failure_share: options.maxFailureShare,
  };
  print(options, await send(id, 'pace', body(options, asked)));
}

interface RetryOptions extends StepOptions {
  readonly skipped?: boolean;
  readonly cause: string[];
  readonly only?: string[];
  readonly dryRun?: boolean;
}

async function retry(id: number, options: RetryOptions): Promise<void> {
  const { skipped, cause, only, dryRun } = options;
  const which = {
    ...(skipped ? { skipped } : {}),
    ...(cause.length > 0 ? { causes: cause } : {}),
    ...(only ? { authorizer_appids: only } : {}),
  };
  if (!dryRun) return print(options, await send(id, 'retry', body(options, which)));
  const preview = await AppApi.release().post<RetryPreview>(`/v1/rollouts/${id}/retry/preview`, which);
  show(options, preview, () => `${costOf(preview)}\n`);
}

/** Such as `3 mini programs: 1 is carried on, 2 get a new release; that takes 2 submissions of 312 that are left`. */
export function costOf({ targets, carried_on, new_releases, submissions, quota }: RetryPreview): string {
  const left = quota ? ` of ${quota['rest']} that are left this month` : '';
  return [
    `${counted(targets, 'mini program', 'mini programs')}: `,
    `${counted(carried_on, 'is carried on', 'are carried on')}, ${counted(new_releases, 'gets a new release', 'get new releases')}; `,
    `that takes ${counted(submissions, 'submission', 'submissions')}${left}`,
  ].join('');
}

async function setAside(id: number, appids: string[], options: StepOptions): Promise<void> {
  const path = `/v1/rollouts/${id}/set-aside`;
  const done = await AppApi.release().post<SetAsideView>(path, body(options, { authorizer_appids: appids }));
  show(options, done, () =>
    [
      `${counted(done.set_aside, 'mini program was', 'mini programs were')} set aside; "rollout retry ${id} --only <appid>" takes one back`,
      ...done.left.map(({ authorizer_appid, message }) => `  ${authorizer_appid} was left: ${message}`),
      '',
    ].join('\n'),
  );
}
