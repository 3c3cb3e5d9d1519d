import Bull from 'bull';
import { BINDINGS, parseEncryptionKeys, SecretBox } from '#persistence';
import { CONSUMERS, listDeadLetters, QUEUE_PREFIX, QUEUES } from '#queues';
import type { Acknowledged } from './ingress.ts';
import type { World } from './world.ts';

/** One row of the table. */
export interface Verdict {
  readonly invariant: string;
  readonly ok: boolean;
  /** What was counted. */
  readonly counts: string;
  /** What is wrong, a line each. */
  readonly wrong: readonly string[];
}

const isOneOf = (kinds: readonly string[], kind: string) => kinds.includes(kind);
const count = (number: number) => number.toLocaleString('en');

interface StoredEvent {
  readonly event_id: string;
  readonly kind: string;
  readonly state: string;
  readonly payload: string;
  readonly component_appid: string;
  readonly dedupe_key: string;
}

/** Everything that was promised is there, and has had its effect. */
export async function checkPushes(world: World, subscriptionId: string): Promise<[Verdict, Verdict]> {
  const box = new SecretBox(parseEncryptionKeys(world.secrets.encryption_keys));
  const events = await world.rows<StoredEvent>(
    'SELECT event_id, kind, state, payload, component_appid, dedupe_key FROM f_wechat_event',
  );
  const byXml = new Map(
    events.map((event) => [box.open(event.payload, BINDINGS.event(event.component_appid, event.dedupe_key)), event]),
  );
  const effects = await world.rows<{ event_id: string; consumer: string; state: string; note: string | null }>(
    'SELECT event_id, consumer, state, note FROM f_wechat_eventeffect',
  );
  const effectOf = new Map(effects.map((effect) => [`${effect.event_id} ${effect.consumer}`, effect]));
  const deliveries = await world.rows<{ event_id: string; state: string }>(
    'SELECT event_id, state FROM f_wechat_delivery WHERE subscription_id = ?',
    [subscriptionId],
  );
  const deliveryOf = new Map(deliveries.map(({ event_id, state }) => [String(event_id), state]));
  const tickets = await world.rows<{ value: string; component_appid: string; pushed_at: Date }>(
    'SELECT component_verify_ticket AS value, component_appid, pushed_at FROM f_wechat_verifyticket',
  );
  const ticketCounts = new Map<string, number>();
  for (const { value, component_appid, pushed_at } of tickets) {
    const ticket = box.open(value, BINDINGS.ticket(component_appid, pushed_at));
    ticketCounts.set(ticket, (ticketCounts.get(ticket) ?? 0) + 1);
  }

  const lost: string[] = [];
  const kinds = new Map<string, number>();
  const acknowledged = [...world.ingress.acknowledged.values()];
  for (const push of acknowledged) {
    kinds.set(push.kind, (kinds.get(push.kind) ?? 0) + 1);
    const event = byXml.get(push.xml);
    if (!event) {
      lost.push(`${describe(push)}: no row`);
      continue;
    }
    const id = String(event.event_id);
    if (event.state !== 'queued') lost.push(`${describe(push)}: event ${id} is "${event.state}"`);
    for (const consumer of (['broker', 'release'] as const).filter((name) => isOneOf(CONSUMERS[name].kinds, event.kind))) {
      const effect = effectOf.get(`${id} ${consumer}`);
      if (!effect) lost.push(`${describe(push)}: event ${id} has no effect in ${consumer}`);
      else if (effect.state === 'failed' && !isGoneCode(effect.note))
        lost.push(`${describe(push)}: event ${id} failed: ${effect.note}`);
    }
    // Subscribers are never sent a ticket.
    if (push.event.kind === 'component_verify_ticket') {
      if (!ticketCounts.has(push.event.ComponentVerifyTicket)) lost.push(`${describe(push)}: the ticket is not kept`);
    } else if (deliveryOf.get(id) !== 'delivered')
      lost.push(`${describe(push)}: event ${id} was not delivered (${deliveryOf.get(id) ?? 'no delivery'})`);
  }
  const told = [...kinds].sort(([, a], [, b]) => b - a).map(([kind, number]) => `${kind} ${count(number)}`);

  const double: string[] = [];
  for (const number of ticketCounts.values()) if (number > 1) double.push(`a ticket is kept ${number} times`);
  if (byXml.size !== events.length) double.push(`${events.length - byXml.size} events are recorded twice`);
  const current = await world.rows<{ appid: string; n: number }>(
    'SELECT authorizer_appid AS appid, COUNT(*) AS n FROM f_wechat_refreshtoken WHERE is_cancel = 0 GROUP BY authorizer_appid HAVING n > 1',
  );
  for (const { appid, n } of current) double.push(`${appid} has ${n} living refresh tokens`);
  const releases = await doubleReleases(world);
  return [
    {
      invariant: 'no acknowledged push lost',
      ok: lost.length === 0 && acknowledged.length > 0,
      counts: `${count(acknowledged.length)} acknowledged of ${count(world.ingress.received)} tries; ${told.join(', ')}`,
      wrong: lost,
    },
    {
      invariant: 'no double effect',
      ok: double.length + releases.wrong.length === 0,
      counts: `${count(events.length)} events, ${count(effects.length)} effects, ${count(tickets.length)} tickets; ${releases.counts}`,
      wrong: [...double, ...releases.wrong],
    },
  ];
}

