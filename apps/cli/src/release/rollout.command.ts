import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { whole } from './release.command.js';
import { ReleaseApi } from './release-api.js';

interface Rollout {
  readonly rollout_id: number;
  readonly name: string;
  readonly state: string;
  readonly stage: string;
  readonly progress: number;
  readonly reason: { readonly code?: string; readonly detail?: string } | null;
  readonly counts: {
    readonly total: number;
    readonly running: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly skipped: number;
  };
}

interface Preview {
  readonly hash: string;
  readonly targets: number;
  readonly ready: number;
  readonly problems: readonly { readonly authorizer_appid: string; readonly path: string; readonly message: string }[];
}

const BAR = 30;

/** `wxplane rollout …`: one template to many mini programs. */
export function rolloutCommand(): Command {
  const rollout = new Command('rollout').description('one template to many mini programs (RELEASE_URL, RELEASE_CLIENT_KEY)');
  rollout
    .command('preview')
    .description('show what would be sent to whom, and every problem')
    .requiredOption('--component <appid>', 'the third-party platform')
    .requiredOption('--spec <file>', 'JSON: name, targets, template_id, user_version, user_desc, ext_json, policy, options …')
    .option('--json', 'print the whole preview')
    .action(async ({ component, spec, json }: { component: string; spec: string; json?: boolean }) => {
      const preview = await look(new ReleaseApi(), component, read(spec));
      if (json) return void process.stdout.write(`${JSON.stringify(preview, null, 2)}\n`);
      explain(preview);
    });
  rollout
    .command('start')
    .description('preview, then start; refuses while there are problems unless --skip-problems')
    .requiredOption('--component <appid>', 'the third-party platform')
    .requiredOption('--spec <file>', 'JSON as for preview')
    .option('--skip-problems', 'start all the same: targets with problems fail or are skipped')
    .option('--wait', 'watch it; exit code 1 unless every target succeeds')
    .action(start);
  rollout
    .command('watch')
    .description('show the progress until it ends; exit code 1 unless every target succeeds, 3 when it is paused')
    .argument('<rollout_id>', 'the rollout', whole)
    .action((id: number) => watch(new ReleaseApi(), id));
  for (const step of ['pause', 'resume', 'abort', 'retry'] as const)
    rollout
      .command(step)
      .argument('<rollout_id>', 'the rollout', whole)
      .action(async (id: number) => {
        process.stdout.write(`${line(await new ReleaseApi().json<Rollout>('POST', `/v1/rollouts/${id}/${step}`, {}))}\n`);
      });
  return rollout;
}

async function start(options: { component: string; spec: string; skipProblems?: boolean; wait?: boolean }): Promise<void> {
  const api = new ReleaseApi();
  const spec = read(options.spec);
  const preview = await look(api, options.component, spec);
  explain(preview);
  if (preview.problems.length > 0 && !options.skipProblems) throw new Error('there are problems; nothing was started');
  const path = `/v1/components/${options.component}/rollouts`;
  const { rollout_id } = await api.json<Rollout>('POST', path, { ...spec, preview_hash: preview.hash });
  process.stdout.write(`rollout ${rollout_id} started\n`);
  if (options.wait) await watch(api, rollout_id);
}

/** The stream may break: it is opened again until the rollout has ended. */
async function watch(api: ReleaseApi, id: number): Promise<void> {
  const terminal = process.stdout.isTTY;
  let last: Rollout | undefined;
  for (let ended = false; !ended; ) {
    for await (const rollout of api.events<Rollout>(`/v1/rollouts/${id}/events`)) {
      last = rollout;
      process.stdout.write(terminal ? `\r\x1b[2K${line(rollout)}` : `${line(rollout)}\n`);
      ended = ['completed', 'aborted', 'paused'].includes(rollout.state);
      if (ended) break;
    }
  }
  if (terminal) process.stdout.write('\n');
  if (last?.state === 'paused') process.exitCode = 3;
  else if (last?.state !== 'completed' || last.counts.failed > 0) process.exitCode = 1;
}

/** Such as `[#####-----]  50.0 %  5 of 10 · 1 failed · 2 running · running`. */
export function line({ counts, progress, state, stage, reason }: Rollout): string {
  const filled = Math.round(progress * BAR);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}]`;
  const parts = [
    `${bar} ${(progress * 100).toFixed(1).padStart(5)} %`,
    `${counts.succeeded} of ${counts.total} done`,
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ...(counts.running > 0 ? [`${counts.running} under way`] : []),
    stage === 'canary' && state === 'running' ? 'canary' : state,
    ...(reason?.detail ? [reason.detail] : []),
  ];
  return parts.join(' · ');
}

function read(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

function look(api: ReleaseApi, component: string, spec: Record<string, unknown>): Promise<Preview> {
  return api.json<Preview>('POST', `/v1/components/${component}/rollouts/preview`, spec);
}

function explain({ targets, ready, problems }: Preview): void {
  process.stdout.write(`${ready} of ${targets} mini programs are ready\n`);
  for (const { authorizer_appid, path, message } of problems.slice(0, 20))
    process.stdout.write(`  ${authorizer_appid}  ${path} ${message}\n`);
  if (problems.length > 20) process.stdout.write(`  … and ${problems.length - 20} more\n`);
}
