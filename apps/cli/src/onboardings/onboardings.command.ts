import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type {
  OnboardingImportView as Import,
  OnboardingMovePage as Moves,
  OnboardingView as Order,
  OnboardingSummary as Summary,
} from '#openapi/release';
import { pictureFile } from '../going-online/picture-file.js';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, limitOption } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { CliError, EXIT, wrongUse } from '../shell/failure.js';
import { counted, facts, localTime, show, table, tell } from '../shell/output.js';

interface Common {
  readonly component?: string;
  readonly json?: boolean;
}

interface ListOptions extends Common {
  readonly state?: string;
  readonly step?: string;
  readonly task?: boolean;
  readonly limit: number;
}

interface ImportOptions extends Common {
  readonly defaults?: string;
  readonly papers?: string;
  readonly dryRun?: boolean;
}

const STATES = ['running', 'waiting', 'failed', 'done', 'cancelled'];
const AWAY_TRIES = 60;
const ID = '0123456789abcdef0123456789abcdef';

/** `wxplane onboardings …`: merchants on their way from their papers to a mini program that is online. */
export function onboardingsCommand(): Command {
  const onboardings = new Command('onboardings').description(
    'merchants on their way to a mini program that is online (RELEASE_URL, WXPLANE_CLIENT_KEY; scopes onboardings:read, to change something onboardings:write and that of each step)',
  );
  onboardings
    .command('list')
    .description('orders, newest first')
    .addOption(componentOption())
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .option('--step <step>', 'only those that are there')
    .option('--task', 'only those that a person must do something for')
    .addOption(limitOption(200))
    .addHelpText('after', examples('onboardings list --task'))
    .action(list);
  onboardings
    .command('summary')
    .description('how many are in each step, and for how many a person must do something')
    .addOption(componentOption())
    .addHelpText('after', examples('onboardings summary'))
    .action(async (options: Common) =>
      printSummary(options, await AppApi.release().get<Summary>(`${await pathOf(options)}/summary`)),
    );
  onboardings
    .command('report')
    .description('every order as CSV')
    .addOption(componentOption())
    .addHelpText('after', examples('onboardings report > onboardings.csv'))
    .action(async (options: Common) => void process.stdout.write(await AppApi.release().text(`${await pathOf(options)}/report`)));
  onboardings
    .command('show')
    .description('one order with its history: where it is, who must do what until when')
    .argument('<id>')
    .addOption(componentOption())
    .addHelpText('after', examples(`onboardings show ${ID}`))
    .action(showOne);
  onboardings
    .command('create')
    .description('order the way of one merchant, from a JSON file; the same once more answers the one that is there')
    .argument('<file>', 'the order, as the API takes it')
    .option('--paper <name=path...>', 'a picture that the order names as paper:<name>')
    .addOption(componentOption())
    .addHelpText(
      'after',
      examples('onboardings create merchant.json --paper licence=licence.jpg --paper logo=logo.png --paper card=card.jpg'),
    )
    .action(create);
  onboardings
    .command('import')
    .description(
      'order many, from a CSV file or a JSON list; all of them are looked at first, and none is ordered while one is wrong',
    )
    .argument('<file>', 'of at most 500 orders')
    .option('--defaults <file>', 'JSON: what is common to all of them')
    .option('--papers <folder>', 'with a folder for each reference, in which each paper is <name>.png or .jpg')
    .option('--dry-run', 'only look')
    .addOption(componentOption())
    .addHelpText('after', examples('onboardings import merchants.csv --defaults shop.json --dry-run'))
    .action(importMany);
  onboardings
    .command('change')
    .description('give data that were missing or wrong, from a JSON file; one that has failed goes on with them')
    .argument('<id>')
    .argument('<file>')
    .addOption(componentOption())
    .addHelpText('after', examples(`onboardings change ${ID} filing.json`))
    .action(async (id: string, file: string, options: Common) =>
      print(options, await AppApi.release().patch<Order>(await pathOf(options, id), jsonFile(file))),
    );
  onboardings
    .command('paper')
    .description('upload a picture that the order names as paper:<name>')
    .argument('<id>')
    .argument('<name=path...>')
    .addOption(componentOption())
    .addHelpText('after', examples(`onboardings paper ${ID} licence=licence.jpg`))
    .action(async (id: string, papers: string[], options: Common) => {
      await upload(await pathOf(options, id), papers);
      print(options, await AppApi.release().get<Order>(await pathOf(options, id)));
    });
  onboardings
    .command('watch')
    .description('show the progress, of one or of all, until it ends; exit code 1 when one has failed')
    .argument('[id]')
    .addOption(componentOption())
    .addHelpText('after', examples('onboardings watch', `onboardings watch ${ID}`))
    .action(watch);
  for (const [name, description] of [
    ['retry', 'go on after something was mended: what had failed is begun anew, what is done stays'],
    ['cancel', 'end an order; what WeChat has been asked for goes on there'],
  ] as const)
    onboardings
      .command(name)
      .description(description)
      .argument('<id>')
      .addOption(componentOption())
      .addHelpText('after', examples(`onboardings ${name} ${ID}`))
      .action(async (id: string, options: Common) =>
        print(options, await AppApi.release().post<Order>(`${await pathOf(options, id)}/${name}`)),
      );
  return onboardings;
}