/** WeChat says that the code of this grant was used, is too old, or was overtaken by a newer grant: nothing is left to be done. */
const isGoneCode = (note: string | null): boolean => /\b610(09|10)\b|code|newer|used/i.test(note ?? '');

const describe = (push: Acknowledged): string => `${push.kind} of ${new Date(push.atMs).toISOString().slice(11, 23)}`;

interface Audit {
  readonly auditid: number;
  readonly appid: string;
  readonly status: number;
  readonly version: { readonly user_version: string };
}

interface Slots {
  readonly pending: boolean;
  readonly ticket: { readonly auditid: number } | null;
  readonly online: { readonly user_version: string; readonly app_version: number } | null;
  readonly history: readonly { readonly user_version: string; readonly app_version: number }[];
}

async function doubleReleases(world: World): Promise<{ counts: string; wrong: string[] }> {
  const wrong: string[] = [];
  const { audits } = await world.control.get<{ audits: Audit[] }>('/audits?limit=10000');
  const submitted = new Map<string, number>();
  for (const { appid, version } of audits) {
    const name = `${appid} ${version.user_version}`;
    submitted.set(name, (submitted.get(name) ?? 0) + 1);
  }
  for (const [name, times] of submitted)
    if (times > 1) wrong.push(`${name} was submitted ${times} times: ${await storyOf(world, name, audits)}`);
  let published = 0;
  const appids = new Set(audits.map(({ appid }) => appid));
  for (const appid of appids) {
    const { slots } = await world.control.get<{ slots: Slots | null }>(`/merchants/${appid}`);
    const versions = new Map<number, string>();
    for (const one of [...(slots?.history ?? []), ...(slots?.online ? [slots.online] : [])])
      versions.set(one.app_version, one.user_version);
    published += versions.size;
    const names = [...versions.values()];
    for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
      wrong.push(`${appid} ${name} was published twice`);
  }
  return { counts: `${count(audits.length)} submissions and ${count(published)} publications at WeChat, each once`, wrong };
}

/** What we and WeChat know of the releases of this mini program and version: why a second submission was sent has to be found out afterwards. */
async function storyOf(world: World, name: string, audits: readonly Audit[]): Promise<string> {
  const [appid, version] = name.split(' ') as [string, string];
  const releases = await world.rows<object>(
    `SELECT submitaudit_id, state, intent, intent_at, auditid, committed_at, submitted_at, attempts, unclear_count, last_error
       FROM f_wechat_submitaudit WHERE app_id = ? AND user_version = ?`,
    [appid, version],
  );
  const history = await world.rows<object>(
    `SELECT h.release_id, h.at, h.from_state, h.to_state, h.cause, h.detail
       FROM f_wechat_releasehistory h JOIN f_wechat_submitaudit r ON r.submitaudit_id = h.release_id
      WHERE r.app_id = ? AND r.user_version = ? ORDER BY h.at`,
    [appid, version],
  );
  const atWechat = audits.filter((one) => one.appid === appid && one.version.user_version === version);
  return JSON.stringify({ releases, history, atWechat });
}

