import { type Narration, shortTime } from './narration.ts';
import { masked } from './secrets.ts';
import { bold, dim, table } from './terminal.mjs';
import type { WalkContext } from './walk-context.ts';

export interface PushRecord {
  readonly kind: string;
  readonly delivered: boolean;
  readonly tries: readonly { readonly status: number; readonly ms: number; readonly answer: string; readonly error?: string }[];
}

interface TokenAnswer {
  readonly access_token: string;
  readonly expires_in: number;
  readonly cache_seconds: number;
}

interface EventRow {
  readonly event_id: string;
  readonly kind: string;
  readonly state: string;
  readonly payload: string;
}

/** Tells how a push was answered. @throws Error when it was not delivered. */
export function pushFact(push: PushRecord): string {
  const last = push.tries.at(-1);
  if (!push.delivered || !last) throw new Error(`the push was not accepted: ${last?.error ?? `${last?.status} ${last?.answer}`}`);
  return `${push.kind} → ${last.status} "${last.answer}" in ${shortTime(last.ms)}`;
}

/** The newest inbox row of a kind, once it has been handed over and worked off. */
export async function eventFacts(
  context: WalkContext,
  kind: string,
  queue: string,
  authorizer?: string,
): Promise<{ row: EventRow; job: string }> {
  const row = await context.until(`${kind} in the inbox, handed over`, async () => {
    const found = await context.row<EventRow>(
      `SELECT event_id, kind, state, payload FROM f_wechat_event
        WHERE component_appid = ? AND kind = ? AND (? IS NULL OR authorizer_appid = ?) ORDER BY event_id DESC LIMIT 1`,
      [context.component, kind, authorizer ?? null, authorizer ?? null],
    );
    return found?.state === 'queued' ? found : undefined;
  });
  const job = await context.until(`the job of event ${row.event_id} in ${queue}`, () =>
    context.job(queue, `event-${row.event_id}`),
  );
  return {
    row,
    job: `${queue}  job event-${row.event_id}  ${dim(`waited ${shortTime(job.waitedMs)}, worked ${shortTime(job.workedMs)}`)}`,
  };
}

/** What the database holds of a secret: never readable, so it may be shown cut short. */
export const sealed = (stored: string): string => `${stored.slice(0, 28)}…`;

export async function ticket(story: Narration, context: WalkContext): Promise<void> {
  await story.chapter('WeChat pushes a component verify ticket', async (tell) => {
    const push = await context.control<PushRecord>('POST', `/components/${context.component}/ticket`, {});
    tell('push', pushFact(push));
    const event = await eventFacts(context, 'component_verify_ticket', 'broker.events');
    tell('inbox', `f_wechat_event #${event.row.event_id}  ${sealed(event.row.payload)}`);
    const stored = await context.row<{ ticket_id: number; component_verify_ticket: string; pushed_at: string }>(
      'SELECT ticket_id, component_verify_ticket, pushed_at FROM f_wechat_verifyticket WHERE component_appid = ? ORDER BY ticket_id DESC LIMIT 1',
      [context.component],
    );
    if (!stored) throw new Error('f_wechat_verifyticket has no row for this component');
    tell('ticket', `f_wechat_verifyticket #${stored.ticket_id}  ${sealed(stored.component_verify_ticket)}`);
    tell('queue', event.job);
  });

  await story.chapter('The ticket becomes a component access token', async (tell) => {
    const path = '/cgi-bin/component/api_component_token';
    const before = await context.upstreamCalls(path);
    let { body, ms } = await context.api<TokenAnswer>('broker', 'GET', context.componentPath('/token'));
    const { state } = await context.control<{ state: string }>('POST', '/tokens/check', { token: body.access_token });
    if (state !== 'live' && state !== 'former') {
      // The sandbox forgets its tokens when it stops; the broker does not.
      tell('refused', `the token kept from the last start is ${state} to the restarted sandbox: reported as refused`);
      ({ body, ms } = await context.api<TokenAnswer>('broker', 'POST', context.componentPath('/token/report-invalid'), {
        token: body.access_token,
      }));
    }
    tell('GET …/token', `${masked(body.access_token)}`);
    tell('', `expires in ${body.expires_in} s, a client may keep it ${body.cache_seconds} s; answered in ${shortTime(ms)}`);
    const row = await context.row<{ generation: string; expires_at: string; access_token: string }>(
      "SELECT generation, expires_at, access_token FROM f_wechat_accesstoken WHERE component_appid = ? AND kind = 'component'",
      [context.component],
    );
    if (row) tell('kept', `f_wechat_accesstoken  generation ${row.generation}  ${sealed(row.access_token)}`);
    tell('WeChat was asked', times((await context.upstreamCalls(path)) - before));
  });
}

/** The authorizer's token, twice: the second read must cost WeChat nothing. */
export async function readToken(story: Narration, context: WalkContext, authorizer: string): Promise<void> {
  await story.chapter("A backend team reads the merchant's access token, twice", async (tell) => {
    const path = '/cgi-bin/component/api_authorizer_token';
    const before = await context.upstreamCalls(path);
    const read = () => context.api<TokenAnswer>('broker', 'GET', context.componentPath(`/authorizers/${authorizer}/token`));
    const first = await read();
    const second = await read();
    tell('first read', `${masked(first.body.access_token)}  ${dim(shortTime(first.ms))}`);
    const same = first.body.access_token === second.body.access_token;
    if (!same) throw new Error('the second read got another token');
    tell('second read', `the same, from memory  ${dim(shortTime(second.ms))}`);
    const { state, kind } = await context.control<{ state: string; kind: string }>('POST', '/tokens/check', {
      token: first.body.access_token,
    });
    if (state !== 'live') throw new Error(`to WeChat this token is "${state}"`);
    tell(
      'WeChat says',
      `${kind} token, ${state}; it was asked for a new one ${times((await context.upstreamCalls(path)) - before)}`,
    );
  });
}

export async function finalRows(story: Narration, context: WalkContext): Promise<void> {
  const rows: string[][] = [];
  await story.chapter('What the database holds now', async () => {
    for (const [name, sql] of [
      ['f_wechat_verifyticket', 'SELECT COUNT(*) AS n, MAX(create_time) AS newest FROM f_wechat_verifyticket'],
      [
        'f_wechat_refreshtoken',
        'SELECT SUM(is_cancel = 0) AS n, MAX(create_time) AS newest, SUM(is_cancel = 1) AS old FROM f_wechat_refreshtoken',
      ],
      [
        'f_wechat_submitaudit',
        'SELECT COUNT(*) AS n, MAX(update_time) AS newest, SUM(is_release) AS released FROM f_wechat_submitaudit',
      ],
      [
        'f_wechat_event',
        "SELECT COUNT(*) AS n, MAX(received_at) AS newest, SUM(state = 'received') AS waiting FROM f_wechat_event",
      ],
      ['f_wechat_accesslog', 'SELECT COUNT(*) AS n, MAX(at) AS newest FROM f_wechat_accesslog'],
    ] as const) {
      const { n, newest, ...rest } = (await context.row<Record<string, string | null>>(sql)) ?? {};
      const more = Object.entries(rest).map(([key, value]) => `${value ?? 0} ${key}`);
      rows.push([name, bold(`${n ?? 0} rows`), more.join(', '), dim(`newest ${String(newest ?? '–').slice(0, 19)} UTC`)]);
    }
  });
  table(rows, '      ');
}

function times(count: number): string {
  return count === 0 ? 'not once' : count === 1 ? 'once' : `${count} times`;
}
