import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { ReleaseApi } from './release-api.js';

interface Release {
  readonly release_id: number;
  readonly state: string;
  readonly pending_step: string | null;
  readonly audit: { readonly reason_text: string | null };
  readonly last_error: { readonly errmsg?: string; readonly remedy?: { readonly en?: string } } | null;
}

const ENDED = new Set(['released', 'rejected', 'withdrawn', 'failed', 'stopped', 'superseded', 'reverted']);
const EVERY_MS = 2_000;

/** `wxplane release …`: one mini program at a time, for pipelines. */
export function releaseCommand(): Command {
  const release = new Command('release').description('releases of single mini programs (RELEASE_URL, RELEASE_CLIENT_KEY)');
  release
    .command('promote')
    .description('make a template of a draft and print its id')
    .requiredOption('--component <appid>', 'the third-party platform')
    .requiredOption('--draft <id>', 'id of the draft', whole)
    .action(async ({ component, draft }: { component: string; draft: number }) => {
      const template = await new ReleaseApi().json<{ template_id: number }>('POST', `/v1/components/${component}/templates`, {
        draft_id: draft,
      });
      process.stdout.write(`${template.template_id}\n`);
    });
  release
    .command('create')
    .description('commit a template to one mini program and print the id of the release')
    .requiredOption('--component <appid>', 'the third-party platform')
    .requiredOption('--authorizer <appid>', 'the mini program')
    .requiredOption('--template <id>', 'the template', whole)
    .requiredOption('--version <text>', 'user_version')
    .option('--desc <text>', 'user_desc', '')
    .option('--ext-json <file>', 'a JSON file')
    .option('--auto', 'submit and publish by itself')
    .option('--wait', 'wait until it is online; exit code 1 if it does not get there')
    .option('--idempotency-key <key>', 'the same key never makes a second release')
    .action(create);
  release
    .command('wait')
    .description('wait for a state; exit code 1 if the release ends in another one')
    .argument('<release_id>', 'the release', whole)
    .option('--for <state>', 'the state', 'released')
    .option('--timeout <seconds>', 'at most so long; then exit code 1', whole, 14 * 86_400)
    .action(async (id: number, options: { for: string; timeout: number }) => {
      if (!(await reach(new ReleaseApi(), id, options.for, options.timeout))) process.exitCode = 1;
    });
  for (const step of ['submit', 'publish', 'withdraw', 'speed-up'] as const)
    release
      .command(step)
      .argument('<release_id>', 'the release', whole)
      .action(async (id: number) => {
        const { state } = await new ReleaseApi().json<Release>('POST', `/v1/releases/${id}/${step}`, {});
        process.stdout.write(`release ${id} is ${state}\n`);
      });
  return release;
}

interface CreateOptions {
  readonly component: string;
  readonly authorizer: string;
  readonly template: number;
  readonly version: string;
  readonly desc: string;
  readonly extJson?: string;
  readonly auto?: boolean;
  readonly wait?: boolean;
  readonly idempotencyKey?: string;
}

async function create(options: CreateOptions): Promise<void> {
  const api = new ReleaseApi();
  const body = {
    authorizer_appid: options.authorizer,
    template_id: options.template,
    user_version: options.version,
    user_desc: options.desc,
    ...(options.extJson ? { ext_json: JSON.parse(readFileSync(options.extJson, 'utf8')) as unknown } : {}),
    ...(options.auto || options.wait ? { policy: { submit: 'auto', publish: 'auto' } } : {}),
  };
  const path = `/v1/components/${options.component}/releases`;
  const { release_id } = await api.json<Release>('POST', path, body, options.idempotencyKey);
  process.stdout.write(`${release_id}\n`);
  if (options.wait && !(await reach(api, release_id, 'released', 14 * 86_400))) process.exitCode = 1;
}

/** @returns whether it got there */
async function reach(api: ReleaseApi, id: number, wanted: string, timeoutS: number): Promise<boolean> {
  const deadline = Date.now() + timeoutS * 1_000;
  for (let before = ''; Date.now() < deadline; await sleep(EVERY_MS)) {
    const release = await api.json<Release>('GET', `/v1/releases/${id}`);
    if (release.state !== before) process.stderr.write(`release ${id}: ${release.state}\n`);
    before = release.state;
    if (release.state === wanted) return true;
    if (!ENDED.has(release.state)) continue;
    process.stderr.write(
      `${release.audit.reason_text ?? release.last_error?.errmsg ?? ''}\n${release.last_error?.remedy?.en ?? ''}\n`,
    );
    return false;
  }
  process.stderr.write(`release ${id} has not become ${wanted} in time\n`);
  return false;
}

export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
}
