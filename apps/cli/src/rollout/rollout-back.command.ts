import type { Command } from 'commander';
import type { RollBackPreview, RolloutView as Rollout } from '#openapi/release';
import { AppApi } from '../shell/app-api.js';
import { count, examples, idempotencyOption, list, whole } from '../shell/arguments.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { CliError } from '../shell/failure.js';
import { counted, show, tell } from '../shell/output.js';
import { explain } from './rollout-preview.js';

interface Options {
  readonly forward?: boolean;
  readonly only?: string[];
  readonly name?: string;
  readonly canary?: number;
  readonly perMinute?: number;
  readonly concurrency?: number;
  readonly takeOver?: boolean;
  readonly live?: number;
  readonly dryRun?: boolean;
  readonly skipProblems?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly idempotencyKey?: string;
}

/** `wxplane rollout roll-back`: what one rollout published, taken back by another one. */
export function addBack(rollout: Command): void {
  rollout
    .command('roll-back')
    .description('take back what a rollout published, as a rollout of its own; those that run another version since are left out')
    .argument('<rollout_id>', 'the rollout that is taken back', whole)
    .option(
      '--forward',
      'make the last good version of each mini program anew, where WeChat cannot roll back: it is reviewed again',
    )
    .option('--only <appids>', 'only these of those that it published', list)
    .option('--name <name>', 'default: that of the rollout, with the way before it')
    .option('--canary <n>', 'so many go first', count)
    .option('--per-minute <n>', 'begun per minute, at most', count)
    .option('--concurrency <n>', 'at the same time, at most', count)
    .option('--take-over', 'take mini programs over from rollouts that have not finished with them')
    .option('--live <n>', 'compare the first ones with WeChat, where each look is one of some thirty a day', count)
    .option('--dry-run', 'say who can go back, to what, and who cannot and why; change nothing')
    .option('--skip-problems', 'start all the same: targets with problems fail or are skipped')
    .addOption(yesOption())
    .addOption(idempotencyOption('rollout'))
    .addHelpText(
      'after',
      examples('rollout roll-back 3 --dry-run', 'rollout roll-back 3 --canary 5 --yes', 'rollout roll-back 3 --forward --yes'),
    )
    .action(rollBack);
}

async function rollBack(id: number, options: Options): Promise<void> {
  const api = AppApi.release();
  const body = bodyOf(options);
  const live = options.live ? `?live=${options.live}` : '';
  const preview = await api.post<RollBackPreview>(`/v1/rollouts/${id}/roll-back/preview${live}`, body);
  const text = explainBack(preview);
  if (options.dryRun) return show(options, preview, text);
  if (options.json) tell(text.trimEnd());
  else process.stdout.write(text);
  if (preview.problems.length > 0 && !options.skipProblems)
    throw new CliError('there are problems; nothing was started', { remedy: 'Mend them, or start with --skip-problems.' });
  await confirm(options, `Take ${counted(preview.targets, 'mini program', 'mini programs')} back?`);
  const start = { ...body, preview_hash: preview.hash };
  const { idempotencyKey } = options;
  const rollout = await api.post<Rollout>(`/v1/rollouts/${id}/roll-back`, start, { idempotencyKey });
  show(options, rollout, `rollout ${rollout.rollout_id} started; "rollout watch ${rollout.rollout_id}" shows its progress\n`);
}

function bodyOf({ forward, only, name, canary, perMinute, concurrency, takeOver }: Options): Record<string, unknown> {
  const options = {
    ...(canary === undefined ? {} : { canary_size: canary }),
    ...(perMinute === undefined ? {} : { per_minute: perMinute }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
  return {
    way: forward ? 'forward' : 'rollback',
    ...(name === undefined ? {} : { name }),
    ...(only ? { authorizer_appids: only } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(takeOver ? { take_over: true } : {}),
  };
}

const WHY: Readonly<Record<string, string>> = {
  'not-published': 'the rollout put nothing online there',
  'moved-on': 'something else is online since',
  'rolled-back': 'it was taken back already',
};

/** Such as `3 of 4 mini programs are ready`, `2.0.0 → 1.0.0, such as wx…`, `no target: 2 × something else is online since`. */
export function explainBack(preview: RollBackPreview): string {
  const first = preview.requests.find(({ back }) => back);
  return [
    explain(preview).trimEnd(),
    ...(first?.back ? [`  ${first.back.from} → ${first.back.to ?? 'what WeChat has'}, such as ${first.authorizer_appid}`] : []),
    ...preview.no_targets.map(
      ({ why, count: many, authorizer_appids }) => `  no target: ${many} × ${WHY[why] ?? why}, such as ${authorizer_appids[0]}`,
    ),
    '',
  ].join('\n');
}
