import type { Command } from 'commander';
import type {
  RolloutFailureView as Failure,
  RolloutHistoryView as History,
  RolloutSpec,
  RolloutSummary as Summary,
  RolloutTargetView as Target,
} from '#openapi/release';
import { AppApi } from '../shell/app-api.js';
import { examples, limitOption, whole } from '../shell/arguments.js';
import { age, counted, facts, localTime, show, table } from '../shell/output.js';
import { line } from './progress.js';

interface Output {
  readonly json?: boolean;
}

/** Where a rollout stands, and why. */
export function addInsight(rollout: Command): void {
  rollout
    .command('show')
    .description('where one rollout stands, what decides how long it takes, and what keeps mini programs from their goal')
    .argument('<rollout_id>', 'the rollout', whole)
    .addHelpText('after', examples('rollout show 3'))
    .action(one);
  rollout
    .command('failures')
    .description('what failed, was skipped or waits, by cause: the most frequent first')
    .argument('<rollout_id>', 'the rollout', whole)
    .addHelpText('after', examples('rollout failures 3', 'rollout failures 3 --json'))
    .action(failures);
  rollout
    .command('history')
    .description('who did what with it, and what it did by itself')
    .argument('<rollout_id>', 'the rollout', whole)
    .addOption(limitOption(100))
    .addHelpText('after', examples('rollout history 3'))
    .action(history);
  rollout
    .command('spec')
    .description('what it was started with, as JSON, to start another one like it; secret variables are ***')
    .argument('<rollout_id>', 'the rollout', whole)
    .addHelpText('after', examples('rollout spec 3 > next.json'))
    .action(async (id: number, options: Output) => {
      const spec = await AppApi.release().get<RolloutSpec>(`/v1/rollouts/${id}/spec`);
      show(options, spec, () => `${JSON.stringify(spec, null, 2)}\n`);
    });
}

/** As many targets as a rollout can have. */
const EVERY = 20_000;

async function one(id: number, options: Output): Promise<void> {
  const api = AppApi.release();
  const summary = await api.get<Summary>(`/v1/rollouts/${id}/summary`);
  const causes = await causesOf(api, id);
  const targets = async (state: string) => (await api.pages<Target>(`/v1/rollouts/${id}/targets`, { state }, EVERY)).items;
  const unhappy = options.json ? [...(await targets('failed')), ...(await targets('skipped'))] : [];
  const { rollout, stages, rings, pace, waits } = summary;
  show(options, { ...rollout, stages, rings, pace, waits, failures: causes, unhappy_targets: unhappy }, () =>
    [
      facts([
        ['rollout', `${rollout.rollout_id} ${rollout.name}`],
        ['progress', line(rollout)],
        ['where they are', stagesOf(summary)],
        ...(summary.rings.length > 0 ? ([['rings', ringsOf(summary)]] as const) : []),
        ['time left', timeLeft(summary)],
      ]),
      '\n',
      causeTable(causes),
      causes.length > 0
        ? `\n"rollout retry ${id} --cause <cause>" tries one cause again; "rollout report ${id}" names each mini program\n`
        : '',
    ].join(''),
  );
}

async function causesOf(api: AppApi, id: number): Promise<Failure[]> {
  return (await api.get<{ items: Failure[] }>(`/v1/rollouts/${id}/failures`)).items;
}

async function failures(id: number, options: Output): Promise<void> {
  const causes = await causesOf(AppApi.release(), id);
  show(options, { items: causes }, () => causeTable(causes));
}

function causeTable(causes: readonly Failure[]): string {
  return table(
    ['cause', 'state', 'how many', 'such as', 'why'],
    causes.map(({ cause, state, count, authorizer_appids, reason }) => [
      ...[cause, state, count, authorizer_appids[0]],
      reason.remedy ? `${reason.detail ?? ''} → ${reason.remedy.en}` : reason.detail,
    ]),
    'no mini program failed or was skipped',
  );
}

/** Such as `120 not begun · 20 being prepared · 60 in review`. */
export function stagesOf({ stages }: Pick<Summary, 'stages'>): string {
  const words: readonly (readonly [number, string])[] = [
    [stages.pending, 'not begun'],
    [stages.preparing, 'being prepared'],
    [stages.in_review, 'in review'],
    [stages.approved, 'approved'],
    [stages.gray, 'gray'],
    [stages.succeeded, 'succeeded'],
    [stages.failed, 'failed'],
    [stages.skipped, 'skipped'],
  ];
  return words
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(' · ');
}

/** Such as `pilots 5 of 5 · tenth 12 of 85 (now) · rest 765 to come`. */
export function ringsOf({ rings }: Pick<Summary, 'rings'>): string {
  return rings
    .map(({ name, at, total, succeeded, failed }) => {
      if (at === 'ahead') return `${name} ${total} to come`;
      return `${name} ${succeeded} of ${total}${failed > 0 ? `, ${failed} failed` : ''}${at === 'now' ? ' (now)' : ''}`;
    })
    .join(' · ');
}

const LIMITS: Readonly<Record<string, string>> = {
  paused: 'it is paused',
  quota: 'the quota of submissions is used up',
  waiting: 'it waits, see the progress',
  approval: 'a second person has to agree',
  reviewers: 'WeChat’s reviewers decide the pace',
  pace: 'its own pace decides (per_minute, concurrency)',
};

/** Such as `about 3 h: WeChat’s reviewers decide the pace (40 ended within the last hour)`. */
export function timeLeft({ pace }: Pick<Summary, 'pace'>): string {
  if (pace.limited_by === null) return 'none';
  const about = pace.left_s === null ? 'cannot be said' : `about ${age(pace.left_s)}`;
  const until = pace.limited_until ? `, until ${localTime(pace.limited_until)} at the latest` : '';
  const counting = `${counted(pace.ended, 'mini program', 'mini programs')} ended within ${age(pace.within_s)}`;
  return `${about}: ${LIMITS[pace.limited_by] ?? pace.limited_by}${until} (${counting})`;
}

async function history(id: number, options: Output & { limit: number }): Promise<void> {
  const page = await AppApi.release().pages<History>(`/v1/rollouts/${id}/history`, {}, options.limit);
  show(options, page, () =>
    table(
      ['at', 'what', 'who', 'state', 'more'],
      page.items.map(({ at, what, actor, from_state, to_state, detail }) => [
        ...[localTime(at), what, actor ?? 'itself'],
        ...[from_state === to_state || from_state === null ? to_state : `${from_state} → ${to_state}`],
        ...[detail ? wordsOf(detail) : ''],
      ]),
      'nothing is known of it: it is older than the history',
    ),
  );
}

/** What is most worth reading of an entry. */
function wordsOf(detail: Record<string, unknown>): string {
  const { note, detail: reason, ...more } = detail;
  const rest = Object.entries(more)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${name} ${String(value)}`);
  return [note, reason, ...(note || reason ? [] : rest)].filter((word) => typeof word === 'string').join(' · ');
}
