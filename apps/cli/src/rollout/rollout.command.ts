import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { RolloutPreview as Preview, RolloutView as Rollout, RolloutTargetView as Target } from '#openapi/release';
import { AppApi } from '../shell/app-api.js';
import { componentOption, count, examples, idempotencyOption, jsonFile, limitOption, whole } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { CliError, EXIT } from '../shell/failure.js';
import { counted, facts, localTime, show, table, tell } from '../shell/output.js';
import { line } from './progress.js';
import { addBack } from './rollout-back.command.js';
import { addInsight } from './rollout-insight.command.js';
import { explain } from './rollout-preview.js';
import { addSteps } from './rollout-steps.command.js';

const STATES = ['running', 'waiting', 'paused', 'completed', 'aborted'];

/** `wxplane rollout …`: one template to many mini programs. */
export function rolloutCommand(): Command {
  const rollout = new Command('rollout').description(
    'one template to many mini programs (RELEASE_URL, WXPLANE_CLIENT_KEY; scopes releases:read, releases:write)',
  );
  rollout
    .command('list')
    .description('rollouts, newest first')
    .addOption(componentOption())
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .addOption(limitOption(20))
    .addHelpText('after', examples('rollout list --state paused'))
    .action(list);
  rollout
    .command('report')
    .description('every mini program with what became of it: a table; into a file or another program, or with --csv, CSV')
    .argument('<rollout_id>', 'the rollout', whole)
    .addOption(new Option('--csv', 'CSV, also on a terminal').conflicts('json'))
    .addHelpText('after', examples('rollout report 3', 'rollout report 3 --csv', 'rollout report 3 > spring.csv'))
    .action(report);
  rollout
    .command('preview')
    .description('show what would be sent to whom, and every problem; exit code 1 if there are problems')
    .addOption(componentOption())
    .requiredOption('--spec <file>', 'JSON: name, targets, template_id, user_version, user_desc, ext_json, policy, options …')
    .addHelpText('after', examples('rollout preview --spec spring.json', 'rollout preview --spec spring.json --json'))
    .action(async (options: { component?: string; spec: string; json?: boolean }) => {
      const preview = await look(AppApi.release(), await componentOf(options), jsonFile(options.spec));
      show(options, preview, () => explain(preview));
      if (preview.problems.length > 0) process.exitCode = EXIT.failed;
    });
  rollout
    .command('start')
    .description('preview, then start; refuses while there are problems unless --skip-problems')
    .addOption(componentOption())
    .requiredOption('--spec <file>', 'JSON as for preview')
    .option('--skip-problems', 'start all the same: targets with problems fail or are skipped')
    .option('--wait', 'watch it; exit code 1 unless every target succeeds')
    .addOption(timeoutOption())
    .addOption(idempotencyOption('rollout'))
    .addHelpText('after', examples('rollout start --spec spring.json --wait --timeout 86400'))
    .action(start);
  rollout
    .command('watch')
    .description(
      'show the progress until it ends; exit code 1 when a target failed or the time is over, 3 when it is paused, or waits when the time is over',
    )
    .argument('<rollout_id>', 'the rollout', whole)
    .addOption(timeoutOption())
    .addHelpText('after', examples('rollout watch 3', 'rollout watch 3 --timeout 3600'))
    .action((id: number, options: WatchOptions) => watch(AppApi.release(), id, options));
  addSteps(rollout);
  addBack(rollout);
  addInsight(rollout);
  return rollout;
}

async function list(options: { component?: string; state?: string; limit: number; json?: boolean }): Promise<void> {
  const path = `/v1/components/${await componentOf(options)}/rollouts`;
  const page = await AppApi.release().pages<Rollout>(path, { state: options.state }, options.limit);
  show(options, page, () =>
    table(
      ['rollout', 'name', 'progress'],
      page.items.map((item) => [item.rollout_id, item.name, line(item)]),
      'no rollouts',
    ),
  );
}

async function report(id: number, options: { json?: boolean; csv?: boolean }): Promise<void> {
  const read = (format: 'json' | 'csv') => AppApi.release().text(`/v1/rollouts/${id}/report`, { format });
  // Whoever keeps it in a file or reads it with a program gets what both can read.
  if (!options.json && (options.csv || !process.stdout.isTTY)) {
    process.stdout.write(await read('csv'));
    return;
  }
  const document = JSON.parse(await read('json')) as { rollout: Rollout; targets: readonly Target[] };
  show(options, document, () =>
    [
      facts([
        ['rollout', `${document.rollout.rollout_id} ${document.rollout.name}`],
        ['progress', line(document.rollout)],
      ]),
      '\n',
      table(
        ['appid', 'state', 'release', 'retries', 'at', 'why'],
        document.targets.map((target) => [
          target.authorizer_appid,
          target.is_canary ? `${target.state} (canary)` : target.state,
          target.release_id,
          target.attempts,
          localTime(target.updated_at),
          target.reason?.detail,
        ]),
        'no mini programs',
      ),
    ].join(''),
  );
}