interface Release {
  readonly submitaudit_id: number;
  readonly app_id: string;
  readonly user_version: string;
  readonly auditid: string | null;
  readonly state: string;
  readonly status: number;
  readonly is_release: number;
}

/**
 * What we say of each mini program is what WeChat says; rollouts have ended.
 * @param refused the last answer to a start that was no rollout
 */
export async function checkReleases(world: World, appids: readonly string[], refused: string | undefined): Promise<Verdict> {
  const wrong: string[] = [];
  const rows = await world.rows<Release>(
    'SELECT submitaudit_id, app_id, user_version, auditid, state, status, is_release FROM f_wechat_submitaudit ORDER BY submitaudit_id',
  );
  const { audits } = await world.control.get<{ audits: Audit[] }>('/audits?limit=10000');
  const byAudit = new Map(rows.filter(({ auditid }) => auditid !== null).map((row) => [String(row.auditid), row]));
  // WeChat's 4 is "delayed, still pending": our 2.
  for (const { auditid, appid, status, version } of audits) {
    const row = byAudit.get(String(auditid));
    if (!row) wrong.push(`audit ${auditid} of ${appid} ${version.user_version} is known to WeChat only`);
    else if (row.status !== (status === 4 ? 2 : status))
      wrong.push(`audit ${auditid} of ${appid}: WeChat says ${status}, we say ${row.status} (${row.state})`);
  }
  for (const appid of appids) {
    const { slots } = await world.control.get<{ slots: Slots | null }>(`/merchants/${appid}`);
    const online = rows.filter((row) => row.app_id === appid && row.state === 'released').map((row) => row.user_version);
    const theirs = slots?.online?.user_version;
    if (online.length > 1 || online[0] !== theirs)
      wrong.push(`${appid}: online is ${theirs ?? 'nothing'}, we say ${online.join(', ') || 'nothing'}`);
    const pending = rows.some((row) => row.app_id === appid && row.state === 'auditing');
    if (pending !== (slots?.pending ?? false))
      wrong.push(`${appid}: a review is ${slots?.pending ? '' : 'not '}pending, we say otherwise`);
  }
  const moving = rows.filter(({ state }) => ['created', 'scanning', 'auditing', 'approved', 'graying'].includes(state));
  for (const row of moving) wrong.push(`release ${row.submitaudit_id} of ${row.app_id} is still "${row.state}"`);
  // Nobody who releases has cancelled, and WeChat takes this code.
  for (const row of rows.filter(({ state }) => state === 'stopped' || state === 'failed'))
    wrong.push(`release ${row.submitaudit_id} of ${row.app_id} was given up: "${row.state}"`);
  const rollouts = await world.rows<{ rollout_id: number; state: string; reason: string | null }>(
    'SELECT rollout_id, state, reason FROM f_wechat_rollout',
  );
  for (const { rollout_id, state, reason } of rollouts)
    if (state !== 'completed') wrong.push(`rollout ${rollout_id} is "${state}" ${reason ?? ''}`);
  if (rows.length === 0) wrong.push(`no rollout could be started; the last answer: ${refused ?? 'none'}`);
  const states = new Map<string, number>();
  for (const { state } of rows) states.set(state, (states.get(state) ?? 0) + 1);
  return {
    invariant: "every release in WeChat's state",
    ok: wrong.length === 0,
    counts: `${count(rollouts.length)} rollouts completed, ${count(rows.length)} releases: ${[...states].map(([state, number]) => `${state} ${number}`).join(', ')}`,
    wrong,
  };
}