const pathOf = async (options: Common, id?: string): Promise<string> =>
  `/v1/components/${await componentOf(options)}/onboardings${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;

async function list(options: ListOptions): Promise<void> {
  const { state, step, task } = options;
  const query = { state, step, ...(task ? { has_task: 'true' } : {}) };
  const page = await AppApi.release().pages<Order>(await pathOf(options), query, options.limit);
  show(options, page, () =>
    table(
      ['id', 'reference', 'for', 'state', 'step', 'appid', 'waits for', 'until', 'why'],
      page.items.map((item) => [
        item.onboarding_id,
        item.reference,
        item.label,
        item.state,
        item.step,
        item.authorizer_appid,
        item.task?.who ?? '',
        item.task?.until ? localTime(item.task.until) : '',
        item.problem?.detail ?? item.task?.code ?? '',
      ]),
      'no onboardings',
    ),
  );
}

async function showOne(id: string, options: Common): Promise<void> {
  const path = await pathOf(options, id);
  const order = await AppApi.release().get<Order>(path);
  const { items } = await AppApi.release().pages<Moves['items'][number]>(`${path}/history`, {}, 200);
  show(options, { ...order, history: items }, () => {
    const moves = items.map(({ at, step, what, cause, detail }) => [
      localTime(at),
      step,
      what,
      cause,
      detail === null ? '' : JSON.stringify(detail),
    ]);
    return `${textOf(order)}\n${table(['when', 'step', 'what', 'by', 'details'], moves, 'no history')}`;
  });
}

async function create(file: string, options: Common & { readonly paper?: string[] }): Promise<void> {
  const api = AppApi.release();
  const papers = (options.paper ?? []).map(paperOf);
  const made = await api.post<Order>(await pathOf(options), jsonFile(file));
  const path = await pathOf(options, made.onboarding_id);
  for (const { name, path: picture } of papers) await api.upload(`${path}/papers/${name}`, {}, pictureFile(picture), 'PUT');
  print(options, await api.get<Order>(path));
}

async function importMany(file: string, options: ImportOptions): Promise<void> {
  const api = AppApi.release();
  const body = {
    ...(file.toLowerCase().endsWith('.csv') ? { csv: textFile(file) } : { orders: jsonFile(file) }),
    ...(options.defaults === undefined ? {} : { defaults: jsonFile(options.defaults) }),
  };
  const path = await pathOf(options);
  const seen = await api.post<Import>(`${path}/import/preview`, body);
  if (options.dryRun || seen.wrong > 0) {
    show(options, seen, () => importText(seen));
    if (seen.wrong > 0) {
      tell(`${counted(seen.wrong, 'order is', 'orders are')} wrong: nothing was ordered.`);
      process.exitCode = EXIT.failed;
    }
    return;
  }
  const made = await api.post<Import>(`${path}/import`, body);
  if (options.papers !== undefined)
    for (const { reference, onboarding_id, papers } of made.rows)
      for (const name of papers) await uploadFrom(`${path}/${onboarding_id}`, `${options.papers}/${reference}`, name);
  show(options, made, () => importText(made));
}

async function uploadFrom(path: string, folder: string, name: string): Promise<void> {
  for (const ending of ['png', 'jpg', 'jpeg'])
    try {
      const picture = pictureFile(`${folder}/${name}.${ending}`);
      await AppApi.release().upload(`${path}/papers/${name}`, {}, picture, 'PUT');
      return;
    } catch (error) {
      if (!(error instanceof CliError) || error.details.status !== undefined) throw error;
    }
  tell(`${folder} has no ${name}.png or ${name}.jpg`);
}

async function upload(path: string, papers: readonly string[]): Promise<void> {
  for (const { name, path: picture } of papers.map(paperOf))
    await AppApi.release().upload(`${path}/papers/${name}`, {}, pictureFile(picture), 'PUT');
}

function paperOf(text: string): { name: string; path: string } {
  const [, name, path] = /^([a-z0-9][a-z0-9_-]{0,47})=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined) throw wrongUse(`${text} is no <name>=<path>`);
  return { name, path };
}

/** The stream may break, and the app may be replaced by another replica: it is asked again until it has ended. */
async function watch(id: string | undefined, options: Common): Promise<void> {
  const path = `${await pathOf(options, id)}/events`;
  let last: Order | Summary | undefined;
  for (let away = 0; last === undefined || !hasEnded(last); ) {
    try {
      for await (const now of AppApi.release().events<Order | Summary>(path)) {
        last = now;
        away = 0;
        process.stderr.write(`${line(now)}\n`);
      }
    } catch (error) {
      // What it refuses (a wrong key, no such order) it will go on refusing.
      const status = error instanceof CliError ? (error.details.status ?? 503) : 0;
      away += 1;
      if (status < 500 || last === undefined || away > AWAY_TRIES) throw error;
    }
    if (last === undefined || !hasEnded(last)) await sleep(1_000);
  }
  if ('onboarding_id' in last) print(options, last);
  else printSummary(options, last);
  if ('onboarding_id' in last ? last.state !== 'done' : last.failed > 0) process.exitCode = EXIT.failed;
}

const hasEnded = (now: Order | Summary): boolean =>
  'onboarding_id' in now ? ['done', 'failed', 'cancelled'].includes(now.state) : now.running + now.waiting === 0;

function line(now: Order | Summary): string {
  if ('onboarding_id' in now) {
    const why = now.problem?.detail ?? (now.task ? `${now.task.who}: ${now.task.what.en} ${now.task.url ?? ''}` : '');
    return [now.state, now.step, why].filter(Boolean).join(' · ');
  }
  const { total, done, running, waiting, failed } = now;
  return `${done} of ${total} done · ${running} under way · ${waiting} wait for somebody · ${failed} failed`;
}

function printSummary(options: Common, summary: Summary): void {
  show(options, summary, () =>
    [
      facts([['progress', line(summary)]]),
      table(
        ['step', 'running', 'waiting', 'failed'],
        summary.steps.map(({ step, running, waiting, failed }) => [step, String(running), String(waiting), String(failed)]),
        'nothing goes on',
      ),
      table(
        ['task', 'who', 'how many', 'the first until'],
        summary.tasks.map(({ code, who, count, first_until }) => [
          code,
          who,
          String(count),
          first_until ? localTime(first_until) : '',
        ]),
        'nobody has to do anything',
      ),
    ].join('\n'),
  );
}

function importText({ total, new: fresh, there, wrong, rows }: Import): string {
  return `${facts([['orders', `${total}: ${fresh} new, ${there} there already, ${wrong} wrong`]])}\n${table(
    ['row', 'reference', 'for', 'goal', 'state', 'id', 'problems'],
    rows.map((row) => [
      String(row.row),
      row.reference ?? '',
      row.label ?? '',
      row.goal ?? '',
      row.state,
      row.onboarding_id ?? '',
      row.problems.map(({ field, message }) => `${field}: ${message}`).join('; '),
    ]),
    'no orders',
  )}`;
}

function print(options: Common, order: Order): void {
  show(options, order, () => textOf(order));
}

function textOf(order: Order): string {
  const { task, problem } = order;
  return facts([
    ['id', order.onboarding_id],
    ['reference', order.reference],
    ['for', order.label],
    ['goal', order.goal],
    ['state', order.state],
    [
      'steps',
      order.steps.map(({ name, state }) => (state === 'now' ? `[${name}]` : state === 'done' ? `${name} ✓` : name)).join(' → '),
    ],
    ...(order.authorizer_appid ? [['appid', order.authorizer_appid] as const] : []),
    ...(task ? [['who acts', `${task.who}${task.until ? `, until ${localTime(task.until)}` : ''}`] as const] : []),
    ...(task ? [['what', task.what.en] as const] : []),
    ...(task?.url ? [['page', task.url] as const] : []),
    ...(task?.approval_id ? [['approval', task.approval_id] as const] : []),
    ...(order.papers_missing.length > 0 ? [['papers missing', order.papers_missing.join(', ')] as const] : []),
    ...(problem ? [['why', problem.detail] as const] : []),
    ...(problem?.remedy ? [['what to do', problem.remedy.en] as const] : []),
    ...(problem?.errors ?? []).map(({ field, message }) => [field, message] as const),
  ]);
}

function textFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw wrongUse(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
  }
}

function jsonFile(path: string): Record<string, unknown> {
  const text = textFile(path);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw wrongUse(`${path} is no JSON`);
  }
}
