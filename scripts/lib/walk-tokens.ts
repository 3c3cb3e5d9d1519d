import type { TokenView as TokenAnswer } from '#openapi/broker';
import { type Narration, shortTime } from './narration.ts';
import { masked } from './secrets.ts';
import { bold, dim, table } from './terminal.mjs';
import { UnexpectedAnswer, type WalkContext } from './walk-context.ts';

export interface PushRecord {
  readonly kind: string;
  readonly delivered: boolean;
  readonly tries: readonly { readonly status: number; readonly ms: number; readonly answer: string; readonly error?: string }[];
}

interface EventRow {
  readonly event_id: string;
  readonly kind: string;
  readonly payload: string;
}

/** Tells how a push was answered. @throws Error when it was not delivered. */
export function pushFact(push: PushRecord): string {
  const last = push.tries.at(-1);
  if (!push.delivered || !last) throw new Error(`the push was not accepted: ${last?.error ?? `${last?.status} ${last?.answer}`}`);
  return `${push.kind} → ${last.status} "${last.answer}" in ${shortTime(last.ms)}`;
}

/** An event that came after `since`, once it has been handed over and worked off. */
export async function eventFacts(
  context: WalkContext,
  since: number,
  kinds: readonly string[],
  queue: string,
): Promise<{ row: EventRow; job: string }> {
  const row = await context.until(`${kinds.join(' or ')} in the inbox, handed over`, () =>
    context.row<EventRow>(
      `SELECT event_id, kind, payload FROM f_wechat_event
        WHERE event_id > ? AND component_appid = ? AND kind IN (${kinds.map(() => '?').join(', ')}) AND state = 'queued'
        ORDER BY event_id DESC LIMIT 1`,
      [since, context.component, ...kinds],
    ),
  );
  const id = `event-${row.event_id}`;
  const job = await context.until(`the job ${id} in ${queue}`, () => context.job(queue, id));
  const times = dim(`waited ${shortTime(job.waitedMs)}, worked ${shortTime(job.workedMs)}`);
  return { row, job: `${queue}  ${id}  ${times}` };
}

/** What the database holds of a secret: never readable, so it may be shown cut short. */
export const sealed = (stored: string): string => `${stored.slice(0, 24)}…  (encrypted)`;

export async function ticket(story: Narration, context: WalkContext): Promise<void> {
  await story.chapter('WeChat pushes a component verify ticket', async (tell) => {
    const since = await context.newestEvent();
    const push = await context.control<PushRecord>('POST', `/components/${context.component}/ticket`, {});
    tell('push', pushFact(push));
    const event = await eventFacts(context, since, ['component_verify_ticket'], 'broker.events');
    tell('inbox', `f_wechat_event #${event.row.event_id}  ${sealed(event.row.payload)}`);
    const stored = await context.row<{ ticket_id: number; component_verify_ticket: string }>(
      'SELECT ticket_id, component_verify_ticket FROM f_wechat_verifyticket WHERE component_appid = ? ORDER BY ticket_id DESC LIMIT 1',
      [context.component],
    );
    if (!stored) throw new Error('f_wechat_verifyticket has no row for this component');
    tell('ticket', `f_wechat_verifyticket #${stored.ticket_id}  ${sealed(stored.component_verify_ticket)}`);
    tell('queue', event.job);
  });

  await story.chapter('The ticket becomes a component access token', async (tell) => {
    const asked = await context.countCalls();
    // A broker that was just refused the last start's ticket by the new sandbox waits a moment before it tries the new one.
    let { body, ms } = await context.until('the component access token', async () => {
      try {
        return await context.api<TokenAnswer>('broker', 'GET', context.componentPath('/token'));
      } catch (error) {
        if (error instanceof UnexpectedAnswer && error.status === 503) return undefined;
        throw error;
      }
    });
    const { state } = await context.control<{ state: string }>('POST', '/tokens/check', { token: body.access_token });
    if (state !== 'live' && state !== 'former') {
      // The sandbox forgets its tokens when it stops; the broker does not.
      tell('refused', 'the restarted sandbox does not know the last start’s token: reported');
      const path = context.componentPath('/token/report-invalid');
      ({ body, ms } = await context.api<TokenAnswer>('broker', 'POST', path, { token: body.access_token }));
    }
    tell('token', `${masked(body.access_token)}  ${dim(shortTime(ms))}`);
    tell('', `lives ${body.expires_in} s; a client may keep it ${body.cache_seconds} s`);
    const row = await context.row<{ generation: string; access_token: string }>(
      "SELECT generation, access_token FROM f_wechat_accesstoken WHERE component_appid = ? AND kind = 'component'",
      [context.component],
    );
    if (row) tell('kept', `f_wechat_accesstoken  generation ${row.generation}  ${sealed(row.access_token)}`);
    tell('asked WeChat', await asked());
  });
}

/** The authorizer's token, twice: the second read must cost WeChat nothing. */
export async function readToken(story: Narration, context: WalkContext, authorizer: string): Promise<void> {
  await story.chapter("A backend team reads the merchant's access token, twice", async (tell) => {
    const asked = await context.countCalls();
    const read = () => context.api<TokenAnswer>('broker', 'GET', context.componentPath(`/authorizers/${authorizer}/token`));
    const first = await read();
    tell('first read', `${masked(first.body.access_token)}  ${dim(shortTime(first.ms))}`);
    const second = await read();
    if (second.body.access_token !== first.body.access_token) throw new Error('the second read got another token');
    tell('second read', `the same  ${dim(shortTime(second.ms))}`);
    const { state, kind } = await context.control<{ state: string; kind: string }>('POST', '/tokens/check', {
      token: first.body.access_token,
    });
    if (state !== 'live') throw new Error(`to WeChat this token is "${state}"`);
    tell('WeChat says', `${kind} token, ${state}`);
    const calls = await asked();
    if (calls.includes('api_authorizer_token')) throw new Error('a living token was refreshed');
    tell('asked WeChat', calls);
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
        'f_wechat_rollout',
        "SELECT COUNT(*) AS n, MAX(updated_at) AS newest, SUM(state = 'completed') AS completed FROM f_wechat_rollout",
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
