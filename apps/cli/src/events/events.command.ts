import { Command, Option } from 'commander';
import type { EventView, EventWithContent as OneEvent } from '#openapi/ingestion';
import { AppApi } from '../shell/app-api.js';
import { date, examples, limitOption } from '../shell/arguments.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { wrongUse } from '../shell/failure.js';
import { counted, facts, localTime, show, table } from '../shell/output.js';

interface Filter {
  readonly component?: string;
  readonly authorizer?: string;
  readonly kind?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly json?: boolean;
}

interface ReplayOptions extends Filter {
  readonly subscription?: string;
  readonly accept?: boolean;
  readonly yes?: boolean;
}

/** `wxplane events …`: what WeChat pushed, as ingestion keeps it. */
export function eventsCommand(): Command {
  const events = new Command('events').description(
    'what WeChat pushed (INGESTION_URL, WXPLANE_CLIENT_KEY; scope events:read, for replay admin)',
  );
  filters(events.command('search').alias('list').description('newest first, without content'))
    .addOption(new Option('--state <state>', 'only those').choices(['received', 'queued', 'mismatch', 'stale']))
    .addOption(limitOption(50))
    .addHelpText(
      'after',
      examples('events search --kind "weapp_audit_*" --from 2026-11-22', 'events search --state mismatch --json'),
    )
    .action(search);
  events
    .command('show')
    .description('one event, what was done with it, and its content without tickets and codes')
    .argument('<event_id>')
    .addHelpText('after', examples('events show 4711'))
    .action(one);
  filters(events.command('replay').description('send one event out again, or all of a range'))
    .argument('[event_id]', 'this one; without it --from and --to say which')
    .option('--subscription <id>', 'to this subscription; default: to broker and release, who then act on it again')
    .option('--accept', 'act on one that was kept as mismatch or stale: you have looked at it')
    .addOption(yesOption())
    .addHelpText(
      'after',
      examples(
        'events replay 4711',
        'events replay --from 2026-11-22T05:00:00Z --to 2026-11-22T10:00:00Z --subscription sub_… --yes',
      ),
    )
    .action(replay);
  return events;
}

function filters(command: Command): Command {
  return command
    .option('--component <appid>', 'of this component')
    .option('--authorizer <appid>', 'of this authorizer')
    .option('--kind <pattern>', 'such as authorized or "weapp_audit_*"')
    .option('--from <time>', 'received at or after; ISO 8601', date)
    .option('--to <time>', 'received before', date);
}

/** What has become of it; one that was kept and not believed says why. */
const progressOf = ({ progress, state }: EventView) =>
  progress === undefined || progress === 'kept' ? state : progress.replace('_', ' ');

const query = (options: Filter) => ({
  ...(options.component ? { component_appid: options.component } : {}),
  ...(options.authorizer ? { authorizer_appid: options.authorizer } : {}),
  ...(options.kind ? { kind: options.kind } : {}),
  ...(options.from ? { from: options.from.toISOString() } : {}),
  ...(options.to ? { to: options.to.toISOString() } : {}),
});

async function search(options: Filter & { state?: string; limit: number }): Promise<void> {
  const filter = { ...query(options), state: options.state };
  const page = await AppApi.ingestion().pages<EventView>('/v1/events', filter, options.limit);
  show(options, page, () =>
    table(
      ['event', 'received', 'component', 'authorizer', 'kind', 'state', 'note'],
      page.items.map((item) => [
        item.event_id,
        localTime(item.received_at),
        item.component_appid,
        item.authorizer_appid,
        item.kind,
        progressOf(item),
        item.note,
      ]),
      'no events',
    ),
  );
}

async function one(eventId: string, options: { json?: boolean }): Promise<void> {
  const event = await AppApi.ingestion().get<OneEvent>(`/v1/events/${encodeURIComponent(eventId)}`);
  show(options, event, () =>
    [
      facts([
        ['event', event.event_id],
        ['kind', `${event.kind} (${event.family})`],
        ['component', event.component_appid],
        ['authorizer', event.authorizer_appid],
        ['state', [progressOf(event), event.note].filter(Boolean).join(': ')],
        ['made by WeChat', localTime(event.create_time)],
        ['received', localTime(event.received_at)],
        ['handed over', localTime(event.handed_over_at)],
      ]),
      '\n',
      table(
        ['consumer', 'did', 'tries', 'at', 'note'],
        event.effects.map((effect) => [effect.consumer, effect.state, effect.attempts, localTime(effect.at), effect.note]),
        event.progress === 'no_consumer' ? 'broker and release act on no event of this kind' : 'nobody has acted on it yet',
      ),
      event.content === undefined ? '' : `\n${JSON.stringify(event.content, null, 2)}\n`,
    ].join(''),
  );
}

async function replay(eventId: string | undefined, options: ReplayOptions): Promise<void> {
  const api = AppApi.ingestion();
  const to = options.subscription ? { subscription_id: options.subscription } : {};
  let result: { events: number };
  if (eventId !== undefined) {
    const body = { ...to, ...(options.accept ? { accept: true } : {}) };
    result = await api.post(`/v1/events/${encodeURIComponent(eventId)}/replay`, body);
  } else {
    if (!options.from || !options.to) throw wrongUse('give an event, or --from and --to');
    const whom = options.subscription ?? 'broker and release, who act on them again';
    await confirm(options, `Send every event from ${options.from.toISOString()} to ${options.to.toISOString()} to ${whom}?`);
    result = await api.post('/v1/events/replay', { ...query(options), ...to });
  }
  show(options, result, `${counted(result.events, 'event goes', 'events go')} out again\n`);
}