/** Whoever has authorized us is served a living token; nobody is called lost who is not. */
export async function checkAuthorizers(world: World, appids: readonly string[]): Promise<Verdict> {
  const wrong: string[] = [];
  const { authorizations } = await world.control.get<{ authorizations: { authorizer_appid: string }[] }>(
    `/components/${world.component}/authorizations?limit=1000`,
  );
  const authorized = new Set(authorizations.map(({ authorizer_appid }) => authorizer_appid));
  const states = new Map(
    (await world.rows<{ appid: string; state: string }>('SELECT authorizer_appid AS appid, state FROM f_wechat_authorizer')).map(
      ({ appid, state }) => [appid, state],
    ),
  );
  let living = 0;
  for (const appid of ['', ...appids]) {
    const name = appid || 'the component';
    const place = world.path(appid ? `/authorizers/${appid}/token` : '/token');
    const ask = (method: 'GET' | 'POST', path: string, body?: unknown) =>
      world.api<{ access_token?: string; type?: string }>('broker', method, path, body, { timeoutMs: 25_000 });
    const stateOf = async (value: string | undefined) =>
      value === undefined ? undefined : (await world.control.post<{ state: string }>('/tokens/check', { token: value })).state;
    let answer = await ask('GET', place);
    let token = answer.body.access_token;
    let state = await stateOf(token);
    // Ended by WeChat a moment ago: whoever uses it says so, and gets another.
    if (token !== undefined && state !== 'live' && state !== 'former') {
      answer = await ask('POST', `${place}/report-invalid`, { token });
      token = answer.body.access_token;
      state = await stateOf(token);
    }
    const alive = state === 'live' || state === 'former';
    if (alive) living += 1;
    if (appid && !authorized.has(appid)) {
      if (alive) wrong.push(`${name} has ended its authorization and is served a living token`);
      continue;
    }
    if (!alive)
      wrong.push(`${name}: ${token === undefined ? `HTTP ${answer.status} ${answer.body.type ?? ''}` : `its token is ${state}`}`);
    if (appid && states.get(appid) !== 'active') wrong.push(`${name} is "${states.get(appid)}"`);
  }
  return {
    invariant: 'every authorizer serves a living token',
    ok: wrong.length === 0,
    counts: `${living} living tokens for ${authorized.size} authorizers and the component, none needs re-authorization`,
    wrong,
  };
}

/** Jobs that wait, run, or are put off, by queue. */
export async function openJobs(world: World): Promise<Record<string, number>> {
  return withQueues(world, async (queue) => {
    const { waiting, active, delayed, paused } = (await queue.getJobCounts()) as Bull.JobCounts & { paused?: number };
    return waiting + active + delayed + (paused ?? 0);
  });
}

/** Nothing waits any more, and nothing was given up. */
export async function checkQueues(world: World): Promise<Verdict> {
  const open = await openJobs(world);
  const letters = Object.values(await withQueues(world, (queue) => listDeadLetters(queue))).flat();
  const [spool] = await Promise.all([spooled(world)]);
  const wrong = [
    ...Object.entries(open)
      .filter(([, jobs]) => jobs > 0)
      .map(([name, jobs]) => `${name}: ${jobs} jobs are not done`),
    ...letters.map((letter) => `dead letter ${letter.queue} ${letter.job_id} after ${letter.attempts} tries: ${letter.reason}`),
    ...(spool > 0 ? [`${spool} pushes still wait in Redis`] : []),
  ];
  return {
    invariant: 'queues drained, no dead letter',
    ok: wrong.length === 0,
    counts: `${Object.keys(open).length} queues, ${letters.length} dead letters, ${spool} pushes in the spool`,
    wrong,
  };
}

async function withQueues<T>(world: World, ask: (queue: Bull.Queue) => Promise<T>): Promise<Record<string, T>> {
  const answers: Record<string, T> = {};
  for (const name of Object.values(QUEUES)) {
    const queue = new Bull(name, world.servers.redis.url, { prefix: QUEUE_PREFIX });
    queue.on('error', () => {});
    try {
      answers[name] = await ask(queue);
    } finally {
      await queue.close();
    }
  }
  return answers;
}

async function spooled(world: World): Promise<number> {
  const queue = new Bull(QUEUES.brokerEvents, world.servers.redis.url, { prefix: QUEUE_PREFIX });
  try {
    const lengths = await Promise.all(['', ':refused'].map((end) => queue.client.xlen(`{wxplane}:ingestion:spool${end}`)));
    return lengths.reduce((sum, length) => sum + length, 0);
  } finally {
    await queue.close();
  }
}