interface StartOptions {
  readonly component?: string;
  readonly spec: string;
  readonly skipProblems?: boolean;
  readonly wait?: boolean;
  readonly timeout?: number;
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}

async function start(options: StartOptions): Promise<void> {
  const api = AppApi.release();
  const component = await componentOf(options);
  const spec = jsonFile(options.spec);
  const preview = await look(api, component, spec);
  if (options.json) tell(explain(preview).trimEnd());
  else process.stdout.write(explain(preview));
  if (preview.problems.length > 0 && !options.skipProblems)
    throw new CliError('there are problems; nothing was started', { remedy: 'Mend them, or start with --skip-problems.' });
  const path = `/v1/components/${component}/rollouts`;
  const body = { ...spec, preview_hash: preview.hash };
  const rollout = await api.post<Rollout>(path, body, { idempotencyKey: options.idempotencyKey });
  if (!options.wait) return show(options, rollout, `rollout ${rollout.rollout_id} started\n`);
  tell(`rollout ${rollout.rollout_id} started`);
  await watch(api, rollout.rollout_id, options);
}

interface WatchOptions {
  readonly timeout?: number;
  readonly json?: boolean;
}

const timeoutOption = () => new Option('--timeout <seconds>', 'watch at most so long; then exit code 1').argParser(count);

/** The longest a timer runs, 24 days: a longer one would end at once. */
const LONGEST_MS = 2 ** 31 - 1;
/** How often in a row a watched app may be away, with a pause of a second: as long as it takes to replace a replica. */
const AWAY_TRIES = 60;

/** The stream may break, and the app may be replaced by another replica: it is asked again until the rollout has ended. */
async function watch(api: AppApi, id: number, options: WatchOptions): Promise<void> {
  const terminal = process.stderr.isTTY;
  const { timeout } = options;
  const deadline = timeout === undefined ? undefined : AbortSignal.timeout(Math.min(timeout * 1_000, LONGEST_MS));
  let last: Rollout | undefined;
  let told = '';
  for (let ended = false, away = 0; !ended && !deadline?.aborted; ) {
    try {
      for await (const rollout of api.events<Rollout>(`/v1/rollouts/${id}/events`, deadline)) {
        last = rollout;
        away = 0;
        ended = ['completed', 'aborted', 'paused'].includes(rollout.state);
        if (ended) break;
        const now = rollout.needs_attention ? `${line(rollout)} · needs you` : line(rollout);
        if (now === told) continue;
        told = now;
        process.stderr.write(terminal ? `\r\x1b[2K${told}` : `${told}\n`);
      }
    } catch (error) {
      if (deadline?.aborted) break;
      // What it refuses (a wrong key, no such rollout) it will go on refusing.
      const status = error instanceof CliError ? (error.details.status ?? 503) : 0;
      away += 1;
      if (status < 500 || last === undefined || away > AWAY_TRIES) throw error;
    }
    if (!ended && !deadline?.aborted) await sleep(1_000);
  }
  if (terminal) process.stderr.write('\r\x1b[2K');
  if (last) show(options, last, `${line(last)}\n`);
  if (deadline?.aborted) tell(`rollout ${id} has not ended in time`);
  if (last?.counts.skipped) tell(`${counted(last.counts.skipped, 'was', 'were')} skipped; "rollout show ${id}" says why`);
  if (last?.state === 'paused')
    tell(
      `It is paused. "rollout show ${id}" says why; "rollout resume ${id}" goes on, "rollout retry ${id}" tries the failed ones again, "rollout abort ${id} --yes" ends it.`,
    );
  // Neither has it failed nor does it go on: somebody may have to decide.
  if (last?.state === 'paused' || last?.state === 'waiting') process.exitCode = EXIT.paused;
  else if (last?.state !== 'completed' || last.counts.failed > 0) process.exitCode = EXIT.failed;
}

function look(api: AppApi, component: string, spec: Record<string, unknown>): Promise<Preview> {
  return api.post<Preview>(`/v1/components/${component}/rollouts/preview`, spec);
}
